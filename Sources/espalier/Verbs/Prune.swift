import Evaluation
import Files
import Models
import PluginHost
import PluginKit
import Pruning
import Recipes
import Reports
import Tensors

/// `espalier prune`: one pruning without a recipe, ONNX in and ONNX out.
enum Prune {
  private static let strategy = Option.value(
    "strategy",
    short: "-s",
    "NAME",
    "What decides the cut; `espalier plugin list` names the strategies that prune."
  )
  private static let set = Option.value(
    "set",
    "NAME=VALUE",
    repeats: true,
    "A parameter of the strategy, such as ratio=0.3; lists as a,b or [a, b]; with score=ID also the score's, as score.NAME=VALUE."
  )
  private static let params = Option.value(
    "pruned-params",
    "NAMES",
    "The benchmark's spelling: weights, joined by commas (strategy list)."
  )
  private static let ratios = Option.value(
    "pruned-ratios",
    "RATIOS",
    "The benchmark's spelling: a ratio for each of them."
  )
  private static let dryRun = Option.flag("dry-run", "Decide and count, but write nothing.")
  private static let align = Option.value(
    "align",
    "N",
    "Round the channels kept up to a multiple of N, such as 8 (default 1; with a target \(PruneTarget.standardBlock))."
  )
  private static let opset = Option.value(
    "opset",
    "N",
    "The opset to write, 7 to 22 (default: that of the file, where it suffices)."
  )
  private static let repair = Option.value(
    "repair",
    "PATH",
    "Fit the layers behind the cut to what they made before, over these images without labels: a folder, an .npy file of inputs, or a folder of those."
  )
  private static let limit = Option.value(
    "limit",
    "N",
    "Images to repair with, evenly from all (default \(PruneSettings.repairImages))."
  )
  private static let list = Option.value(
    "list",
    "NAME",
    "The list of images (default val for strategies that evaluate, train for gradients)."
  )
  private static let gradientImages = Option.value(
    "gradient-images",
    "N",
    "Take gradients over N images at most (default \(LossGradients.standardImages))."
  )
  private static let seed = Option.value("seed", "N", "Seed for strategies that draw (default 0).")

  static let verb = Verb(
    name: "prune",
    summary: "Cut channels of a model by a strategy's plan.",
    operands: [.init(name: "MODEL", help: "An ONNX file.")],
    options: [
      strategy, set, params, ratios, .output, dryRun, align, Eval.anyTask, Eval.data, list,
      Eval.classes, gradientImages, .inputSize, opset, seed, repair, limit, Quantize.normalization,
      .device,
    ] + PruneTargetOptions.all + Option.plugins,
    notes: """
      espalier prune detector.onnx --strategy uniform --set ratio=0.3 -o small.onnx
      espalier prune detector.onnx --strategy r578 --dry-run --json
      espalier prune detector.onnx --strategy uniform --set ratio=0.3 --repair photos/ -o small.onnx
      espalier prune detector.onnx --strategy taylor --set target_macs=0.5 --data voc:data/VOC2007 -o small.onnx
      espalier prune detector.onnx --target-latency 0.6x --on onnxruntime --score lamp -o small.onnx

      A target takes the place of --strategy: what is cut is the host's choice, by the worth that scores or sensitivities give.
      Strategies that evaluate plans or ask for gradients of the loss need --data; others read no images.
      """
  ) { invocation, console in
    let path = invocation.operands[0]
    let settings = try settings(of: invocation).readingSensitivities(from: ".")
    let target = try invocation.output(unless: dryRun)
    let opset = try invocation.int(opset, in: 7...22)
    let seed = try invocation.int(seed, in: 0...Int.max) ?? 0
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let model = try invocation.model(console)
    let (evaluation, gradients) = try images(of: invocation, model, UInt64(seed), console)
    let bytesBefore = FileFacts.size(of: path)
    let step = try PruneStep.run(
      model,
      settings: settings,
      registry: registry,
      seed: UInt64(seed),
      evaluation: evaluation.map { plan, device in
        var options = CutEvaluator.Options()
        options.device = device
        return PlanEvaluation(
          { try plan.images(for: model, device: device) },
          options: options,
          tell: console.tell
        )
      },
      gradients: gradients,
      repairImages: { model in
        try settings.repair.map { try CalibrationSource($0).images(for: model) }
      },
      device: try invocation.device(),
      latency: { try PruneTargetOptions.latency(at: $0, invocation) },
      stop: settings.target == nil ? nil : watched(),
      tell: console.tell
    )
    console.endProgress()
    if let target { try step.after.write(to: target, opset: opset) }
    let report = PruneReport(
      step,
      files: StepFiles(
        bytesBefore: bytesBefore,
        output: target,
        bytesAfter: target.flatMap(FileFacts.size)
      )
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// What a cut to a target asks whether it should stop; what is timed is kept.
  private static func watched() -> StopRequest {
    let stop = Interruption.watch()
    Interruption.goOn(with: "the same command; the layers that were timed are kept")
    return stop
  }

  /// The strategy or the target as the options give them.
  private static func settings(of invocation: Invocation) throws -> PruneSettings {
    let lists = (invocation.value(params), invocation.value(ratios))
    var settings = PruneSettings(strategy: invocation.value(strategy) ?? "list")
    settings.align = try invocation.int(align, in: 1...1024) ?? 1
    settings.repair = try repairSettings(of: invocation)
    if let target = try PruneTargetOptions.target(of: invocation) {
      for option in [strategy, params, ratios] where invocation.value(option) != nil {
        throw UsageError.conflict(option.name, "target-\(target.figure.rawValue)")
      }
      let (chosen, scores) = try PruneTargetOptions.settings(target, invocation.values(set))
      settings.strategy = "target"
      settings.target = chosen
      settings.score = try PruneTargetOptions.score(of: invocation, scores)
      settings.align = try invocation.int(align, in: 1...1024) ?? PruneTarget.standardBlock
      return settings
    }
    try read(lists, of: invocation, into: &settings)
    let given = try Assignments.scoredParameters(invocation.values(set))
    settings.parameters += given.own
    settings.score = given.score
    return settings
  }

  /// The images to repair with.
  private static func repairSettings(
    of invocation: Invocation
  ) throws -> CalibrationSettings? {
    if let path = invocation.value(repair) {
      return CalibrationSettings(
        path: path,
        images: try invocation.int(limit, in: 2...1_000_000) ?? PruneSettings.repairImages,
        normalization: invocation.value(Quantize.normalization)
      )
    }
    for option in [limit, Quantize.normalization] where invocation.value(option) != nil {
      throw UsageError.needs("--repair", because: "'--\(option.name)' says more of its images")
    }
    return nil
  }

  /// The strategy, and its lists in the benchmark's spelling.
  private static func read(
    _ lists: (String?, String?),
    of invocation: Invocation,
    into settings: inout PruneSettings
  ) throws {
    if case (let names?, let shares?) = lists {
      guard settings.strategy == "list" else {
        throw UsageError.badValue("strategy", settings.strategy, wanted: "'list'")
      }
      do {
        settings.parameters = try PrunedLists.parameters(
          params: .string(names),
          ratios: .string(shares)
        )
      } catch {
        throw UsageError.badValue("pruned-params", names, wanted: "usable: \(error.problem)")
      }
    } else {
      if lists.0 != nil {
        throw UsageError.needs("--pruned-ratios", because: "each weight needs one")
      }
      if lists.1 != nil {
        throw UsageError.needs("--pruned-params", because: "it names the weights")
      }
      guard invocation.value(strategy) != nil else {
        throw UsageError.needs(
          "--strategy",
          because: "it decides what is cut, such as uniform (or --target-latency and its like)"
        )
      }
    }
  }

  /// What plans are judged on and gradients taken over, where `--data` names images.
  private static func images(
    of invocation: Invocation,
    _ model: Model,
    _ seed: UInt64,
    _ console: Console
  ) throws -> (evaluation: (EvaluationPlan, Device)?, gradients: LossGradients?) {
    let count = try invocation.int(gradientImages, in: 1...1_000_000)
    guard invocation.value(Eval.data) != nil else {
      for option in [Eval.anyTask, list, Eval.classes, gradientImages]
      where invocation.value(option) != nil {
        throw UsageError.needs("--data", because: "'--\(option.name)' says more of its images")
      }
      return (nil, nil)
    }
    func plan(_ defaultList: String) throws -> EvaluationPlan {
      try EvalRequest.plan(
        of: invocation,
        for: model,
        task: Eval.anyTask,
        data: Eval.data,
        list: list,
        classes: Eval.classes,
        defaultList: defaultList,
        needsLabels: false
      )
    }
    let device = try invocation.device()
    return (
      (try plan("val"), device),
      LossGradients(
        try plan("train"),
        images: count ?? LossGradients.standardImages,
        seed: seed,
        device: device,
        tell: console.tell
      )
    )
  }
}
