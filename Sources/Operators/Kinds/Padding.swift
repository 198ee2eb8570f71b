import Graphs
import Tensors

/// Borders of a constant, of mirrored, repeated or wrapped elements.
package enum Padding {
  static let operators: [Operator] = [pad]

  private static let pad = Operator(
    "Pad",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      guard let sizes = x.sizes else { return [ValueFacts(element: x.element)] }
      guard let pads = call.knownIntegers(1), !call.has(3) || call.knownIntegers(3) != nil else {
        return [ValueFacts(element: x.element, sizes: Sizes.unknown(sizes.count))]
      }
      let amounts = try amounts(pads, axes: call.knownIntegers(3), rank: sizes.count)
      let result = zip(sizes, amounts).map { size, amount in
        size.map { $0 + amount.before + amount.after }
      }
      return [ValueFacts(element: x.element, sizes: result)]
    },
    channels: .pad,
    quantization: .padding,
    traits: .isSteered,
    upgrades: [
      Upgrade(to: 11) { node, scope in
        var node = node
        let pads = node.ints("pads") ?? node.ints("paddings") ?? []
        let value = node.float("value", default: 0)
        node.inputs = [
          node.inputs[0], scope.add(Constant(pads), hint: "pads"),
          scope.add(Constant([value], shape: []), hint: "value"),
        ]
        for name in ["pads", "paddings", "value"] { node.attributes[name] = nil }
        return [node]
      }
    ],
    downgrades: [
      Downgrade(below: 19) { (node, _) throws(OperatorError) in
        guard node.string("mode") != "wrap" else {
          throw .unsupported("mode 'wrap' came with opset 19")
        }
        return node
      },
      Downgrade(below: 18) { (node, scope) throws(OperatorError) in try withoutAxes(node, &scope) },
      Downgrade(below: 11) { (node, scope) throws(OperatorError) in
        let value = scope.constant(node.input(2))
        guard node.input(2) == nil || value?.scalar != nil else {
          throw .unsupported("the value of the border is computed, and opset 11 made it an input")
        }
        var older = try node.integersAsAttribute(1, named: "pads", scope)
        if let value = value?.scalar { older.attributes["value"] = .float(Float(value)) }
        return older
      },
    ]
  ) { call in
    let x = try call.input(0)
    let amounts = try amounts(
      try call.integers(1) ?? [],
      axes: try call.integers(3),
      rank: x.rank
    )
    let mode = call.node.string("mode", default: "constant")
    // Elements that are moved as bare patterns are padded with one.
    let value =
      try call.optional(2).map { $0.dtype.isStorageOnly ? try $0.viewed(as: .int8) : $0 }?
      .doubles().first ?? 0
    let result = try Unsigned.reinterpreted([x]) {
      mode == "constant"
        ? try constant($0[0], amounts, value) : try indexed($0[0], amounts, mode: mode)
    }
    return [result]
  }

  /// Before 18 every axis had its two numbers.
  private static func withoutAxes(
    _ node: Node,
    _ scope: inout DowngradeScope
  ) throws(OperatorError) -> Node {
    guard let axes = node.input(3) else {
      var older = node
      older.dropInputs(from: 3)
      return older
    }
    guard let rank = scope.rank(node.input(0)), let named = scope.constant(axes)?.integers,
      let pads = scope.constant(node.input(1))?.integers
    else { throw .unsupported("the axes are an input, which came with opset 18") }
    let amounts = try amounts(pads, axes: named, rank: rank)
    var older = node
    older.inputs[1] = scope.add(
      Constant(amounts.map(\.before) + amounts.map(\.after)),
      hint: "\(node.outputs.first ?? axes)/pads"
    )
    older.dropInputs(from: 3)
    return older
  }

  /// Elements added on either side of one axis; negative ones are cut off.
  private struct Amount {
    var before = 0
    var after = 0
  }

  private static func amounts(
    _ pads: [Int],
    axes: [Int]?,
    rank: Int
  ) throws(OperatorError) -> [Amount] {
    let axes = try Sizes.axes(axes ?? Array(0..<rank), rank: rank)
    guard pads.count == 2 * axes.count else {
      throw .mismatch("\(pads.count) pads for \(axes.count) axes; two an axis are needed")
    }
    var result = [Amount](repeating: Amount(), count: rank)
    for (place, axis) in axes.enumerated() {
      result[axis] = Amount(before: pads[place], after: pads[place + axes.count])
    }
    return result
  }

  private static func constant(_ x: Tensor, _ amounts: [Amount], _ value: Double) throws -> Tensor {
    // torch counts axes from the last, and may leave out those in front.
    let touched = amounts.drop { $0.before == 0 && $0.after == 0 }
    if touched.isEmpty { return x }
    let pads = touched.reversed().flatMap { [$0.before, $0.after] }
    if x.dtype.isFloatingPoint { return try ATen.one("constant_pad_nd", x, pads, value) }
    return try ATen.one("constant_pad_nd", x, pads, Int(value))
  }

  /// Borders made of the tensor's own elements, axis by axis.
  private static func indexed(_ x: Tensor, _ amounts: [Amount], mode: String) throws -> Tensor {
    var result = x
    for (axis, amount) in amounts.enumerated() where amount.before != 0 || amount.after != 0 {
      let size = x.shape[axis]
      let source = try (-amount.before..<size + amount.after).map { position -> Int64 in
        switch mode {
        case "edge": return Int64(min(max(position, 0), size - 1))
        case "wrap": return Int64(((position % size) + size) % size)
        case "reflect":
          let period = max(2 * (size - 1), 1)
          let place = ((position % period) + period) % period
          return Int64(place < size ? place : period - place)
        default: throw OperatorError.unsupported("mode '\(mode)' of Pad is not known")
        }
      }
      let index = try Tensor(source, shape: [source.count]).moved(to: x.device)
      result = try result.picked(along: axis, at: index)
    }
    return result
  }
}
