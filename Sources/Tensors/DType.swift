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
  case float8e5m2 = 23
  case float8e4m3fn = 24
  case float8e5m2fnuz = 25
  case float8e4m3fnuz = 26
  case uint16 = 27
  case uint32 = 28
  case uint64 = 29
  /// Whole numbers 0...3, one a byte.
  case uint2 = 31
  /// Whole numbers 0...15, one a byte.
  case uint4 = 33
  /// Whole numbers -2...1, one a byte, the sign extended.
  case int2 = 38
  /// Whole numbers -8...7, one a byte, the sign extended.
  case int4 = 40
  /// Powers of two, -127...127 the exponents.
  case float8e8m0 = 44
  /// Floats of 4 bits, one in the low half of each byte; torch has them in pairs, and no operator for either.
  case float4e2m1 = 45

  /// The number that torch's operators take for the type (`c10::ScalarType`).
  public var torchCode: Int32 { Int32(rawValue) }

  /// The bytes of one element.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .float8e5m2, .float8e4m3fn, .float8e5m2fnuz, .float8e4m3fnuz, .float8e8m0: 1
    case .uint2, .uint4, .int2, .int4, .float4e2m1: 1
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

  /// Whether torch stores values without computing with them: floats of 8 bits and fewer, whole numbers of fewer.
  ///
  /// ``Tensor/widened()`` has the values in a type to compute with.
  public var isStorageOnly: Bool {
    switch self {
    case .float8e5m2, .float8e4m3fn, .float8e5m2fnuz, .float8e4m3fnuz, .float8e8m0, .float4e2m1,
      .uint2, .uint4, .int2, .int4:
      true
    default: false
    }
  }

  /// Whether values have a fraction and can be computed with: the types that can carry gradients, complex ones left out.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether values are complex numbers.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// DLPack's type code (`ESP_DTYPE_*`, and DLPack's own for 8-bit floats); 4-bit floats are bare patterns.
  public var dlpackCode: UInt8 {
    switch self {
    case .int8, .int16, .int32, .int64, .int2, .int4: 0
    case .uint8, .uint16, .uint32, .uint64, .uint2, .uint4, .float4e2m1: 1
    case .float16, .float32, .float64: 2
    case .bfloat16: 4
    case .complex64, .complex128: 5
    case .bool: 6
    case .float8e4m3fn: 10
    case .float8e4m3fnuz: 11
    case .float8e5m2: 12
    case .float8e5m2fnuz: 13
    case .float8e8m0: 14
    }
  }

  /// Finds the type with torch's `torchCode`; quantized types and sub-byte ones that ONNX lacks have none here.
  public init?(torchCode: Int32) {
    guard let code = UInt8(exactly: torchCode) else { return nil }
    self.init(rawValue: code)
  }
}

extension DType: CustomStringConvertible {
  /// The name that torch and numpy (with ml_dtypes) use.
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
    case .float8e5m2: "float8_e5m2"
    case .float8e4m3fn: "float8_e4m3fn"
    case .float8e5m2fnuz: "float8_e5m2fnuz"
    case .float8e4m3fnuz: "float8_e4m3fnuz"
    case .float8e8m0: "float8_e8m0fnu"
    case .uint2: "uint2"
    case .uint4: "uint4"
    case .int2: "int2"
    case .int4: "int4"
    case .float4e2m1: "float4_e2m1fn"
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
