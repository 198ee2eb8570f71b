/// Why a model cannot be quantized as asked.
package enum QuantizationError: Error, Sendable, Hashable {
  /// No layer is left to quantize.
  case nothing(model: String, reasons: [String])
  /// The model has nodes of whole numbers already.
  case quantized(model: String, nodes: [String])
  /// A constant of a layer holds values that are infinite or no numbers.
  case notFinite(constant: String, layer: String, count: Int)
  /// A plan asks for what this host does not have.
  case unsupported(String)
  /// A strategy trains and is not told how, or is told and does not train.
  case training(strategy: String, wanted: Bool)
  /// A metric must be kept, and there is nothing to measure it on.
  case noMetric
  /// Outputs that are numbers in the float network, and are not in the quantized one.
  case lost(outputs: [String], strategy: String)
  /// A goal is missed though as many layers stay float as may.
  case missed(MixedPrecision)
}

extension QuantizationError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .nothing(let model, let reasons):
      "\(model) has no layer to quantize for this target"
        + (reasons.isEmpty
          ? ": it has no convolution or product with a constant weight"
          : ": \(reasons.prefix(5).joined(separator: "; "))")
    case .quantized(let model, let nodes):
      "\(model) is quantized already: \(nodes.prefix(3).joined(separator: ", "))"
        + (nodes.count > 3 ? " and \(nodes.count - 3) more" : "")
        + "; give the float network that it was made from"
    case .notFinite(let constant, let layer, let count):
      "the constant '\(constant)' of the layer '\(layer)' has \(count) elements that are infinite or no numbers; "
        + "mend the file, or leave the layer float with 'skip'"
    case .training(let strategy, true):
      "the strategy '\(strategy)' trains: use it in a recipe with 'task' and 'data', and say how long, such as "
        + "'- quantize: {strategy: \(strategy), train: {epochs: 10, learning_rate: 0.0001}}'"
    case .training(let strategy, false):
      "the strategy '\(strategy)' does not train: take 'train' away, or name one that does, such as aware"
    case .noMetric:
      "metric_drop needs labelled images: a recipe with 'task' and 'data', or --data voc:FOLDER --list val; "
        + "without labels ask for min_sqnr"
    case .missed(let search):
      "the goal is missed with \(search.most) layers left float: \(search.text); "
        + "allow more layers (max_float), a greater metric_drop or a smaller min_sqnr"
    case .lost(let outputs, let strategy):
      "the quantized network's \(outputs.map { "'\($0)'" }.joined(separator: ", ")) is NaN or infinite where the float "
        + "network's is not; the ranges of \(strategy) are to blame: choose another strategy or other parameters"
    case .unsupported(let what):
      "the strategy's plan asks for \(what), which this host does not have; choose other parameters"
    }
  }
}
