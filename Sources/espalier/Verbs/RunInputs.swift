import Files
import Graphs
import ModelFormats

/// `--input NAME=FILE.npy`, as `run` and `bench` take it.
enum RunInputs {
  static let input = Option.value(
    "input",
    short: "-i",
    "NAME=FILE.npy",
    repeats: true,
    "The array of an input."
  )

  /// The arrays that were given, by the inputs' names.
  static func arrays(of invocation: Invocation) throws -> [String: Constant] {
    var arrays: [String: Constant] = [:]
    for text in invocation.values(input) {
      guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
        throw UsageError.badValue("input", text, wanted: "NAME=FILE.npy")
      }
      let (name, path) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
      let bytes = try File.bytes(of: path)
      do {
        guard arrays.updateValue(try NPY.decode(bytes), forKey: name) == nil else {
          throw UsageError.repeated("input \(name)")
        }
      } catch let error as NPYError { throw Failure(.badInput, "\(path): \(error)") }
    }
    return arrays
  }
}
