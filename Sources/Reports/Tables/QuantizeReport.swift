package import Files
import Models
import Operators
import PluginHost
import PluginKit
package import Quantization

/// What quantization did to a model: sizes, what each layer loses, what the outputs lose, what stays float.
package struct QuantizeReport: StepReport {
  private let step: QuantizeStep
  private let files: StepFiles

  /// A report on a step.
  ///
  /// - Parameters:
  ///   - step: what was done.
  ///   - files: those before and after it.
  package init(
    _ step: QuantizeStep,
    files: StepFiles = StepFiles()
  ) {
    self.step = step
    self.files = files
  }

  /// The tables, for people.
  package var text: String {
    let provenance = step.provenance
    let settings = provenance.settings.values.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }
    let head =
      "\(step.before.name): \(provenance.strategy) of \(provenance.plugin) \(provenance.version)"
      + " (\(settings.joined(separator: ", "))) for \(step.settings.target.name)"
    let training = step.training.map { TrainReport($0).text + "\n" } ?? ""
    return
      "\(head)\n\n\(training)\(figures)\(choice)\(TuningReport(step).text)\n\(layers)\(floats)\n\(outputs)\(written)"
  }

  private var figures: String {
    var table = TextTable([
      .words("counted"), .numbers("before"), .numbers("after"), .numbers("change"),
    ])
    func add(_ name: String, _ before: Int, _ after: Int) {
      table.add([
        name, Figures.grouped(before), Figures.grouped(after),
        Figures.change(from: before, to: after),
      ])
    }
    add("parameter bytes", step.before.cost.parameterBytes, step.after.cost.parameterBytes)
    if let bytesBefore = files.bytesBefore, let bytesAfter = files.bytesAfter {
      add("file bytes", bytesBefore, bytesAfter)
    }
    return table.text
      + "\(step.placement.layers.count) layers and \(step.placement.activations.count) scales of activations, "
      + "from \(step.images.calibrated) images\n"
  }

  /// What each choice came to, where a parameter's were tried.
  private var choice: String {
    guard let choice = step.choice else { return "" }
    var table = TextTable([.words(choice.parameter), .numbers("outputs dB"), .words("")])
    for trial in choice.trials {
      table.add([
        trial.value, Figures.fixed(trial.decibels, 2), trial.value == choice.chosen ? "chosen" : "",
      ])
    }
    return "\n\(table.text)signal by noise of the outputs, each channel for itself, on "
      + "\(choice.images) images\n"
  }

  private var layers: String {
    var table = TextTable([
      .words("layer"), .words("op"), .numbers("weight dB"), .numbers("input dB"),
      .numbers("both dB"), .numbers("result dB"), .numbers("input from"), .numbers("to"),
    ])
    for layer in step.layers {
      table.add([
        layer.name, layer.op, Self.decibels(layer.weight), Self.decibels(layer.input),
        Self.decibels(layer.own), layer.result.map(Self.decibels) ?? "",
        Figures.fixed(layer.range.low, 3), Figures.fixed(layer.range.high, 3),
      ])
    }
    return
      "\(table.text)signal by noise of each layer's own rounding, the worst first; result: of the whole network "
      + "up to there, on \(step.images.compared) images\n"
  }

  private var floats: String {
    guard !step.placement.floats.isEmpty else { return "" }
    var table = TextTable([
      .words("layer that stays float"), .words("op"), .words("why", limit: 96),
    ])
    for layer in step.placement.floats { table.add([layer.name, layer.op, layer.reason]) }
    return "\n" + table.text
  }

  private var outputs: String {
    var table = TextTable([.words("output"), .numbers("signal by noise dB")])
    for (name, noise) in step.outputs { table.add([name, Self.decibels(noise)]) }
    return table.text + (leftOut.line.map { "\($0)\n" } ?? "")
  }

  private var leftOut: [ComparedOutputs.LeftOut] {
    ComparedOutputs(of: step.before).leftOut.filter { left in
      !step.outputs.contains { $0.name == left.output }
    }
  }

  private var written: String {
    files.output.map { "\nwritten to \($0), read back and counted\n" }
      ?? "\nno file was written by this step\n"
  }

  private static func decibels(_ noise: QuantizationNoise) -> String {
    guard noise.isFinite else { return "not finite" }
    let decibels = noise.decibels
    return decibels.isFinite ? Figures.fixed(decibels, 1) : decibels > 0 ? "∞" : "-∞"
  }
}

extension QuantizeReport {
  /// The same as JSON, on the schema `espalier.quantize/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.quantize/1",
      "model": .string(step.before.name),
      "output": JSONValue(files.output),
      "provenance": .object(step.provenance.members),
      "target": .string(step.settings.target.name),
      "images": [
        "calibrated": .int(step.images.calibrated), "compared": .int(step.images.compared),
      ],
      "parameterBytes": [
        "before": .int(step.before.cost.parameterBytes),
        "after": .int(step.after.cost.parameterBytes),
      ],
      "fileBytes": ["before": JSONValue(files.bytesBefore), "after": JSONValue(files.bytesAfter)],
      "layers": .array(step.layers.map(Self.json)),
      "activations": .array(step.placement.activations.compactMap(json)),
      "floatLayers": .array(
        step.placement.floats.map {
          ["name": .string($0.name), "op": .string($0.op), "reason": .string($0.reason)]
        }
      ),
      "choice": step.choice?.json ?? .null,
      "tuning": TuningReport(step).json,
      "mixedPrecision": TuningReport(step).search,
      "training": step.training.map { TrainReport($0).json } ?? .null,
      "outputs": .array(
        step.outputs.map { ["name": .string($0.name), "decibels": Self.number($0.noise)] }
      ),
      "leftOut": .array(leftOut.map(\.json)),
    ]
  }

  private static func json(_ layer: LayerNoise) -> JSONValue {
    [
      "name": .string(layer.name), "op": .string(layer.op),
      "weightDecibels": number(layer.weight), "inputDecibels": number(layer.input),
      "ownDecibels": number(layer.own),
      "resultDecibels": layer.result.map(number) ?? .null,
      "input": .string(layer.inputName), "low": .double(layer.range.low),
      "high": .double(layer.range.high),
    ]
  }

  private func json(_ activation: QuantizationPlacement.Activation) -> JSONValue? {
    step.scales.activations[activation.name].map {
      [
        "values": JSONValue(activation.values), "scale": .double(Double($0.scale)),
        "zeroPoint": .int($0.zero),
      ]
    }
  }

  /// Null where nothing was lost, which JSON has no number for.
  private static func number(_ noise: QuantizationNoise) -> JSONValue {
    noise.decibels.isFinite ? .double(noise.decibels) : .null
  }
}

extension QuantizeStep: ReportedStep {
  package func report(_ files: StepFiles) -> any StepReport {
    QuantizeReport(self, files: files)
  }
}
