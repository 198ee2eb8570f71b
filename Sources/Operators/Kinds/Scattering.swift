import Graphs
import Tensors

/// Elements put in places named by index.
package enum Scattering {
  static let operators: [Operator] = [scatter, scatterElements, scatterND, tensorScatter]

  /// The older name of `ScatterElements`.
  private static let scatter = Operator(
    "Scatter",
    shapes: ShapeRules.same(),
    upgrades: [
      Upgrade(to: 11) { node, _ in
        var node = node
        node.op = "ScatterElements"
        return [node]
      }
    ]
  )

  private static let scatterElements = Operator(
    "ScatterElements",
    shapes: ShapeRules.same(),
    channels: .closed,
    downgrades: [
      withoutExtremes,
      Downgrade(below: 11) { (node, _) throws(OperatorError) in
        var older = node
        older.op = "Scatter"
        return older
      },
    ]
  ) { call in
    let data = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: 0), rank: data.rank)
    let indices = try Indices.counted(try call.input(1), size: data.shape[axis])
    let updates = try call.input(2)
    let result: Tensor
    if let reduction = try reduction(call.node) {
      result = try Unsigned.widened([data, updates]) {
        try ATen.one("scatter_reduce", "two", $0[0], axis, indices, $0[1], reduction, true)
      }
    } else {
      result = try Unsigned.reinterpreted([data, updates]) {
        try ATen.one("scatter", "src", $0[0], axis, indices, $0[1])
      }
    }
    return [result]
  }

  private static let withoutExtremes = Downgrade(below: 18) { (node, _) throws(OperatorError) in
    guard !["max", "min"].contains(node.string("reduction")) else {
      throw .unsupported("reductions 'max' and 'min' came with opset 18")
    }
    return node
  }

  /// torch's name of the reduction; nil for none.
  private static func reduction(_ node: Node) throws -> String? {
    switch node.string("reduction", default: "none") {
    case "none": nil
    case "add": "sum"
    case "mul": "prod"
    case "max": "amax"
    case "min": "amin"
    case let other: throw OperatorError.unsupported("reduction '\(other)' is not known")
    }
  }

  /// Each row of the indices names a place in the first axes; a slice of the updates goes there.
  private static let scatterND = Operator(
    "ScatterND",
    shapes: ShapeRules.same(),
    channels: .closed,
    downgrades: [withoutExtremes]
  ) { call in
    let data = try call.input(0)
    let indices = try call.input(1).cast(to: .int64).moved(to: data.device)
    let updates = try call.input(2)
    let sizes = data.shape
    let depth = indices.shape.last ?? 0
    guard depth <= sizes.count else {
      throw OperatorError.mismatch("indices of length \(depth) for data of shape \(sizes)")
    }
    let places = sizes[..<depth].reduce(1, *)
    let rest = sizes[depth...].reduce(1, *)
    let rows = try flat(indices, sizes: Array(sizes[..<depth]))
    let reduction = try reduction(call.node)
    let result = try (reduction == nil ? Unsigned.reinterpreted : widened)([data, updates]) {
      let table = try $0[0].reshaped([places, rest])
      let slices = try $0[1].reshaped([rows.count, rest])
      switch reduction {
      case nil: return try ATen.one("index_copy", table, 0, rows, slices)
      case "sum"?: return try ATen.one("index_add", table, 0, rows, slices)
      case let name?:
        return try ATen.one("index_reduce", table, 0, rows, slices, name, true)
      }
    }
    return [try result.reshaped(sizes)]
  }

  private static func widened(
    _ tensors: [Tensor],
    _ compute: ([Tensor]) throws -> Tensor
  ) throws -> Tensor {
    try Unsigned.widened(tensors, compute)
  }

  /// The row-major number of the place that each row of `indices` names.
  private static func flat(_ indices: Tensor, sizes: [Int]) throws -> Tensor {
    let strides = Positions.strides(sizes)
    var result = try Tensor.full(
      indices.shape.dropLast(),
      0,
      dtype: .int64,
      device: indices.device
    )
    for axis in sizes.indices {
      let column = try indices.selected(along: -1, at: axis)
      let counted = try Indices.counted(column, size: sizes[axis])
      result = try result + counted * strides[axis]
    }
    return try result.reshaped([-1])
  }

  /// Writes a run of steps into a cache, from a place given for each element of the batch.
  private static let tensorScatter = Operator(
    "TensorScatter",
    shapes: ShapeRules.same(),
    channels: .closed
  ) { call in
    let cache = try call.input(0)
    let update = try call.input(1)
    let axis = try ShapeRules.axis(call.node.int("axis", default: -2), rank: cache.rank)
    let steps = try Ranges.counting(update.shape[axis], cache.device)
    var row = [Int](repeating: 1, count: cache.rank)
    row[axis] = update.shape[axis]
    var index = try steps.reshaped(row)
    if let starts = try call.optional(2) {
      var column = [Int](repeating: 1, count: cache.rank)
      column[0] = cache.shape[0]
      index = try index + starts.cast(to: .int64).reshaped(column)
    }
    if call.node.string("mode", default: "linear") == "circular" {
      index = try ATen.one("remainder", "Scalar", index, cache.shape[axis])
    }
    let full = try index.expanded(to: update.shape)
    return [
      try Unsigned.reinterpreted([cache, update]) {
        try ATen.one("scatter", "src", $0[0], axis, full, $0[1])
      }
    ]
  }
}
