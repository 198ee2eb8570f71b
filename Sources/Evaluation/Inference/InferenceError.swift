/// Why a runtime of others does not execute a model.
package enum InferenceError: Error, Sendable, Hashable {
  case notFound(InferenceKind, searched: [String])
  /// A library that is there and cannot be used.
  case unusable(InferenceKind, path: String, reason: String)
  /// What the runtime says of a model or an array.
  case refused(InferenceKind, model: String, reason: String)
  /// An output whose bytes are not what the model's type and sizes make them.
  case wrongOutput(InferenceKind, model: String, output: String, expected: Int, found: Int)
}

extension InferenceError: CustomStringConvertible {
  /// The runtime, what was looked for where, and the cure.
  package var description: String {
    switch self {
    case .notFound(let kind, let searched):
      "\(kind.title) was not found; looked for \(searched.joined(separator: ", ")); "
        + "`pip install \(kind.rawValue)` into the environment of python3, or name the library with "
        + "--\(kind.rawValue) or \(kind.variable)"
    case .unusable(let kind, let path, let reason):
      "\(path) cannot be used as \(kind.title): \(reason); name another library with "
        + "--\(kind.rawValue) or \(kind.variable)"
    case .refused(let kind, let model, let reason):
      "\(kind.title) does not execute \(model): \(reason)"
    case .wrongOutput(let kind, let model, let output, let expected, let found):
      "\(kind.title) made \(found) bytes of output '\(output)' of \(model), whose type and sizes make "
        + "\(expected)"
    }
  }
}
