import Graphs
import Tensors

/// Convolutions: plain, transposed, deformable, of whole numbers.
package enum Convolution {
  static let operators: [Operator] = [
    Operator(
      "Conv",
      shapes: shapes,
      cost: cost,
      channels: .convolution,
      quantization: .weighted,
      weights: WeightLayout(
        .convolution,
        bias: 2,
        outputAxis: 0,
        inputAxis: 1,
        attributes: .init(groups: "group")
      )
    ) { call in
      try [convolve(call.node, call.input(0), call.input(1), call.optional(2))]
    },
    Operator(
      "ConvTranspose",
      shapes: transposedShapes,
      cost: transposedCost,
      channels: .convolutionTranspose,
      quantization: .weighted,
      weights: WeightLayout(
        .transposedConvolution,
        bias: 2,
        outputAxis: 1,
        inputAxis: 0,
        attributes: .init(groups: "group")
      ),
      kernel: transpose
    ),
    Operator(
      "DeformConv",
      shapes: deformableShapes,
      cost: cost,
      channels: .deformableConvolution,
      weights: WeightLayout(
        .deformableConvolution,
        bias: 3,
        outputAxis: 0,
        inputAxis: 1,
        attributes: .init(groups: "group")
      ),
      kernel: DeformableConvolution.execute
    ),
    Operator("ConvInteger", shapes: integerShapes, cost: cost, kernel: integer),
    Operator(
      "QLinearConv",
      shapes: quantizedShapes,
      cost: quantizedCost,
      kernel: quantized
    ),
  ]

  /// Whether a node is the plain convolution, which torch has kernels for that do more at once.
  static func isPlain(_ node: Node) -> Bool { node.isStandard && node.op == "Conv" }

  // MARK: Shapes

  private static let shapes: ShapeRule = { (call) throws(OperatorError) in
    [try outputs(call, weight: 1, element: call.input(0).element)]
  }

  private static let integerShapes: ShapeRule = { (call) throws(OperatorError) in
    [try outputs(call, weight: 1, element: .int32)]
  }

  private static let quantizedShapes: ShapeRule = { (call) throws(OperatorError) in
    [try outputs(call, weight: 3, element: call.input(7).element)]
  }

  private static func outputs(
    _ call: ShapeCall,
    weight index: Int,
    element: ElementType?
  ) throws(OperatorError) -> ValueFacts {
    guard let weight = try call.input(index).shape, weight.count > 2 else {
      throw .notStatic("the weight's shape")
    }
    guard let sizes = try call.input(0).sizes else { return ValueFacts(element: element) }
    let groups = call.node.int("group", default: 1)
    if sizes.count > 1, let channels = sizes[1], channels != weight[1] * groups {
      throw .mismatch(
        "the input has \(channels) channels; the weight \(ShapeRules.describe(weight)) with group "
          + "\(groups) reads \(weight[1] * groups)"
      )
    }
    let window = try Window(call.node, kernel: Array(weight[2...]))
    let spatial = try window.outputs(Array(sizes.dropFirst(2)))
    return ValueFacts(element: element, sizes: [sizes[0], weight[0]] + spatial)
  }

  private static let deformableShapes: ShapeRule = { (call) throws(OperatorError) in
    try shapes(call)
  }

  private static let transposedShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    guard let weight = try call.input(1).shape, weight.count > 2 else {
      throw .notStatic("the weight's shape")
    }
    guard let sizes = input.sizes else { return [ValueFacts(element: input.element)] }
    guard sizes.count == weight.count else {
      throw .mismatch("a weight of \(weight.count) axes over an input of \(sizes.count)")
    }
    let filters = try groups(call.node, weight) * weight[1]
    let known = sizes.dropFirst(2).compactMap(\.self)
    guard known.count == weight.count - 2 else {
      return [
        ValueFacts(
          element: input.element,
          sizes: [sizes[0], filters] + [Int?](repeating: nil, count: weight.count - 2)
        )
      ]
    }
    let placement = try TransposedPlacement(call.node, weight: weight, sizes: known)
    return [ValueFacts(element: input.element, sizes: [sizes[0], filters] + placement.outputs)]
  }

  /// A node's groups, no more than the weight has inputs.
  private static func groups(_ node: Node, _ weight: [Int]) throws(OperatorError) -> Int {
    let groups = node.int("group", default: 1)
    guard 1...max(1, weight[0]) ~= groups else {
      throw .mismatch("\(groups) groups over \(weight[0]) channels")
    }
    return groups
  }

  // MARK: Cost

  /// Every output element takes the weights of one filter.
  private static let cost: CostRule = { call in
    guard let output = call.outputs.first ?? nil, call.inputs.count > 1, let weight = call.inputs[1]
    else { return 0 }
    return output.reduce(1, *) * weight.dropFirst().reduce(1, *)
  }

  private static let quantizedCost: CostRule = { call in
    guard let output = call.outputs.first ?? nil, call.inputs.count > 3, let weight = call.inputs[3]
    else { return 0 }
    return output.reduce(1, *) * weight.dropFirst().reduce(1, *)
  }

  /// Every input element meets the weights of one of its filters.
  private static let transposedCost: CostRule = { call in
    guard let input = call.inputs.first ?? nil, call.inputs.count > 1, let weight = call.inputs[1]
    else { return 0 }
    return input.reduce(1, *) * weight.dropFirst().reduce(1, *)
  }

  // MARK: Execution

  /// A convolution with any pads; uneven ones are put on before.
  static func convolve(
    _ node: Node,
    _ input: Tensor,
    _ weight: Tensor,
    _ bias: Tensor?
  ) throws -> Tensor {
    let window = try Window(node, kernel: Array(weight.shape[2...]))
    let (padded, pads) = try evenPads(input, window, value: 0)
    if weight.rank == 4 {
      // The same operator by a name that autocast knows on the CPU too.
      return try ATen.one(
        "conv2d",
        "",
        padded,
        weight,
        bias,
        window.strides,
        pads,
        window.dilations,
        node.int("group", default: 1)
      )
    }
    return try ATen.one(
      "convolution",
      "",
      padded,
      weight,
      bias,
      window.strides,
      pads,
      window.dilations,
      false,
      [Int](repeating: 0, count: pads.count),
      node.int("group", default: 1)
    )
  }

  /// The input with as much padding put on that the rest is the same on both sides, and that rest.
  static func evenPads(
    _ input: Tensor,
    _ window: Window,
    value: Double
  ) throws -> (Tensor, [Int]) {
    let (begins, ends) = window.pads(Array(input.shape.dropFirst(2)))
    let even = zip(begins, ends).map { max(0, min($0, $1)) }
    let before = zip(begins, even).map { $0 - $1 }
    let after = zip(ends, even).map { $0 - $1 }
    guard before.contains(where: { $0 != 0 }) || after.contains(where: { $0 != 0 }) else {
      return (input, even)
    }
    return (try input.padded(before: before, after: after, value: value), even)
  }

  private static let transpose: Kernel = { call in
    let input = try call.input(0)
    let weight = try call.input(1)
    let node = call.node
    let placement = try TransposedPlacement(
      node,
      weight: weight.shape,
      sizes: Array(input.shape.dropFirst(2))
    )
    let rank = placement.outputs.count
    let zeros = [Int](repeating: 0, count: rank)
    // The whole of what the filters reach, then cut or widened to the output wanted.
    let full = try ATen.one(
      "convolution",
      "",
      input,
      weight,
      ATenValue.none,
      placement.strides,
      zeros,
      placement.dilations,
      true,
      zeros,
      node.int("group", default: 1)
    )
    var result = full
    if placement.before != zeros || placement.after != zeros {
      result = try full.padded(before: placement.before, after: placement.after, value: 0)
    }
    if let bias = try call.optional(2) {
      let shape = [1, bias.count] + [Int](repeating: 1, count: rank)
      result = try result + bias.reshaped(shape)
    }
    return [result]
  }

  private static let integer: Kernel = { call in
    // Sums of products of bytes are exact in Double.
    let input = try call.input(0).centred(on: call.optional(2), axis: nil)
    let weight = try call.input(1).centred(on: call.optional(3), axis: 0)
    return try [convolve(call.node, input, weight, nil).rounded(to: .int32)]
  }

  private static let quantized: Kernel = { call in
    let input = try call.input(0).centred(on: call.input(2), axis: nil)
    let weight = try call.input(3).centred(on: call.input(5), axis: 0)
    let bias = try call.optional(8)?.converted(to: .float64)
    let sums = try convolve(call.node, input, weight, bias)
    var scale = try call.input(1) * call.input(4)
    scale = try (scale / call.input(6)).converted(to: .float64)
    if scale.count > 1 {
      scale = try scale.reshaped([scale.count] + [Int](repeating: 1, count: sums.rank - 2))
    }
    return [try (sums * scale).quantized(zeroPoint: call.input(7))]
  }
}

/// Where the output of a transposed convolution lies in what the filters reach.
struct TransposedPlacement {
  let strides: [Int]
  let dilations: [Int]
  /// The output's spatial sizes.
  let outputs: [Int]
  /// What is put on (or with a negative number cut off) before and after each axis.
  let before: [Int]
  let after: [Int]

  init(_ node: Node, weight: [Int], sizes: [Int]) throws(OperatorError) {
    let window = try Window(node, kernel: Array(weight[2...]))
    _ = try window.outputs(sizes)
    let extra =
      node.ints("output_padding") ?? [Int](repeating: 0, count: window.kernel.count)
    let reach = sizes.indices.map {
      window.strides[$0] * (sizes[$0] - 1) + window.extents[$0]
    }
    strides = window.strides
    dilations = window.dilations
    var begins: [Int]
    var ends: [Int]
    let isSame = window.padding == .sameUpper || window.padding == .sameLower
    // An output_shape may name the batch and the channels too.
    let stated = node.ints("output_shape").map { Array($0.suffix(sizes.count)) }
    guard extra.count == sizes.count, stated?.count ?? sizes.count == sizes.count,
      (extra + (stated ?? [])).allSatisfy({ Int(Int32(clamping: $0)) == $0 })
    else {
      throw .mismatch(
        "output_padding \(extra) or output_shape do not fit \(sizes.count) spatial axes"
      )
    }
    if let wanted = stated ?? (isSame ? zip(sizes, window.strides).map(*) : nil) {
      let totals = sizes.indices.map { reach[$0] + extra[$0] - wanted[$0] }
      // What is wanted beyond the reach is added behind.
      begins = totals.map { max($0, 0) }.map {
        window.padding == .sameUpper ? $0 / 2 : $0 - $0 / 2
      }
      ends = zip(totals, begins).map { $0 - $1 }
    } else {
      (begins, ends) = window.pads(sizes)
    }
    before = begins.map { -$0 }
    after = zip(extra, ends).map { $0 - $1 }
    outputs = sizes.indices.map { [before, after] in reach[$0] + before[$0] + after[$0] }
  }
}
