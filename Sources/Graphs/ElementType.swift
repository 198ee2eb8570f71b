/// The type of one element, with the numbers that ONNX gives in `TensorProto.DataType`.
public enum ElementType: Int32, Sendable, Hashable, Codable, CaseIterable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case string = 8
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case complex64 = 14
  case complex128 = 15
  case bfloat16 = 16
  case float8e4m3fn = 17
  case float8e4m3fnuz = 18
  case float8e5m2 = 19
  case float8e5m2fnuz = 20
  case uint4 = 21
  case int4 = 22
  case float4e2m1 = 23
  case float8e8m0 = 24
  case uint2 = 25
  case int2 = 26

  /// Bits of one element in ONNX's raw layout; 0 for strings, which have none.
  public var bitCount: Int {
    switch self {
    case .string: 0
    case .uint2, .int2: 2
    case .uint4, .int4, .float4e2m1: 4
    case .uint8, .int8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
      .float8e8m0:
      8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float32, .uint32, .int32: 32
    case .float64, .uint64, .int64, .complex64: 64
    case .complex128: 128
    }
  }

  /// Bytes that `count` elements take in ONNX's raw layout, packed types rounded up; nil on overflow.
  public func byteCount(of count: Int) -> Int? {
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitCount)
    return overflow || count < 0 ? nil : bits / 8 + (bits % 8 == 0 ? 0 : 1)
  }

  /// True for the types whose values are real numbers with a fraction.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float16, .float64, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
      .float8e5m2fnuz, .float4e2m1, .float8e8m0:
      true
    default: false
    }
  }
}

extension ElementType: CustomStringConvertible {
  /// The type's name in lower case, such as `float32`.
  public var description: String { "\(Self.names[self] ?? "type \(rawValue)")" }

  private static let names: [ElementType: String] = [
    .float32: "float32", .uint8: "uint8", .int8: "int8", .uint16: "uint16", .int16: "int16",
    .int32: "int32", .int64: "int64", .string: "string", .bool: "bool", .float16: "float16",
    .float64: "float64", .uint32: "uint32", .uint64: "uint64", .complex64: "complex64",
    .complex128: "complex128", .bfloat16: "bfloat16", .float8e4m3fn: "float8e4m3fn",
    .float8e4m3fnuz: "float8e4m3fnuz", .float8e5m2: "float8e5m2",
    .float8e5m2fnuz: "float8e5m2fnuz", .uint4: "uint4", .int4: "int4",
    .float4e2m1: "float4e2m1", .float8e8m0: "float8e8m0", .uint2: "uint2", .int2: "int2",
  ]
}
