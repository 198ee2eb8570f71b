/// Why a model cannot be evaluated.
package enum EvaluationError: Error, Sendable, Hashable {
  /// Records that are not those of the set.
  case records(String)
  /// A model that knows more classes than the data.
  case classes(model: Int, data: [String])
  /// A network whose input takes no images, or only those of other sizes.
  case input(model: String, String)
}

extension EvaluationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .records(let text): "evaluation: \(text)"
    case .classes(let model, let data):
      "the model has at least \(model) classes, the data \(data.count) "
        + "(\(data.prefix(5).joined(separator: ", "))\(data.count > 5 ? ", …" : "")); "
        + "give the task's 'classes' and the data's in the same order"
    case .input(let model, let text): "\(model): \(text)"
    }
  }
}
