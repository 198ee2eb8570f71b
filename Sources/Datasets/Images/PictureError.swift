/// Why an image file gives no picture.
package enum PictureError: Error, Sendable, Hashable {
  case missing(path: String)
  case unreadable(path: String, reason: String)
  /// Decodable in no part, or neither JPEG nor PNG.
  case broken(path: String, reason: String)
  /// Decodable in part: the rest is grey.
  case damaged(path: String, reason: String)
  case tooLarge(path: String, reason: String)

  /// The same as an entry of a data set's list of problems.
  package var problem: DataProblem {
    switch self {
    case .missing(let path):
      DataProblem(.missingImage, path: path, message: "the image is not there")
    case .unreadable(let path, let reason):
      DataProblem(.brokenImage, path: path, message: "the image cannot be read: \(reason)")
    case .broken(let path, let reason):
      DataProblem(.brokenImage, path: path, message: "the image cannot be decoded: \(reason)")
    case .damaged(let path, let reason):
      DataProblem(.brokenImage, path: path, message: "the image is damaged: \(reason)")
    case .tooLarge(let path, let reason):
      DataProblem(.tooLarge, path: path, message: "the image is too large: \(reason)")
    }
  }
}

extension PictureError: CustomStringConvertible {
  package var description: String { problem.description }
}
