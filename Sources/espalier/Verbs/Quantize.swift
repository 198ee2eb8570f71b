import Evaluation
import Files
import Models
import PluginHost
import PluginKit
import Quantization
import Reports

/// `espalier quantize`: one quantization without a recipe, ONNX in and ONNX out.
enum Quantize {
  private static let strategy = Option.value(
    "strategy",
    short: "-s",
    "NAME",
    "What chooses the ranges (default post); `espalier plugin list` names the strategies that quantize."
  )
  private static let set = Option.value(
    "set",
    "NAME=VALUE",
    repeats: true,
    "A parameter of the strategy, such as algorithm=mse."
  )
  private static let images = Option.value(
    "images",
    "PATH",
    "A folder of images, an .npy file of inputs, or a folder of those."
  )
  private static let limit = Option.value(
    "limit",
    "N",
    "Images to take, evenly from all (default 160)."
  )
  static let normalization = Option.value(
    "normalization",
    "NAME",
    "How bytes become the input: \(CalibrationNormalization.names.joined(separator: ", ")), or ORDER:DIVISOR:MEANS:DEVIATIONS (default imagenet)."
  )
  private static let target = Option.value(
    "target",
    "NAME",
    "The runtime that the result is for: onnxruntime (default), openvino, tensorrt or benchmark."
  )
  private static let activations = Option.value(
    "activations",
    "TYPE",
    "uint8, int8 or symmetric (default: what the target is fastest with)."
  )
  private static let perTensor = Option.flag(
    "per-tensor",
    "One scale for each weight, in place of one an output channel."
  )
  private static let skip = Option.value(
    "skip",
    "TEXT",
    repeats: true,
    "Layers of this name, or whose weight has it, stay float; * stands for any characters."
  )
  private static let dryRun = Option.flag("dry-run", "Quantize and measure, but write nothing.")
  private static let opset = Option.value(
    "opset",
    "N",
    "The opset to write, 13 to 22 (default: that of the file, where it suffices)."
  )

  private static let list = Option.value(
    "list",
    "NAME",
    "The list of --data that metric_drop is measured on (default val)."
  )

  static let verb = Verb(
    name: "quantize",
    summary: "Quantize a model to 8 bits by a pass over images.",
    operands: [.init(name: "MODEL", help: "An ONNX file.")],
    options: [
      images, strategy, set, limit, normalization, target, activations, perTensor, skip, Eval.data,
      list, Eval.anyTask, Eval.classes, Eval.metric, .output, dryRun, opset, .inputSize, .device,
      .plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict,
    ],
    notes: """
      espalier quantize detector.onnx --images photos/ -o small.onnx
      espalier quantize detector.onnx --images inputs.npy --set algorithm=mse --target openvino -o small.onnx
      espalier quantize detector.onnx --images photos/ --set equalize=true --set min_sqnr=25 -o small.onnx

      docs/quantization.md describes algorithms, targets and the table of layers.
      """
  ) { invocation, console in
    let path = invocation.operands[0]
    let settings = try settings(of: invocation)
    let written = try invocation.output(unless: dryRun)
    let opset = try invocation.int(opset, in: 13...22)
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let model = try invocation.model(console)
    var surroundings = QuantizeStep.Surroundings(registry: registry)
    surroundings.device = try invocation.device()
    surroundings.evaluation = try evaluation(invocation, settings)
    surroundings.tell = console.tell
    let step = try QuantizeStep.run(
      model,
      settings: settings,
      images: CalibrationSource(settings.calibrationSettings).images(for: model),
      surroundings: surroundings
    )
    console.endProgress()
    if let written { try step.after.write(to: written, opset: opset) }
    let report = QuantizeReport(
      step,
      files: StepFiles(
        bytesBefore: FileFacts.size(of: path),
        output: written,
        bytesAfter: written.flatMap(FileFacts.size)
      )
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  private static func settings(of invocation: Invocation) throws -> QuantizeSettings {
    var settings = QuantizeSettings(strategy: invocation.value(strategy) ?? "post")
    if let name = invocation.value(target) {
      guard let known = QuantizationTarget.named(name) else {
        let names = QuantizationTarget.all.map(\.name).joined(separator: ", ")
        throw UsageError.badValue("target", name, wanted: "one of \(names)")
      }
      settings.target = known
    }
    if let type = invocation.value(activations) {
      guard let known = QuantizeSettings.ActivationType(rawValue: type) else {
        throw UsageError.badValue("activations", type, wanted: "uint8, int8 or symmetric")
      }
      settings.setActivations(known)
    }
    if invocation.has(perTensor) { settings.target.isPerChannel = false }
    settings.skip = invocation.values(skip)
    settings.images = try invocation.int(limit, in: 1...1_000_000) ?? settings.images
    settings.normalization = invocation.value(normalization)
    guard let folder = invocation.value(images) else {
      throw UsageError.needs("--images", because: "ranges are taken from images")
    }
    settings.calibration = folder
    settings.parameters = try Assignments.parameters(invocation.values(set))
    return settings
  }

  /// The labelled images that a metric is measured on; nil where none are named.
  private static func evaluation(
    _ invocation: Invocation,
    _ settings: QuantizeSettings
  ) throws -> ((Model) throws -> (any EvaluationSet)?)? {
    guard invocation.value(Eval.data) != nil else { return nil }
    var plan = try EvalRequest(
      invocation,
      task: Eval.anyTask,
      data: Eval.data,
      list: list,
      classes: Eval.classes,
      metric: Eval.metric,
      defaultList: "val",
      needsLabels: false
    ).plan
    if let named = try settings.normalization.map(CalibrationNormalization.read) {
      plan.data.normalization = named
    }
    let device = try invocation.device()
    return { [plan] model in try plan.images(for: model, device: device) }
  }
}
