import Graphs
import Tensors

/// Elements picked by index.
package enum Indexing {
  static let operators: [Operator] = [gather, gatherElements, gatherND]

  private static let gather = Operator(
    "Gather",
    shapes: { (call) throws(OperatorError) in
      let data = try call.input(0)
      let indices = try call.input(1)
      guard let sizes = data.sizes else { return [ValueFacts(element: data.element)] }
      let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: sizes.count)
      guard let places = indices.sizes else { return [ValueFacts(element: data.element)] }
      var facts = ValueFacts(
        element: data.element,
        sizes: Array(sizes[..<axis]) + places + Array(sizes[(axis + 1)...])
      )
      if sizes.count == 1, let value = SmallValue(data), let picked = SmallValue(indices)?.integers
      {
        let positions = picked.map { $0 < 0 ? $0 + value.count : $0 }
        guard positions.allSatisfy({ $0 >= 0 && $0 < value.count }) else {
          throw .mismatch("index \(picked) outside an axis of \(value.count)")
        }
        facts.value =
          value.picking(positions, shape: places.compactMap(\.self)).constant
      }
      return [facts]
    },
    channels: .gather,
    quantization: .moving
  ) { call in
    let data = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: data.rank)
    let indices = try call.input(1).cast(to: .int64).moved(to: data.device)
    let places: [Tensor?] = [Tensor?](repeating: nil, count: axis) + [indices]
    return [
      try Unsigned.reinterpreted([data]) { try $0[0].indexed(by: places) }
    ]
  }

  private static let gatherElements = Operator(
    "GatherElements",
    shapes: { (call) throws(OperatorError) in
      [ValueFacts(element: try call.input(0).element, sizes: try call.input(1).sizes)]
    },
    channels: .closed
  ) { call in
    let data = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: data.rank)
    let indices = try Indices.counted(try call.input(1), size: data.shape[axis])
    return [try Unsigned.reinterpreted([data]) { try $0[0].gathered(along: axis, at: indices) }]
  }

  /// Each row of the indices names a place in the first axes behind the batch axes.
  private static let gatherND = Operator(
    "GatherND",
    shapes: { (call) throws(OperatorError) in
      let data = try call.input(0)
      guard let sizes = data.sizes, let rows = try call.input(1).sizes, let depth = rows.last,
        let depth
      else { return [ValueFacts(element: data.element)] }
      let rest = depth + call.node.int("batch_dims", default: 0)
      guard depth >= 0, (0...sizes.count).contains(rest) else {
        throw .mismatch("indices of length \(depth) for a tensor of \(sizes.count) axes")
      }
      return [ValueFacts(element: data.element, sizes: rows.dropLast() + sizes[rest...])]
    },
    channels: .closed
  ) { call in
    let data = try call.input(0)
    let indices = try call.input(1).cast(to: .int64).moved(to: data.device)
    let batch = call.node.int("batch_dims", default: 0)
    let depth = indices.shape.last ?? 0
    let (sizes, rows) = (data.shape, indices.shape)
    guard rows.count > batch, batch + depth <= sizes.count else {
      throw OperatorError.mismatch("indices of shape \(rows) for data of shape \(sizes)")
    }
    let count = sizes[..<batch].reduce(1, *)
    let flat = try indices.reshaped([count, rows[batch..<(rows.count - 1)].reduce(1, *), depth])
    var places: [Tensor?] = [
      try Ranges.counting(count, data.device).reshaped([count, 1])
    ]
    for axis in 0..<depth { places.append(try flat.selected(along: 2, at: axis)) }
    let result = try Unsigned.reinterpreted([data]) {
      try $0[0].reshaped([count] + Array(sizes[batch...])).indexed(by: places)
    }
    return [
      try result.reshaped(Array(rows.dropLast()) + Array(sizes[(batch + depth)...]))
    ]
  }
}

/// Indices as torch's gathering operators want them.
enum Indices {
  /// int64 indices, those counted from the back counted from the front.
  static func counted(_ indices: Tensor, size: Int) throws -> Tensor {
    let indices = try indices.cast(to: .int64)
    let wrapped = try indices + size
    return try (indices .< 0).choosing(wrapped, otherwise: indices)
  }
}
