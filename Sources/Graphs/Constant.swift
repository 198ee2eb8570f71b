/// A tensor whose value is known: an initialiser, or the value of a tensor attribute.
public struct Constant: Sendable, Hashable {
  /// The type of one element.
  public var type: ElementType
  /// The sizes of the axes; empty for a scalar.
  public var shape: [Int]
  /// The elements in row-major order, little endian, packed as ONNX's `raw_data` has them; empty for strings.
  public var bytes: Bytes
  /// The elements of a string tensor, each a run of bytes that is mostly UTF-8.
  public var strings: [[UInt8]]
  /// Documentation, the name of a tensor in an attribute, and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8] = []

  /// A tensor of numbers; `bytes` must hold exactly the elements of `shape`.
  public init(type: ElementType, shape: [Int], bytes: Bytes) {
    self.type = type
    self.shape = shape
    self.bytes = bytes
    strings = []
  }

  /// A tensor of strings.
  public init(strings: [[UInt8]], shape: [Int]) {
    type = .string
    self.shape = shape
    bytes = Bytes()
    self.strings = strings
  }

  /// A float32 tensor.
  public init(_ values: [Float], shape: [Int]) {
    self.init(type: .float32, shape: shape, bytes: Bytes(values))
  }

  /// An int64 vector, the type of shapes and axes.
  public init(_ values: [Int]) {
    self.init(type: .int64, shape: [values.count], bytes: Bytes(values.map(Int64.init)))
  }

  /// An int64 scalar.
  public init(scalar value: Int) {
    self.init(type: .int64, shape: [], bytes: Bytes([Int64(value)]))
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}
