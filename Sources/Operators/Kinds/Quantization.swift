package import Graphs
import Tensors

/// Fractions as whole numbers with a scale and a zero point, and back.
package enum Quantization {
  static let operators: [Operator] = [dequantize, dynamic, quantize]

  /// Whether a node rounds, restores, or computes in whole numbers with scales of its own.
  package static func isPart(_ node: Node) -> Bool {
    guard node.domain.isEmpty else { return false }
    return operators.contains { $0.name == node.op } || node.op.hasPrefix("QLinear")
      || node.op == "ConvInteger" || node.op == "MatMulInteger"
  }

  /// Whether a node makes whole numbers of a value, by a scale that it is given.
  static func quantizes(_ node: Node) -> Bool { node.isStandard && node.op == "QuantizeLinear" }

  /// Whether a node restores a value from whole numbers.
  static func restores(_ node: Node) -> Bool { node.isStandard && node.op == "DequantizeLinear" }

  /// A node that makes whole numbers of a value.
  package static func quantizing(
    _ value: String,
    name: String,
    scale: String,
    zero: String,
    output: String
  ) -> Node {
    Node("QuantizeLinear", name: name, inputs: [value, scale, zero], outputs: [output])
  }

  /// A node that restores a value from whole numbers, along an axis where there are several scales.
  package static func restoring(
    _ value: String,
    name: String,
    scale: String,
    zero: String,
    axis: Int? = nil,
    output: String
  ) -> Node {
    Node(
      "DequantizeLinear",
      name: name,
      inputs: [value, scale, zero],
      outputs: [output],
      attributes: axis.map { ["axis": .int($0)] } ?? [:]
    )
  }

  private static let quantize = Operator(
    "QuantizeLinear",
    shapes: { (call) throws(OperatorError) in
      let stated = try outputType(call.node)
      let element = call.optional(2)?.element ?? stated ?? .uint8
      return [ValueFacts(element: element, sizes: try call.input(0).sizes)]
    },
    channels: .perAxisQuantization,
    downgrades: [withoutAxis]
  ) { call in
    let x = try call.input(0)
    let stated = try outputType(call.node).flatMap(DType.init)
    let type = try call.optional(2)?.dtype ?? stated ?? .uint8
    let layout = Layout(call.node)
    let scale = try layout.aligned(try call.input(1), to: x)
    let precise = try precision(call.node, x, scale)
    let quotient = try x.cast(to: precise) / scale.cast(to: precise)
    let zero = try call.optional(2).map { try layout.aligned($0, to: x) }
    if let limits = Limits(type) {
      let steps = try quotient.rounded().cast(to: .float32)
      return [try limits.stored(steps, zero: zero)]
    }
    guard ElementType(type).isFloatingPoint, type.isStorageOnly else {
      throw OperatorError.unsupported("quantizing to \(type)")
    }
    let rules = try Narrowing(call.node)
    guard let zero else { return [try quotient.cast(to: type, rules)] }
    let shifted = try quotient + zero.cast(to: precise)
    return [try shifted.cast(to: type, rules)]
  }

  /// Before 13 one scale served all; `axis` then says nothing.
  private static let withoutAxis = Downgrade(below: 13) { (node, scope) throws(OperatorError) in
    guard let scale = node.input(1), scope.facts(scale).shape?.reduce(1, *) == 1 else {
      throw .unsupported("scales along an axis came with opset 13")
    }
    return node.without("axis")
  }

  /// The type in which the quotient is taken: what `precision` states, else the wider of both.
  private static func precision(_ node: Node, _ x: Tensor, _ scale: Tensor) throws -> DType {
    if let code = node.int("precision"), code != 0,
      let type = Int32(exactly: code).flatMap(ElementType.init).flatMap({ DType($0) })
    {
      return type
    }
    return x.dtype.isFloatingPoint && x.dtype == scale.dtype ? x.dtype : .float32
  }

  private static func outputType(_ node: Node) throws(OperatorError) -> ElementType? {
    guard let code = node.int("output_dtype"), code != 0 else { return nil }
    guard let type = Int32(exactly: code).flatMap(ElementType.init) else {
      throw .unsupported("type code \(code) of attribute 'output_dtype' is not known")
    }
    return type
  }

  private static let dequantize = Operator(
    "DequantizeLinear",
    shapes: { (call) throws(OperatorError) in
      let scale = try call.input(1)
      let element = try outputType(call.node)
      return [ValueFacts(element: element ?? scale.element, sizes: try call.input(0).sizes)]
    },
    channels: .perAxisQuantization,
    downgrades: [withoutAxis]
  ) { call in
    let x = try call.input(0)
    let scale = try call.input(1)
    let layout = Layout(call.node)
    let stated = try outputType(call.node).flatMap(DType.init)
    // 32-bit whole numbers need a difference that is exact before it is scaled.
    let exact: DType = x.dtype == .int32 ? .int64 : .float32
    var difference = try x.cast(to: exact)
    if let zero = try call.optional(2) {
      let aligned = try layout.aligned(try zero.cast(to: exact), to: x)
      difference = try difference - aligned
    }
    let factor = try layout.aligned(try scale.cast(to: .float32), to: x)
    let result = try difference.cast(to: .float32) * factor
    return [try result.cast(to: stated ?? scale.dtype)]
  }

  /// Scale and zero point from the range of the input, zero included.
  private static let dynamic = Operator(
    "DynamicQuantizeLinear",
    shapes: { (call) throws(OperatorError) in
      [
        ValueFacts(element: .uint8, sizes: try call.input(0).sizes), ValueFacts(.float32, []),
        ValueFacts(.uint8, []),
      ]
    },
    channels: .closed
  ) { call in
    let x = try call.input(0)
    let high = try x.max().clamped(min: 0)
    let low = try x.min().clamped(max: 0)
    let scale = try (high - low) / 255
    let place = try -low / scale
    let zero = try place.clamped(min: 0, max: 255).rounded().cast(to: .uint8)
    let steps = try (x / scale).rounded()
    guard let limits = Limits(.uint8) else { throw OperatorError.unsupported("uint8") }
    return [try limits.stored(steps, zero: zero), scale, zero]
  }

  /// The values that a type holds.
  private struct Limits {
    let type: DType
    let range: ClosedRange<Int>

    init?(_ type: DType) {
      self.type = type
      switch type {
      case .uint8: range = 0...255
      case .int8: range = -128...127
      case .uint16: range = 0...65535
      case .int16: range = -32768...32767
      case .uint4: range = 0...15
      case .int4: range = -8...7
      case .uint2: range = 0...3
      case .int2: range = -2...1
      default: return nil
      }
    }

    /// Whole steps with the zero point added, clamped to the type.
    func stored(_ steps: Tensor, zero: Tensor?) throws -> Tensor {
      var result = steps
      if let zero { result = try result + zero.cast(to: .float32) }
      let clamped = try result.clamped(min: range.lowerBound, max: range.upperBound)
      return try clamped.cast(to: .int32).cast(to: type)
    }
  }

  /// How scales lie along the input: one for all, one for each place of an axis, or one for each block of it.
  private struct Layout {
    let axis: Int
    let block: Int

    init(_ node: Node) {
      axis = node.int("axis", default: 1)
      block = node.int("block_size", default: 0)
    }

    /// A scale or zero point in a shape that broadcasts to the input.
    func aligned(_ values: Tensor, to x: Tensor) throws -> Tensor {
      guard values.count > 1 || block > 0 else {
        return try values.reshaped([])
      }
      let axis = try ShapeRules.axis(axis, rank: x.rank)
      guard block == 0 else {
        let repeated = try Unsigned.reinterpreted([values]) {
          try ATen.one("repeat_interleave", "self_int", $0[0], block, axis)
        }
        return try repeated.narrowed(along: axis, from: 0, count: x.shape[axis])
      }
      var column = [Int](repeating: 1, count: x.rank)
      column[axis] = values.count
      return try values.reshaped(column)
    }
  }
}
