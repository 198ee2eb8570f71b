public import Graphs

/// Named tensors out of a weights file, in the file's order.
public struct WeightTable: Sendable, Hashable {
  /// How the file stores them.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case onnx, safetensors
    /// A folder of Paddle's parameter files.
    case paddleFolder = "Paddle folder"
    /// Paddle's combined parameters, named by the program beside them.
    case paddleCombined = "Paddle combined parameters"
    /// Paddle's `.pdparams` and `.pdopt`.
    case paddlePickle = "Paddle pickle"
  }

  /// One tensor.
  public struct Entry: Sendable, Hashable {
    /// The name that the file gives it.
    public var name: String
    /// Type, shape and elements.
    public var value: Constant

    /// A tensor under a name.
    public init(name: String, value: Constant) {
      self.name = name
      self.value = value
    }
  }

  /// The file or folder.
  public let path: String
  /// How the file stores tensors.
  public let format: Format
  /// The tensors.
  public let entries: [Entry]

  /// A table of tensors that were read from a file.
  public init(path: String, format: Format, entries: [Entry]) {
    self.path = path
    self.format = format
    self.entries = entries
  }
}
