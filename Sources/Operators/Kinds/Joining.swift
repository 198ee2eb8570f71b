import Graphs
import Tensors

/// Tensors joined end to end, cut apart, and sliced.
package enum Joining {
  static let operators: [Operator] = [concat, split]

  private static let concat = Operator(
    "Concat",
    shapes: { (call) throws(OperatorError) in
      let parts = call.inputs.compactMap(\.self)
      let element = parts.lazy.compactMap(\.element).first
      let known = parts.compactMap(\.sizes)
      guard let rank = known.first?.count else { return [ValueFacts(element: element)] }
      let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: rank)
      var sizes = [Int?](repeating: nil, count: rank)
      for part in known {
        guard part.count == rank else {
          throw .mismatch("parts of \(rank) and of \(part.count) axes cannot be joined")
        }
        for place in part.indices where place != axis {
          if let old = sizes[place], let new = part[place], old != new {
            throw .mismatch("parts differ along axis \(place), which is not joined: \(old), \(new)")
          }
          sizes[place] = sizes[place] ?? part[place]
        }
      }
      let lengths = known.compactMap { $0[axis] }
      if lengths.count == parts.count { sizes[axis] = lengths.reduce(0, +) }
      var facts = ValueFacts(element: element, sizes: sizes)
      if rank == 1, let total = facts.shape?[0], total <= SmallValue.limit,
        let values = call.smallInputs, let elements = SmallValue.joining(values)
      {
        facts.value =
          SmallValue(type: values[0].type, shape: [total], elements: elements).constant
      }
      return [facts]
    },
    channels: .concat,
    quantization: .joining
  ) { call in
    let parts = try call.inputs.compactMap(\.self)
    guard let first = parts.first else { throw OperatorError.missingInput(0) }
    let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: first.rank)
    return [try Unsigned.reinterpreted(parts) { try Tensor.concatenated($0, along: axis) }]
  }

  /// Sizes became an input at 13; from 18 on a split into equal parts states their number.
  private static let split = Operator(
    "Split",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      let count = call.node.outputs.count
      guard let sizes = x.sizes else {
        return [ValueFacts](repeating: ValueFacts(element: x.element), count: count)
      }
      let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: sizes.count)
      var lengths = [Int?](repeating: nil, count: count)
      if !call.has(1) {
        if let size = sizes[axis] { lengths = parts(of: size, node: call.node) }
      } else if let known = call.knownIntegers(1), known.count == count {
        try Sizes.requireTensor(known)
        lengths = known
      }
      let value = SmallValue(x)
      var start = 0
      return lengths.map { length in
        var facts = ValueFacts(element: x.element, sizes: sizes)
        facts.sizes?[axis] = length
        if sizes.count == 1, let value, let length, start + length <= value.count {
          facts.value =
            value.picking(Array(start..<start + length), shape: [length]).constant
        }
        start += length ?? 0
        return facts
      }
    },
    channels: .split,
    quantization: .moving,
    upgrades: [
      Upgrade(to: 13) { node, scope in
        var node = node
        if let sizes = node.ints("split") {
          node.inputs = [node.inputs[0], scope.add(Constant(sizes), hint: "split")]
          node.attributes["split"] = nil
        }
        return [node]
      },
      Upgrade(to: 18) { node, _ in
        var node = node
        if node.input(1) == nil { node.attributes["num_outputs"] = .int(node.outputs.count) }
        return [node]
      },
    ],
    downgrades: [
      Downgrade(below: 18) { (node, scope) throws(OperatorError) in
        try withoutCount(node, &scope)
      },
      Downgrade(below: 13) { (node, scope) throws(OperatorError) in
        try node.integersAsAttribute(1, named: "split", scope)
      },
    ]
  ) { call in
    let x = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: x.rank)
    let lengths = try call.integers(1) ?? parts(of: x.shape[axis], node: call.node)
    guard lengths.reduce(0, +) == x.shape[axis] else {
      throw OperatorError.mismatch("parts \(lengths) do not make up axis \(axis) of \(x.shape)")
    }
    return try x.split(into: lengths, along: axis).map(Optional.some)
  }

  /// Before 18 parts without stated sizes were equal; a smaller last one has to be stated.
  private static func withoutCount(
    _ node: Node,
    _ scope: inout DowngradeScope
  ) throws(OperatorError) -> Node {
    guard let count = node.int("num_outputs") else { return node }
    var older = node.without("num_outputs")
    guard let x = node.input(0), let sizes = scope.facts(x).sizes,
      let size = sizes[try ShapeRules.axis(node.int("axis", default: 0), rank: sizes.count)]
    else {
      // A file from before 18 has equal parts, whatever the size is.
      if (1..<18).contains(scope.fileOpset) { return older }
      throw .unsupported(
        "'num_outputs' came with opset 18, and the size that is split is not known"
      )
    }
    if size % max(count, 1) == 0 { return older }
    let lengths = parts(of: size, node: node)
    older.inputs = [x, scope.add(Constant(lengths), hint: "\(node.outputs.first ?? x)/split")]
    return older
  }

  /// Equal parts, the last of which may be smaller.
  private static func parts(of size: Int, node: Node) -> [Int] {
    let count = max(node.int("num_outputs", default: node.outputs.count), 1)
    let part = (size + count - 1) / count
    return (0..<count).map { max(0, min(part, size - $0 * part)) }
  }
}
