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
    public var name: String
    public var value: Constant

    public init(name: String, value: Constant) {
      self.name = name
      self.value = value
    }
  }

  /// The file or folder.
  public let path: String
  public let format: Format
  public let entries: [Entry]

  public init(path: String, format: Format, entries: [Entry]) {
    self.path = path
    self.format = format
    self.entries = entries
  }
}
