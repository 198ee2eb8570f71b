package import Graphs

/// A small tensor that analysis computes with: sizes, axes, indices, scales.
///
/// Whole numbers and bools are exact; floats are kept as Double.
package struct SmallValue: Sendable, Hashable {
  /// The elements in row-major order.
  package enum Elements: Sendable, Hashable {
    case integers([Int])
    case reals([Double])
  }

  package var type: ElementType
  package var shape: [Int]
  package var elements: Elements

  /// More elements than this are not computed with.
  package static let limit = 4096

  package init(type: ElementType, shape: [Int], elements: Elements) {
    self.type = type
    self.shape = shape
    self.elements = elements
  }

  /// An int64 tensor.
  package init(_ integers: [Int], shape: [Int]) {
    self.init(type: .int64, shape: shape, elements: .integers(integers))
  }

  /// An int64 vector.
  package init(_ integers: [Int]) { self.init(integers, shape: [integers.count]) }

  /// The value of a constant; nil where it is large or neither whole numbers, bools nor floats.
  package init?(_ constant: Constant?) {
    guard let constant, constant.count <= Self.limit else { return nil }
    if let integers = constant.integers {
      self.init(type: constant.type, shape: constant.shape, elements: .integers(integers))
    } else if constant.type == .float64 {
      self.init(
        type: .float64,
        shape: constant.shape,
        elements: .reals(constant.bytes.elements(as: Double.self))
      )
    } else if let floats = constant.floats {
      self.init(
        type: constant.type,
        shape: constant.shape,
        elements: .reals(floats.map(Double.init))
      )
    } else {
      return nil
    }
  }

  /// The value, if the facts of a value hold one.
  package init?(_ facts: ValueFacts?) { self.init(facts?.value) }

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The elements, if they are whole numbers.
  package var integers: [Int]? {
    guard case .integers(let values) = elements else { return nil }
    return values
  }

  /// The elements as Double, whatever they are.
  package var reals: [Double] {
    switch elements {
    case .integers(let values): values.map(Double.init)
    case .reals(let values): values
    }
  }

  /// The value as a constant; nil for types that it cannot write.
  package var constant: Constant? {
    switch elements {
    case .integers(let values):
      guard let bytes = Self.bytes(values, type) else { return nil }
      return Constant(type: type, shape: shape, bytes: bytes)
    case .reals(let values):
      switch type {
      case .float32: return Constant(values.map(Float.init), shape: shape)
      case .float64: return Constant(type: type, shape: shape, bytes: Bytes(values))
      default: return nil
      }
    }
  }

  /// Facts that state the value; type and shape alone where it cannot be written.
  package var facts: ValueFacts {
    constant.map { ValueFacts($0) } ?? ValueFacts(type, shape)
  }

  private static func bytes(_ values: [Int], _ type: ElementType) -> Bytes? {
    switch type {
    case .int64: Bytes(values.map(Int64.init))
    case .int32: Bytes(values.map(Int32.init(truncatingIfNeeded:)))
    case .int16: Bytes(values.map(Int16.init(truncatingIfNeeded:)))
    case .int8: Bytes(values.map(Int8.init(truncatingIfNeeded:)))
    case .uint8, .bool: Bytes(values.map(UInt8.init(truncatingIfNeeded:)))
    case .uint16: Bytes(values.map(UInt16.init(truncatingIfNeeded:)))
    case .uint32: Bytes(values.map(UInt32.init(truncatingIfNeeded:)))
    case .uint64: Bytes(values.map(UInt64.init(truncatingIfNeeded:)))
    default: nil
    }
  }
}

extension SmallValue {
  /// The positions in a tensor of `shape` that the elements of `result` read by broadcasting.
  package static func broadcastPositions(_ shape: [Int], to result: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: result.count)
    var stride = 1
    for axis in shape.indices.reversed() {
      let place = axis + result.count - shape.count
      if shape[axis] != 1 { strides[place] = stride }
      stride *= shape[axis]
    }
    var positions: [Int] = [0]
    for axis in result.indices {
      var next: [Int] = []
      next.reserveCapacity(positions.count * result[axis])
      for position in positions {
        for index in 0..<result[axis] { next.append(position + index * strides[axis]) }
      }
      positions = next
    }
    return positions
  }

  /// Applies an operation of two broadcast operands: `integers` where both are whole numbers, else `reals`.
  ///
  /// - Returns: nil where the shapes do not broadcast, the result is too large, or an operation gives nil.
  package static func zip(
    _ left: SmallValue,
    _ right: SmallValue,
    type: ElementType? = nil,
    integers: (Int, Int) -> Int?,
    reals: (Double, Double) -> Double?
  ) -> SmallValue? {
    guard let shape = ShapeRules.broadcast(left.shape, right.shape),
      shape.reduce(1, *) <= limit
    else { return nil }
    let a = broadcastPositions(left.shape, to: shape)
    let b = broadcastPositions(right.shape, to: shape)
    if let x = left.integers, let y = right.integers {
      let values = Swift.zip(a, b).compactMap { integers(x[$0], y[$1]) }
      guard values.count == a.count else { return nil }
      return SmallValue(type: type ?? left.type, shape: shape, elements: .integers(values))
    }
    let (x, y) = (left.reals, right.reals)
    let values = Swift.zip(a, b).compactMap { reals(x[$0], y[$1]) }
    guard values.count == a.count else { return nil }
    let resultType = type ?? left.type
    if resultType.isFloatingPoint {
      return SmallValue(type: resultType, shape: shape, elements: .reals(values))
    }
    let whole = values.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    guard whole.count == values.count else { return nil }
    return SmallValue(type: resultType, shape: shape, elements: .integers(whole))
  }

  /// The elements that `positions` name, in a new shape.
  package func picking(_ positions: [Int], shape: [Int]) -> SmallValue {
    let picked: Elements =
      switch elements {
      case .integers(let values): .integers(positions.map { values[$0] })
      case .reals(let values): .reals(positions.map { values[$0] })
      }
    return SmallValue(type: type, shape: shape, elements: picked)
  }

  /// The same elements in another shape of as many.
  package func reshaped(_ shape: [Int]) -> SmallValue {
    SmallValue(type: type, shape: shape, elements: elements)
  }
}
