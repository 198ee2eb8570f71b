import Graphs
import Tensors

/// How values come into a type that does not hold them all, by the attributes of Cast, CastLike and QuantizeLinear.
struct Narrowing: Sendable {
  /// Whether what is out of range becomes the nearest value in range; else infinity or NaN, as the type has it.
  var saturates = true
  /// How values between two powers of two are rounded; only float8e8m0 asks.
  var powers = Powers.up

  /// A direction of rounding, with ONNX's names.
  enum Powers: String, Sendable {
    case up, down, nearest
  }

  init() {}

  /// What the node's attributes say.
  init(_ node: Node) throws(OperatorError) {
    saturates = node.int("saturate", default: 1) != 0
    let mode = node.string("round_mode", default: "up")
    guard let powers = Powers(rawValue: mode) else {
      throw .unsupported("round_mode '\(mode)'; there are up, down and nearest")
    }
    self.powers = powers
  }
}

extension Tensor {
  /// The values in a storage-only type, by the rules of ONNX's Cast.
  func narrowed(to type: DType, _ rules: Narrowing) throws -> Tensor {
    let wide = try widened()
    switch type {
    case .int2, .uint2: return try wide.wrapped(bits: 2, as: type)
    case .int4, .uint4: return try wide.wrapped(bits: 4, as: type)
    case .float8e8m0: return try wide.powersOfTwo(rules)
    case .float8e4m3fn: return try wide.float8(type, Grid(-6, 3, 448), rules)
    case .float8e4m3fnuz: return try wide.float8(type, Grid(-7, 3, 240), rules)
    case .float8e5m2: return try wide.float8(type, Grid(-14, 2, 57344), rules)
    case .float8e5m2fnuz: return try wide.float8(type, Grid(-15, 2, 57344), rules)
    case .float4e2m1: return try wide.float4()
    default: throw OperatorError.unsupported("\(type) is no type to be narrowed to")
    }
  }

  // MARK: Whole numbers

  /// Fractions cut off, and of each number the lowest bits.
  private func wrapped(bits: Int, as type: DType) throws -> Tensor {
    let whole = try cast(to: dtype.isFloatingPoint ? .int32 : .int64)
    var low = try ATen.one("bitwise_and", "Scalar", whole, 1 << bits - 1)
    guard type == .int2 || type == .int4 else {
      return try low.cast(to: .uint8).viewed(as: type)
    }
    let sign = 1 << (bits - 1)
    low = try ATen.one("bitwise_xor", "Scalar", low, sign)
    return try (low - sign).cast(to: .int8).viewed(as: type)
  }

  // MARK: Fractions

  /// The values that a small float has: multiples of a power of two that grows with them.
  private struct Grid {
    /// The exponent below which values are no longer normal.
    let leastExponent: Int
    let fractionBits: Int
    let largest: Double

    init(_ leastExponent: Int, _ fractionBits: Int, _ largest: Double) {
      self.leastExponent = leastExponent
      self.fractionBits = fractionBits
      self.largest = largest
    }
  }

  /// The type that takes on the values without loss, or as good as that for whole numbers of 64 bits.
  private var exactFloat: DType {
    switch dtype {
    case .float64, .int32, .int64, .uint32, .uint64: .float64
    default: .float32
    }
  }

  private func float8(_ type: DType, _ grid: Grid, _ rules: Narrowing) throws -> Tensor {
    var x = try cast(to: exactFloat)
    // Without saturation torch makes infinity or NaN of what is beyond the largest value.
    let bound = rules.saturates ? grid.largest : 4 * grid.largest
    x = try x.clamped(min: -bound, max: bound)
    // torch goes from float64 through float32, which would round twice.
    if x.dtype == .float64 { x = try x.rounded(to: grid) }
    return try x.converted(to: type)
  }

  /// 4-bit floats always saturate; NaN, for which ONNX's page has 6 and its test data 0, becomes 0.
  private func float4() throws -> Tensor {
    let grid = Grid(0, 1, 6)
    let number = try ATen.one("nan_to_num", cast(to: exactFloat), 0.0)
    let value = try number.clamped(min: -grid.largest, max: grid.largest).rounded(to: grid)
    var bounds = try Tensor([0, 0.5, 1, 1.5, 2, 3, 4] as [Double], shape: [7])
    bounds = try bounds.cast(to: value.dtype).moved(to: device)
    let code = try ATen.one("bucketize", "Tensor", value.abs(), bounds)
    let sign = try ATen.one("signbit", value).cast(to: .int64) * 8
    return try (code + sign).cast(to: .uint8).viewed(as: .float4e2m1)
  }

  /// Rounded half to even onto a grid; values beyond its end go on in the steps of the end.
  private func rounded(to grid: Grid) throws -> Tensor {
    let (bits, mask): (DType, Int) =
      dtype == .float64 ? (.int64, 0x7FF << 52) : (.int32, 0xFF << 23)
    // The exponent alone, read as a number, is the power of two below the value.
    let exponent = try ATen.one("bitwise_and", "Scalar", viewed(as: bits), mask)
    let power = try exponent.viewed(as: dtype).clamped(
      min: Double(sign: .plus, exponent: grid.leastExponent, significand: 1)
    )
    let step = try power * Double(sign: .plus, exponent: -grid.fractionBits, significand: 1)
    let steps = try (self / step).rounded()
    return try steps * step
  }

  /// The exponents of the magnitudes, as float8e8m0 has them; ONNX leaves negative numbers open.
  private func powersOfTwo(_ rules: Narrowing) throws -> Tensor {
    let range = (0x1p-127, 0x1p127)
    var x = try cast(to: .float64).abs()
    let isNumber: Tensor
    if rules.saturates {
      isNumber = try x .== x
      x = try x.clamped(min: range.0, max: range.1)
    } else {
      isNumber = try (x .>= range.0) .& (x .<= range.1)
    }
    // What is added to the fraction decides whether it carries into the exponent.
    let carry =
      switch rules.powers {
      case .up: 1 << 52 - 1
      case .nearest: 1 << 51
      case .down: 0
      }
    let bits = try x.viewed(as: .int64) + carry
    let exponent = try ATen.one("__rshift__", "Scalar", bits, 52)
    let code = try exponent - (1023 - 127)
    let nan = try ATen.one("full_like", code, 0xFF)
    let result = try isNumber.choosing(code, otherwise: nan)
    return try result.cast(to: .uint8).viewed(as: .float8e8m0)
  }
}
