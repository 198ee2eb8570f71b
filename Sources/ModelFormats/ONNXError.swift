public import Graphs

/// What is wrong with an ONNX file, or keeps a graph from becoming one.
///
/// Offsets are in bytes from the start of the file, or of the bytes that were given.
public enum ONNXError: Error, Sendable, Hashable {
  /// The bytes are not what the format asks for.
  case damaged(path: String?, offset: Int, Damage)
  /// A tensor's values lie in another file, and cannot be had from there.
  case external(path: String?, tensor: String, location: String, ExternalProblem)
  /// The system refused an action on a file; `code` is its errno.
  case file(path: String, FileAction, code: Int32)
  /// The graph cannot be written as ONNX.
  case unwritable(UnwritableReason)

  /// What is wrong at one place of the bytes.
  public enum Damage: Sendable, Hashable {
    /// The message ends inside a field.
    case truncated(message: String, needed: UInt64, left: Int)
    /// A number goes on for more than ten bytes.
    case endlessVarint
    /// A tag that no field can have.
    case badTag(UInt64)
    /// A field is there, but in another encoding than its own.
    case wrongWireType(message: String, field: Int, found: Int)
    /// A list of fixed-width numbers whose length is no multiple of theirs.
    case unevenList(message: String, field: Int, length: Int)
    /// A message that can be there once is there twice.
    case repeatedMessage(message: String, field: Int)
    /// A name that is not UTF-8.
    case invalidUTF8(message: String, field: Int)
    /// Graphs or groups inside each other beyond the limit.
    case tooDeep(limit: Int)
    /// The bytes are a stand-in that Git LFS leaves for the file.
    case gitLFSPointer
    /// The bytes hold no graph.
    case noGraph
    /// Two things that one graph or node holds have the same name.
    case duplicate(kind: String, name: String, inside: String)
    /// A tensor of an element type that this version does not know.
    case unknownElementType(tensor: String, Int)
    /// A tensor with a negative size.
    case negativeSize(tensor: String, Int)
    /// A tensor with more elements than memory can address.
    case oversized(tensor: String, shape: [Int])
    /// A tensor whose values do not fill its shape, or overfill it.
    case wrongSize(tensor: String, type: ElementType, shape: [Int], expected: Int, found: Int)
    /// A tensor that holds values in a field that its type does not use, or in two fields.
    case misplacedValues(tensor: String, type: ElementType)
  }

  /// What is wrong with values in another file.
  public enum ExternalProblem: Sendable, Hashable {
    /// The model was not read from a file, so no folder is known.
    case noFolder
    /// The entry has no location, or one that is not a relative path.
    case badLocation
    /// The path, with links resolved, leaves the folder of the model.
    case outsideFolder
    /// An offset or length that is no whole number from 0.
    case badNumber(key: String, String)
    /// The length is not what type and shape of the tensor need.
    case wrongLength(expected: Int, found: Int)
    /// The file is too short.
    case short(needed: Int, found: Int)
    /// The file cannot be opened; the number is the system's errno.
    case unreadable(code: Int32)
    /// A string tensor, which cannot lie in another file.
    case strings
  }

  /// What was tried on a file.
  public enum FileAction: String, Sendable, Hashable {
    case open, map, create, write, sync, rename
  }

  /// Why a graph cannot be written.
  public enum UnwritableReason: Sendable, Hashable {
    /// More bytes than a protocol buffer can have.
    case tooLarge(bytes: Int)
    /// Graphs inside each other beyond the limit.
    case tooDeep(limit: Int)
    /// A constant whose bytes are not what its type and shape need.
    case wrongSize(tensor: String, type: ElementType, shape: [Int], expected: Int?, found: Int)
  }
}
