/// Why data cannot be used.
package enum DataError: Error, Sendable, Hashable {
  /// Something is wrong in the files, and the policy is to refuse.
  case problem(DataProblem)
  /// A file or folder that must be there is not.
  case missing(path: String, wanted: String)
  /// Nothing is left to use.
  case empty(path: String, reason: String)
  /// The classes that were named are not those of the annotations.
  case classes(path: String, [String])
}

extension DataError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .problem(let problem): problem.description
    case .missing(let path, let wanted): "\(path): wanted \(wanted), which is not there"
    case .empty(let path, let reason): "\(path): \(reason)"
    case .classes(let path, let found):
      "'classes' are not those of \(path): \(found.joined(separator: ", "))"
    }
  }
}
