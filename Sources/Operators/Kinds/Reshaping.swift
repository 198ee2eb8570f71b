import Graphs
import Tensors

/// The same elements in the same order under another shape.
package enum Reshaping {
  static let operators: [Operator] = [flatten, reshape, squeeze, unsqueeze]

  private static let flatten = Operator(
    "Flatten",
    shapes: viewing(
      { (call, sizes) throws(OperatorError) in
        let axis = try split(call.node, rank: sizes.count)
        return [Sizes.product(sizes[..<axis]), Sizes.product(sizes[axis...])]
      },
      rank: { _ in 2 }
    ),
    channels: .reshape,
    quantization: .moving
  ) { call in
    let x = try call.input(0)
    let axis = try split(call.node, rank: x.rank)
    let sizes = [x.shape[..<axis].reduce(1, *), x.shape[axis...].reduce(1, *)]
    return [try x.reshaped(sizes)]
  }

  /// The axis before which `Flatten` cuts; it may equal the rank.
  private static func split(_ node: Node, rank: Int) throws(OperatorError) -> Int {
    let axis = node.int("axis", default: 1)
    return axis == rank ? rank : try ShapeRules.axis(axis, rank: rank)
  }

  private static let reshape = Operator(
    "Reshape",
    shapes: viewing(
      { (call, sizes) throws(OperatorError) in
        guard let target = call.knownIntegers(1) else { return Sizes.unknown(call.length(1)) }
        return try resolved(target, of: sizes, allowZero: call.node.int("allowzero") == 1)
      },
      rank: { $0.length(1) }
    ),
    channels: .reshape,
    quantization: .moving,
    downgrades: [
      // Without a 0 in the shape, `allowzero` changes nothing; exporters set it all the same.
      Downgrade(below: 14) { (node, scope) throws(OperatorError) in
        guard node.int("allowzero", default: 0) == 1 else { return node }
        guard let target = scope.constant(node.input(1))?.integers, !target.contains(0) else {
          throw .unsupported("'allowzero' came with opset 14, and the shape may hold a 0")
        }
        return node.without("allowzero")
      }
    ]
  ) { call in
    let x = try call.input(0)
    let target = try call.integers(1) ?? []
    let sizes = try resolved(
      target,
      of: x.shape.map(Optional.some),
      allowZero: call.node.int("allowzero") == 1
    )
    return [try x.reshaped(sizes.map { $0 ?? -1 })]
  }

  /// The target with 0 as the input's size (unless `allowZero`) and -1 as what is left.
  private static func resolved(
    _ target: [Int],
    of sizes: [Int?],
    allowZero: Bool
  ) throws(OperatorError) -> [Int?] {
    var result: [Int?] = []
    for (axis, size) in target.enumerated() {
      if size == 0, !allowZero {
        guard axis < sizes.count else {
          throw .mismatch("entry \(axis) of shape \(target) is 0, but the input has no such axis")
        }
        result.append(sizes[axis])
      } else {
        result.append(size == -1 ? nil : size)
      }
    }
    let total = Sizes.product(sizes)
    let rest = target.indices.filter { target[$0] == -1 }
    if rest.count == 1, let total {
      let others = Sizes.product(result.indices.filter { $0 != rest[0] }.map { result[$0] })
      if let others, others > 0 {
        guard total % others == 0 else {
          throw .mismatch("\(total) elements do not fit the shape \(target)")
        }
        result[rest[0]] = total / others
      } else if others == 0 {
        result[rest[0]] = 0
      }
    } else if rest.isEmpty, let total, let wanted = Sizes.product(result), wanted != total {
      throw .mismatch("\(total) elements do not fit the shape \(target)")
    }
    return result
  }

  private static let squeeze = Operator(
    "Squeeze",
    shapes: viewing(
      { (call, sizes) throws(OperatorError) in
        if call.has(1), call.knownIntegers(1) == nil {
          return Sizes.unknown(call.length(1).map { sizes.count - $0 })
        }
        if !call.has(1), sizes.contains(where: { $0 == nil }) { return nil }
        let axes = try squeezed(call.knownIntegers(1), of: sizes)
        return sizes.indices.filter { !axes.contains($0) }.map { sizes[$0] }
      },
      rank: { _ in nil }
    ),
    channels: .squeeze,
    quantization: .moving,
    upgrades: [axesToInput],
    downgrades: [axesToAttribute]
  ) { call in
    let x = try call.input(0)
    let axes = try squeezed(try call.integers(1), of: x.shape.map(Optional.some))
    return [try ATen.one("squeeze", "dims", x, axes)]
  }

  private static func squeezed(
    _ axes: [Int]?,
    of sizes: [Int?]
  ) throws(OperatorError) -> [Int] {
    guard let axes else { return sizes.indices.filter { sizes[$0] == 1 } }
    let resolved = try Sizes.axes(axes, rank: sizes.count)
    for axis in resolved {
      if let size = sizes[axis], size != 1 {
        throw .mismatch("axis \(axis) has size \(size), and only axes of size 1 can be squeezed")
      }
    }
    return resolved
  }

  private static let unsqueeze = Operator(
    "Unsqueeze",
    shapes: viewing(
      { (call, sizes) throws(OperatorError) in
        guard let axes = call.knownIntegers(1) else {
          return Sizes.unknown(call.length(1).map { sizes.count + $0 })
        }
        return try unsqueezed(sizes, axes)
      },
      rank: { _ in nil }
    ),
    channels: .unsqueeze,
    quantization: .moving,
    upgrades: [axesToInput],
    downgrades: [axesToAttribute],
    addsAxes: true
  ) { call in
    let x = try call.input(0)
    let sizes = try unsqueezed(x.shape.map(Optional.some), try call.integers(1) ?? [])
    return [try x.reshaped(sizes.map { $0 ?? -1 })]
  }

  private static func unsqueezed(_ sizes: [Int?], _ axes: [Int]) throws(OperatorError) -> [Int?] {
    let rank = sizes.count + axes.count
    let made = try Sizes.axes(axes, rank: rank)
    var rest = sizes.makeIterator()
    return (0..<rank).map { made.contains($0) ? 1 : rest.next() ?? nil }
  }

  /// Axes became an input at 13.
  private static let axesToInput = Upgrade(to: 13) { node, scope in
    var node = node
    if let axes = node.ints("axes") {
      node.inputs = [node.inputs[0], scope.add(Constant(axes), hint: "axes")]
      node.attributes["axes"] = nil
    }
    return [node]
  }

  private static let axesToAttribute = Downgrade(below: 13) { (node, scope) throws(OperatorError) in
    try node.integersAsAttribute(1, named: "axes", scope)
  }

  /// A rule for new sizes over the same elements, whose value stays known; `rank` where the input's is not.
  private static func viewing(
    _ sizes: @escaping @Sendable (ShapeCall, [Int?]) throws(OperatorError) -> [Int?]?,
    rank: @escaping @Sendable (ShapeCall) -> Int?
  ) -> ShapeRule {
    { (call) throws(OperatorError) in
      let input = try call.input(0)
      guard let known = input.sizes else {
        return [ValueFacts(element: input.element, sizes: Sizes.unknown(rank(call)))]
      }
      var facts = ValueFacts(element: input.element, sizes: try sizes(call, known))
      try Sizes.requireTensor(facts.sizes)
      if let shape = facts.shape, var value = input.value, value.count == shape.reduce(1, *) {
        value.shape = shape
        facts.value = value
      }
      return [facts]
    }
  }
}
