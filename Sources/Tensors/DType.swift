/// The type of a tensor's elements; the raw value is torch's code for it.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case complex64 = 9
  case complex128 = 10
  case bool = 11
  case bfloat16 = 15
  case uint16 = 27
  case uint32 = 28
  case uint64 = 29

  /// The number that torch's operators take for the type (`c10::ScalarType`).
  public var torchCode: Int32 { Int32(rawValue) }

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// The bytes of contiguous elements of a shape; nil for a negative size and for more than memory has addresses.
  public func byteCount(ofShape shape: [Int]) -> Int? {
    var total = byteCount
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow, size >= 0 else { return nil }
      total = product
    }
    return total
  }

  /// Whether values have a fraction: the types that can carry gradients, complex ones left out.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether values are complex numbers.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// DLPack's type code (`ESP_DTYPE_*`).
  public var dlpackCode: UInt8 {
    switch self {
    case .int8, .int16, .int32, .int64: 0
    case .uint8, .uint16, .uint32, .uint64: 1
    case .float16, .float32, .float64: 2
    case .bfloat16: 4
    case .complex64, .complex128: 5
    case .bool: 6
    }
  }

  /// Finds the type with torch's `torchCode`; quantized and sub-byte types have none here.
  public init?(torchCode: Int32) {
    guard let code = UInt8(exactly: torchCode) else { return nil }
    self.init(rawValue: code)
  }
}

extension DType: CustomStringConvertible {
  /// The name that torch and numpy use.
  public var description: String {
    switch self {
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .bool: "bool"
    case .bfloat16: "bfloat16"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    }
  }
}

/// The order in which a tensor's elements lie in memory.
public enum MemoryFormat: Int32, Sendable, Hashable {
  /// The last dimension varies fastest.
  case contiguous = 0
  /// As the input's.
  case preserve = 1
  /// NHWC order of a tensor with shape NCHW.
  case channelsLast = 2
  /// NDHWC order of a tensor with shape NCDHW.
  case channelsLast3D = 3
}

/// The way a tensor is stored.
public enum Layout: Int32, Sendable, Hashable {
  /// One block of memory with a stride per dimension.
  case strided = 0
  /// oneDNN's own blocked order, opaque to everyone else.
  case mkldnn = 3
}
