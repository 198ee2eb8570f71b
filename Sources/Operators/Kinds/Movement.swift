import Graphs
import Tensors

/// The same elements in other places: transposition and blocks of depth; shapes are in `Reshaping`.
package enum Movement {
  static let operators: [Operator] = [
    transpose, depthToSpace, spaceToDepth, reverseSequence, expand, tile,
  ]

  private static let transpose = Operator(
    "Transpose",
    shapes: ShapeRules.moving(
      { (call, shape) throws(OperatorError) in
        let order = try permutation(call.node, rank: shape.count)
        let strides = Positions.strides(shape)
        let result = order.map { shape[$0] }
        return ShapeRules.Movement(shape: result) {
          Positions.strided(result, strides: order.map { strides[$0] })
        }
      },
      unknown: { (call, sizes) throws(OperatorError) in
        guard let sizes else { return Sizes.unknown(call.node.ints("perm")?.count) }
        return try permutation(call.node, rank: sizes.count).map { sizes[$0] }
      }
    ),
    channels: .transpose,
    quantization: .moving
  ) { call in
    let x = try call.input(0)
    return [try x.permuted(permutation(call.node, rank: x.rank))]
  }

  private static func permutation(_ node: Node, rank: Int) throws(OperatorError) -> [Int] {
    let order = node.ints("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw .mismatch("perm \(order) does not order the \(rank) axes of the input")
    }
    return order
  }

  /// Cuts channels into blocks of space: first by place in the block (DCR), or last (CRD).
  private static let depthToSpace = Operator(
    "DepthToSpace",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      let block = try size(of: call.node)
      guard let sizes = x.sizes else { return [ValueFacts(element: x.element)] }
      try check(rank: sizes.count)
      if let depth = sizes[1], depth % (block * block) != 0 {
        throw .mismatch("\(depth) channels do not divide by blocksize \(block) squared")
      }
      let result = [
        sizes[0], sizes[1].map { $0 / (block * block) }, sizes[2].map { $0 * block },
        sizes[3].map { $0 * block },
      ]
      return [ValueFacts(element: x.element, sizes: result)]
    },
    channels: .closed,
    quantization: .moving
  ) { call in
    let x = try call.input(0)
    let block = try size(of: call.node)
    let shape = x.shape
    try check(rank: shape.count)
    let depth = shape[1] / (block * block)
    let columnFirst = call.node.string("mode", default: "DCR") == "CRD"
    let split =
      columnFirst
      ? [shape[0], depth, block, block, shape[2], shape[3]]
      : [shape[0], block, block, depth, shape[2], shape[3]]
    let order = columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
    let result = [shape[0], depth, shape[2] * block, shape[3] * block]
    return [try regrouped(x, split: split, order: order, result: result)]
  }

  private static let spaceToDepth = Operator(
    "SpaceToDepth",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      let block = try size(of: call.node)
      guard let sizes = x.sizes else { return [ValueFacts(element: x.element)] }
      try check(rank: sizes.count)
      let result = [
        sizes[0], sizes[1].map { $0 * block * block }, sizes[2].map { $0 / block },
        sizes[3].map { $0 / block },
      ]
      return [ValueFacts(element: x.element, sizes: result)]
    },
    channels: .closed,
    quantization: .moving
  ) { call in
    let x = try call.input(0)
    let block = try size(of: call.node)
    let shape = x.shape
    try check(rank: shape.count)
    let split = [shape[0], shape[1], shape[2] / block, block, shape[3] / block, block]
    let result = [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]
    let order =
      call.node.string("mode", default: "DCR") == "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
    return [try regrouped(x, split: split, order: order, result: result)]
  }

  private static func size(of node: Node) throws(OperatorError) -> Int {
    guard let block = node.int("blocksize"), 1...Int(Int16.max) ~= block else {
      throw .unsupported("attribute 'blocksize' must be a positive number, \(Int16.max) at most")
    }
    return block
  }

  private static func check(rank: Int) throws(OperatorError) {
    guard rank == 4 else { throw .mismatch("an input of \(rank) axes instead of 4") }
  }

  private static func regrouped(
    _ x: Tensor,
    split: [Int],
    order: [Int],
    result: [Int]
  ) throws -> Tensor {
    let blocks = try x.reshaped(split).permuted(order)
    return try blocks.reshaped(result)
  }

  /// Turns the first elements of each sequence round; their number is given for each.
  private static let reverseSequence = Operator(
    "ReverseSequence",
    shapes: ShapeRules.same(),
    channels: .closed
  ) { call in
    let x = try call.input(0)
    let batch = call.node.int("batch_axis", default: 1)
    let time = call.node.int("time_axis", default: 0)
    var column = [Int](repeating: 1, count: x.rank)
    column[batch] = x.shape[batch]
    var row = [Int](repeating: 1, count: x.rank)
    row[time] = x.shape[time]
    let lengths = try call.input(1).cast(to: .int64).reshaped(column)
    let steps = try Ranges.counting(x.shape[time], x.device).reshaped(row)
    let turned = try lengths - 1 - steps
    let inside = try steps .< lengths
    let index = try inside.choosing(turned, otherwise: steps)
    let full = try index.expanded(to: x.shape)
    return [
      try Unsigned.reinterpreted([x]) { try $0[0].gathered(along: time, at: full) }
    ]
  }

  private static let expand = Operator(
    "Expand",
    shapes: ShapeRules.moving(
      { (call, shape) throws(OperatorError) in
        guard let target = call.knownIntegers(1) else { return nil }
        guard let result = ShapeRules.broadcast(shape, target) else {
          throw .mismatch("shape \(shape) does not expand to \(target)")
        }
        return ShapeRules.Movement(shape: result) {
          SmallValue.broadcastPositions(shape, to: result)
        }
      },
      unknown: { (call, sizes) throws(OperatorError) in
        guard let target = call.knownIntegers(1) else {
          return Sizes.unknown(
            call.length(1).flatMap { length in sizes.map { Swift.max(length, $0.count) } }
          )
        }
        return try ShapeRules.broadcast(sizes, target.map(Optional.some))
      }
    ),
    channels: .expand,
    quantization: .moving
  ) { call in
    let x = try call.input(0)
    let target = try call.integers(1) ?? []
    guard let shape = ShapeRules.broadcast(x.shape, target) else {
      throw OperatorError.mismatch("shape \(x.shape) does not expand to \(target)")
    }
    return [try x.expanded(to: shape)]
  }

  private static let tile = Operator(
    "Tile",
    shapes: ShapeRules.moving(
      { (call, shape) throws(OperatorError) in
        guard let repeats = call.knownIntegers(1) else { return nil }
        guard repeats.count == shape.count else {
          throw .mismatch("repeats \(repeats) for a tensor of \(shape.count) axes")
        }
        let strides = Positions.strides(shape)
        let result = zip(shape, repeats).map(&*)
        return ShapeRules.Movement(shape: result) {
          var positions = [0]
          for axis in shape.indices {
            positions = positions.flatMap { base in
              (0..<result[axis]).map { base + ($0 % shape[axis]) * strides[axis] }
            }
          }
          return positions
        }
      },
      unknown: { (call, sizes) throws(OperatorError) in
        guard let sizes, let repeats = call.knownIntegers(1), repeats.count == sizes.count else {
          return Sizes.unknown(sizes?.count)
        }
        return zip(sizes, repeats).map { size, times in size.map { $0 &* times } }
      }
    ),
    channels: .tile,
    quantization: .moving
  ) { call in
    let repeats = try call.integers(1) ?? []
    return [
      try Unsigned.reinterpreted([try call.input(0)]) { try ATen.one("repeat", $0[0], repeats) }
    ]
  }
}
