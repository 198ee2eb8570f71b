internal import Files
import Graphs

extension ONNXError {
  /// What the system refused, as an error about the file.
  init(_ error: FileError) {
    let action = FileAction(rawValue: error.action.rawValue) ?? .open
    self = .file(path: error.path, action, code: error.code)
  }
}

extension ONNXError: CustomStringConvertible {
  /// What was found, where, and what helps.
  public var description: String {
    switch self {
    case .damaged(let path, let offset, let damage):
      "\(path.map { "\($0): " } ?? "")at byte \(offset): \(damage)"
    case .external(let path, let tensor, let location, let problem):
      "\(path.map { "\($0): " } ?? "")the values of tensor '\(tensor)' should lie in '\(location)': "
        + "\(problem)"
    case .file(let path, let action, let code):
      "cannot \(action.rawValue) '\(path)': \(FileError.words(of: code))"
    case .unwritable(let reason): "\(reason)"
    }
  }

  /// The same error, naming the file.
  func located(in path: String) -> ONNXError {
    switch self {
    case .damaged(nil, let offset, let damage): .damaged(path: path, offset: offset, damage)
    case .external(nil, let tensor, let location, let problem):
      .external(path: path, tensor: tensor, location: location, problem)
    default: self
    }
  }
}

extension ONNXError.Damage: CustomStringConvertible {
  /// What was found and what helps.
  public var description: String {
    switch self {
    case .truncated(let message, let needed, let left):
      "\(message) needs \(needed) bytes more and has \(left); the file is cut off or damaged: "
        + "fetch or export it again"
    case .endlessVarint: "a number takes more than ten bytes; \(Self.notONNX)"
    case .badTag(let tag): "\(tag) is no tag of a field; \(Self.notONNX)"
    case .wrongWireType(let message, let field, let found):
      "field \(field) of \(message) has wire type \(found), which is not its own; \(Self.notONNX)"
    case .unevenList(let message, let field, let length):
      "field \(field) of \(message) lists fixed-width numbers in \(length) bytes, which leaves a rest; "
        + Self.notONNX
    case .repeatedMessage(let message, let field):
      "field \(field) of \(message) is there twice; were two files joined? Export the model as one"
    case .invalidUTF8(let message, let field):
      "field \(field) of \(message) is not UTF-8; rename what it names in the exporting program"
    case .tooDeep(let limit):
      "graphs or groups lie more than \(limit) deep in each other; flatten the branches"
    case .gitLFSPointer: "this is Git LFS's stand-in for the file; run `git lfs pull`"
    case .noGraph: "there is no graph; \(Self.notONNX)"
    case .duplicate(let kind, let name, let inside):
      "\(inside) has two \(kind)s named '\(name)'; rename or remove one"
    case .unknownElementType(let tensor, let type):
      "tensor '\(tensor)' has element type \(type), and known are 1 to 26; cast it before exporting"
    case .negativeSize(let tensor, let size):
      "tensor '\(tensor)' has an axis of \(size) elements; sizes of stored values start at 0"
    case .oversized(let tensor, let shape):
      "tensor '\(tensor)' of shape \(shape) has more elements than memory can address"
    case .wrongSize(let tensor, let type, let shape, let expected, let found):
      "tensor '\(tensor)' of type \(type) and shape \(shape) needs \(expected) "
        + "\(type == .string ? "strings" : "bytes") and holds \(found); "
        + "the file is damaged: export it again"
    case .misplacedValues(let tensor, let type):
      "tensor '\(tensor)' of type \(type) holds values in a field of another type, or in two fields; "
        + "write it as raw_data"
    }
  }

  private static let notONNX = "is it an ONNX file, and whole?"
}

extension ONNXError.ExternalProblem: CustomStringConvertible {
  /// What was found and what helps.
  public var description: String {
    switch self {
    case .noFolder: "the model came as bytes; read it from its file, beside which they lie"
    case .badLocation: "that is not a relative path inside the model's folder"
    case .outsideFolder:
      "that leads out of the model's folder, which is not allowed; copy the file beside the model"
    case .badNumber(let key, let text): "its \(key) '\(text)' is no whole number from 0"
    case .wrongLength(let expected, let found):
      "its length is \(found), and type and shape need \(expected) bytes"
    case .short(let needed, let found):
      "the tensor ends at byte \(needed) and the file has \(found); fetch the file again"
    case .unreadable(let code):
      "\(FileError.words(of: code)); put the file beside the model"
    case .strings: "strings cannot lie in another file; write them as string_data"
    }
  }
}

extension ONNXError.UnwritableReason: CustomStringConvertible {
  /// What was found and what helps.
  public var description: String {
    switch self {
    case .tooLarge(let bytes):
      "the model takes \(bytes) bytes, and a protocol buffer holds 2147483647; "
        + "write it with weights beside the model"
    case .tooDeep(let limit): "graphs lie more than \(limit) deep in each other"
    case .wrongSize(let tensor, let type, let shape, let expected, let found):
      "tensor '\(tensor)' of type \(type) and shape \(shape) needs "
        + "\(expected.map(String.init) ?? "more") "
        + "\(type == .string ? "strings" : "bytes") and holds \(found)"
    }
  }
}
