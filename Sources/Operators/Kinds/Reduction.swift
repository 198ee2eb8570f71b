import Graphs
import Tensors

/// Sums, extremes and norms over axes.
package enum Reduction {
  static let operators: [Operator] =
    [
      reduce("ReduceL1", type: .wide) { x, axes, keep in
        try sum(x.abs(), axes, keep)
      },
      reduce("ReduceL2", type: .real) { x, axes, keep in
        try sum(x * x, axes, keep).sqrt()
      },
      reduce("ReduceLogSum", type: .real) { x, axes, keep in
        try sum(x, axes, keep).log()
      },
      reduce("ReduceLogSumExp", type: .real) { x, axes, keep in
        try ATen.one("logsumexp", x, axes, keep)
      },
      reduce("ReduceMax", type: .own, fold: { $0.max() }) { x, axes, keep in
        try extreme("amax", x, axes, keep)
      },
      reduce("ReduceMean", type: .real) { x, axes, keep in
        try x.mean(along: axes, keepingAxes: keep)
      },
      reduce("ReduceMin", type: .own, fold: { $0.min() }) { x, axes, keep in
        try extreme("amin", x, axes, keep)
      },
      reduce("ReduceProd", type: .wide, fold: { $0.reduce(1, &*) }) { x, axes, keep in
        try axes.sorted().reversed().reduce(x) { partial, axis in
          try partial.product(along: axis, keepingAxis: keep)
        }
      },
      reduce("ReduceSum", inputAt: 13, type: .wide, fold: { $0.reduce(0, &+) }, sum),
      reduce("ReduceSumSquare", type: .wide) { x, axes, keep in
        try sum(x * x, axes, keep)
      },
    ] + [argument("ArgMax", "argmax"), argument("ArgMin", "argmin")]

  /// The type in which a reduction of whole numbers is computed.
  private enum Computing {
    /// In the tensor's own.
    case own
    /// int64, so that nothing is lost on the way.
    case wide
    /// float64, cut off at the end.
    case real

    func type(for dtype: DType) -> DType {
      if dtype.isFloatingPoint { return dtype }
      switch self {
      case .own: return dtype == .bool ? .uint8 : dtype
      case .wide: return .int64
      case .real: return .float64
      }
    }
  }

  /// One reduction; `compute` gets axes from the front, all of them where none are named.
  private static func reduce(
    _ name: String,
    inputAt opset: Int = 18,
    type: Computing,
    fold: (@Sendable ([Int]) -> Int?)? = nil,
    _ compute: @escaping @Sendable (Tensor, [Int], Bool) throws -> Tensor
  ) -> Operator {
    Operator(
      name,
      shapes: rule(fold),
      channels: .reduction,
      upgrades: [axesToInput(at: opset)],
      downgrades: [axesToAttribute(below: opset)]
    ) { call in
      let x = try call.input(0)
      let named = try call.integers(1) ?? []
      let empty = named.isEmpty && call.node.int("noop_with_empty_axes", default: 0) == 1
      let axes =
        named.isEmpty ? Array(0..<x.rank) : try Sizes.axes(named, rank: x.rank)
      let keeps = call.node.int("keepdims", default: 1) == 1
      let wide = try x.cast(to: type.type(for: x.dtype))
      // Without axes nothing is summed, but squares, roots and logarithms are still taken.
      let result =
        empty
        ? try compute(wide.unsqueezed(at: 0), [0], false)
        : try compute(wide, axes, keeps)
      return [try result.cast(to: x.dtype)]
    }
  }

  private static let sum: @Sendable (Tensor, [Int], Bool) throws -> Tensor = { x, axes, keep in
    axes.isEmpty ? x : try x.sum(along: axes, keepingAxes: keep, as: x.dtype)
  }

  /// An extreme of no elements is the least or greatest value, as for ONNX.
  private static func extreme(
    _ name: String,
    _ x: Tensor,
    _ axes: [Int],
    _ keep: Bool
  ) throws -> Tensor {
    guard x.count == 0 else {
      return try Unsigned.widened([x]) { try ATen.one(name, $0[0], axes, keep) }
    }
    let sizes = x.shape.enumerated().compactMap { axis, size in
      axes.contains(axis) ? (keep ? 1 : nil) : size
    }
    let value: any ATenArgument
    if x.dtype.isFloatingPoint {
      value = name == "amax" ? -Double.infinity : .infinity
    } else {
      let limits = Self.limits(x.dtype)
      value = name == "amax" ? limits.lowerBound : limits.upperBound
    }
    return try ATen.one("full", "", sizes, value, x.dtype, ATenValue.default, x.device)
  }

  /// The whole numbers that a type holds; a bool, which is computed as uint8 here, holds 0 and 1.
  private static func limits(_ type: DType) -> ClosedRange<Int> {
    switch type {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .uint32: 0...Int(UInt32.max)
    default: .min ... .max
    }
  }

  private static func rule(_ fold: (@Sendable ([Int]) -> Int?)?) -> ShapeRule {
    { (call) throws(OperatorError) in
      let x = try call.input(0)
      let keeps = call.node.int("keepdims", default: 1) == 1
      guard let sizes = x.sizes else { return [ValueFacts(element: x.element)] }
      var axes = Array(sizes.indices)
      if call.has(1) {
        guard let named = call.knownIntegers(1) else {
          return [ValueFacts(element: x.element, sizes: keeps ? Sizes.unknown(sizes.count) : nil)]
        }
        if !named.isEmpty { axes = try Sizes.axes(named, rank: sizes.count) }
      }
      let named = call.knownIntegers(1) ?? []
      if named.isEmpty, call.node.int("noop_with_empty_axes", default: 0) == 1 {
        return [ValueFacts(element: x.element, sizes: sizes)]
      }
      var facts = ValueFacts(
        element: x.element,
        sizes: sizes.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : .some(sizes[$0]) }
      )
      if axes.count == sizes.count, let fold, let value = SmallValue(x),
        let whole = value.integers, !whole.isEmpty, let result = fold(whole),
        let shape = facts.shape
      {
        facts.value =
          SmallValue(type: value.type, shape: shape, elements: .integers([result])).constant
      }
      return [facts]
    }
  }

  /// Axes became an input.
  private static func axesToInput(at opset: Int) -> Upgrade {
    Upgrade(to: opset) { node, scope in
      var node = node
      if let axes = node.ints("axes") {
        node.inputs = [node.inputs[0], scope.add(Constant(axes), hint: "axes")]
        node.attributes["axes"] = nil
      }
      return [node]
    }
  }

  private static func axesToAttribute(below opset: Int) -> Downgrade {
    Downgrade(below: opset) { (node, scope) throws(OperatorError) in
      var older = try node.integersAsAttribute(1, named: "axes", scope)
      let isEmpty = older.ints("axes")?.isEmpty ?? true
      if isEmpty, node.int("noop_with_empty_axes", default: 0) == 1 {
        throw .unsupported("a reduction over no axes came with opset \(opset)")
      }
      if isEmpty { older.attributes["axes"] = nil }
      return older.without("noop_with_empty_axes")
    }
  }

  /// The place of an extreme, the first or the last of equal ones.
  private static func argument(_ name: String, _ aten: String) -> Operator {
    Operator(
      name,
      shapes: { (call) throws(OperatorError) in
        guard var sizes = try call.input(0).sizes else { return [ValueFacts(element: .int64)] }
        let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: sizes.count)
        if call.node.int("keepdims", default: 1) == 1 {
          sizes[axis] = 1
        } else {
          sizes.remove(at: axis)
        }
        return [ValueFacts(element: .int64, sizes: sizes)]
      },
      channels: .reductionOfOneAxis
    ) { call in
      let x = try call.input(0)
      let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: x.rank)
      let keeps = call.node.int("keepdims", default: 1) == 1
      let takesLast = call.node.int("select_last_index", default: 0) == 1
      let result = try Unsigned.widened([x], restoring: false) {
        guard takesLast else { return try ATen.one(aten, $0[0], axis, keeps) }
        let place = try ATen.one(aten, try ATen.one("flip", $0[0], [axis]), axis, keeps)
        return try x.shape[axis] - 1 - place
      }
      return [result]
    }
  }
}
