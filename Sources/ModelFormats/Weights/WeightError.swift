public import Graphs

/// Why no weights can be had from a file, or written to one.
public enum WeightError: Error, Sendable, Hashable {
  /// The system refused the file; `code` is its errno.
  case file(path: String, code: Int32)
  /// An ONNX file that cannot be read.
  case onnx(ONNXError)
  /// The bytes at `offset` are not what the format asks for.
  case damaged(path: String, offset: Int, Damage)
  /// Nothing tells what the file is.
  case unknownFormat(path: String)
  /// A parameter file without the program that names its tensors.
  case noProgram(path: String, wanted: String)
  /// Elements of a type that safetensors have no name for.
  case unwritable(tensor: String, ElementType)

  /// What is wrong at one place.
  public enum Damage: Sendable, Hashable {
    case truncated(needed: Int, left: Int)
    /// Something other than what belongs there, in words.
    case unexpected(String)
    /// A text that is not JSON.
    case json(String)
    /// A file whose bytes are not those that were written.
    case checksum(stored: String, found: String)
    /// A name that is there twice.
    case duplicate(String)
    /// A tensor whose bytes do not fill its shape, or overfill it.
    case wrongSize(tensor: String, shape: [Int], expected: Int?, found: Int)
    /// A tensor that lies outside of the file or over another one.
    case misplaced(tensor: String, range: String)
    /// A tensor of a type that is not read.
    case unknownType(tensor: String, String)
    /// A pickle that asks for something to be called.
    case forbidden(global: String)
    /// A shape that is not the one in the program.
    case shapeMismatch(tensor: String, file: [Int], program: [Int])
    /// Fields of a protocol buffer.
    case message(String)
  }
}

extension WeightError: CustomStringConvertible {
  /// The file, the place and the cure.
  public var description: String {
    switch self {
    case .file(let path, let code): "\(ONNXError.file(path: path, .open, code: code))"
    case .onnx(let error): "\(error)"
    case .damaged(let path, let offset, let damage): "\(path): byte \(offset): \(damage)"
    case .unknownFormat(let path):
      "\(path): neither ONNX, safetensors, Paddle's parameters nor its .pdparams; name one of those"
    case .noProgram(let path, let wanted):
      "\(path) holds tensors without names; put \(wanted), which names them, beside it"
    case .unwritable(let tensor, let type):
      "'\(tensor)' of type \(type) cannot be written as safetensors; convert it to float32"
    }
  }
}

extension WeightError.Damage: CustomStringConvertible {
  /// What was found and what helps.
  public var description: String {
    let cure = "fetch or export the file again"
    return switch self {
    case .truncated(let needed, let left):
      "\(needed) bytes are needed and \(left) are left; the file is cut off: \(cure)"
    case .unexpected(let text): "\(text); \(cure)"
    case .json(let text): "the header is not JSON: \(text); \(cure)"
    case .checksum(let stored, let found):
      "the file is damaged: its checksum is \(found), but \(stored) was written; \(cure)"
    case .duplicate(let name): "'\(name)' is there twice; \(cure)"
    case .wrongSize(let tensor, let shape, let expected, let found):
      "'\(tensor)' of shape \(shape) needs \(expected.map(String.init) ?? "more than memory has") "
        + "bytes and has \(found); \(cure)"
    case .misplaced(let tensor, let range):
      "'\(tensor)' lies at \(range), outside of the file or over another tensor; \(cure)"
    case .unknownType(let tensor, let type):
      "'\(tensor)' has the type \(type), which is not read; convert it to float32"
    case .forbidden(let global):
      "the pickle calls '\(global)'; only numpy's arrays are built, nothing is executed. "
        + "Save the weights as a plain dictionary of numpy arrays, or as safetensors"
    case .shapeMismatch(let tensor, let file, let program):
      "'\(tensor)' has the shape \(file) here and \(program) in the program; the two files are not of one model"
    case .message(let text): text
    }
  }
}
