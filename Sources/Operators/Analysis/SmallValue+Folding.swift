import Graphs

extension SmallValue {
  /// The elementwise result of two values that broadcast; nil where kinds mix or an element has no result.
  func combined(
    with other: SmallValue,
    whole: (Int, Int) -> Int? = { _, _ in nil },
    real: (Double, Double) -> Double? = { _, _ in nil }
  ) -> SmallValue? {
    guard (integers == nil) == (other.integers == nil) else { return nil }
    return Self.zip(self, other, integers: whole, reals: { real($0, $1).map(rounded) })
  }

  /// The truth of a relation at each place of two values that broadcast.
  func compared(
    with other: SmallValue,
    _ relation: (Double, Double) -> Bool
  ) -> SmallValue? {
    Self.zip(
      self,
      other,
      type: .bool,
      integers: { relation(Double($0), Double($1)) ? 1 : 0 },
      reals: { relation($0, $1) ? 1 : 0 }
    )
  }

  /// The result of a function at each element.
  func mapped(
    whole: (Int) -> Int? = { _ in nil },
    real: (Double) -> Double? = { _ in nil }
  ) -> SmallValue? {
    let results: Elements
    switch elements {
    case .integers(let values): results = .integers(values.compactMap(whole))
    case .reals(let values): results = .reals(values.compactMap(real).map(rounded))
    }
    let value = SmallValue(type: type, shape: shape, elements: results)
    return value.reals.count == count ? value : nil
  }

  /// The value in another type, as ONNX's Cast: towards zero from fractions, true for all but zero.
  func cast(to target: ElementType) -> SmallValue? {
    switch target {
    case .bool:
      return SmallValue(
        type: target,
        shape: shape,
        elements: .integers(reals.map { $0 == 0 ? 0 : 1 })
      )
    case .float32:
      return SmallValue(
        type: target,
        shape: shape,
        elements: .reals(reals.map { Double(Float($0)) })
      )
    case .float64: return SmallValue(type: target, shape: shape, elements: .reals(reals))
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
      if integers != nil { return SmallValue(type: target, shape: shape, elements: elements) }
      let values = reals.compactMap { Int(exactly: $0.rounded(.towardZero)) }
      guard values.count == count else { return nil }
      return SmallValue(type: target, shape: shape, elements: .integers(values))
    default: return nil
    }
  }

  /// The value repeated along axes of size one.
  func broadcast(to target: [Int]) -> SmallValue {
    guard shape != target else { return self }
    return picking(Self.broadcastPositions(shape, to: target), shape: target)
  }

  /// The elements of several values end to end; nil where kinds mix.
  static func joining(_ parts: some Collection<SmallValue>) -> Elements? {
    guard let first = parts.first else { return nil }
    if first.integers == nil { return .reals(parts.flatMap(\.reals)) }
    let values = parts.compactMap(\.integers)
    return values.count == parts.count ? .integers(values.flatMap(\.self)) : nil
  }

  /// A result in the precision of the type.
  private func rounded(_ value: Double) -> Double {
    type == .float32 ? Double(Float(value)) : value
  }
}
