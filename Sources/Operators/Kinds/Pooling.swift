import Graphs
import Tensors

/// Maxima, means and norms over windows, and over all places.
package enum Pooling {
  static let operators: [Operator] = [
    Operator(
      "MaxPool",
      shapes: windowShapes(indices: true),
      channels: .pooling,
      quantization: .moving,
      downgrades: [unreduced, undilated(below: 10)],
      kernel: maximum
    ),
    Operator(
      "AveragePool",
      shapes: windowShapes(),
      channels: .pooling,
      quantization: .averaging,
      downgrades: [unreduced, undilated(below: 19)],
      kernel: average
    ),
    Operator(
      "LpPool",
      shapes: windowShapes(),
      channels: .pooling,
      downgrades: [undilated(below: 18)],
      kernel: norm
    ),
    Operator(
      "GlobalAveragePool",
      shapes: globalShapes,
      channels: .pooling,
      quantization: .averaging
    ) { call in
      let input = try call.input(0)
      return [try input.mean(along: Array(2..<input.rank), keepingAxes: true)]
    },
    Operator("GlobalMaxPool", shapes: globalShapes, channels: .pooling, quantization: .moving) {
      call in
      let input = try call.input(0)
      return [try input.max(along: Array(2..<input.rank), keepingAxes: true)]
    },
    Operator("GlobalLpPool", shapes: globalShapes, channels: .pooling) { call in
      let input = try call.input(0)
      return [
        try ATen.one(
          "norm",
          "ScalarOpt_dim",
          input,
          call.node.int("p", default: 2),
          Array(2..<input.rank),
          true
        )
      ]
    },
    Operator("MaxUnpool", shapes: unpoolShapes, kernel: unpool),
  ]

  /// Before 22 a last window that starts in the padding made an output; a file from then means what runtimes make of it.
  private static let unreduced = Downgrade(below: 22) { (node, scope) throws(OperatorError) in
    guard node.int("ceil_mode", default: 0) == 1, !(1..<22).contains(scope.fileOpset) else {
      return node
    }
    let window = try Window(node)
    guard window.padding == .explicit else { return node }
    guard let x = node.input(0).flatMap({ scope.facts($0).shape }), x.count > 2 else {
      throw .unsupported("how many windows there are is not known, and opset 22 changed it")
    }
    let sizes = Array(x.dropFirst(2))
    let pads = window.pads(sizes)
    for axis in sizes.indices where window.kernel.indices.contains(axis) {
      let room = sizes[axis] + pads.begins[axis] + pads.ends[axis] - window.extents[axis]
      let windows = (room + window.strides[axis] - 1) / window.strides[axis] + 1
      guard room < 0 || windows == window.output(sizes[axis], axis: axis) else {
        throw .unsupported(
          "leaving out a last window that starts in the padding came with opset 22"
        )
      }
    }
    return node
  }

  /// Dilations of 1 are what older forms have without saying so.
  private static func undilated(below opset: Int) -> Downgrade {
    Downgrade(below: opset) { (node, _) throws(OperatorError) in
      guard node.ints("dilations")?.allSatisfy({ $0 == 1 }) ?? true else {
        throw .unsupported("dilations came with opset \(opset)")
      }
      return node.without("dilations")
    }
  }

  // MARK: Shapes

  private static func windowShapes(indices: Bool = false) -> ShapeRule {
    { (call) throws(OperatorError) in
      let input = try call.input(0)
      let window = try Window(call.node)
      guard let sizes = input.sizes else {
        return [ValueFacts(element: input.element), ValueFacts(element: .int64)]
      }
      let spatial = try window.outputs(Array(sizes.dropFirst(2)))
      let result = Array(sizes.prefix(2)) + spatial
      let output = ValueFacts(element: input.element, sizes: result)
      return indices ? [output, ValueFacts(element: .int64, sizes: result)] : [output]
    }
  }

  private static let globalShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    return [
      ValueFacts(
        element: input.element,
        sizes: input.sizes.map { $0.prefix(2) + $0.dropFirst(2).map { _ in 1 } }
      )
    ]
  }

  // MARK: Maximum

  private static let maximum: Kernel = { call in
    let given = try call.input(0)
    let window = try Window(call.node)
    let sizes = Array(given.shape.dropFirst(2))
    // torch pools fractions; bytes are exact in them.
    let input = given.dtype.isFloatingPoint ? given : try given.converted(to: .float32)
    var padded = input
    var (pads, after) = window.pads(sizes)
    var roundsUp = window.roundsUp
    let isEven = pads == after && zip(pads, window.kernel).allSatisfy { $0 >= 0 && $0 <= $1 / 2 }
    var shift = [Int](repeating: 0, count: sizes.count)
    if !isEven {
      shift = pads
      let ends = window.missingEnds(sizes)
      padded = try input.padded(before: pads, after: ends, value: -.infinity)
      pads = shift.map { _ in 0 }
      roundsUp = false
    }
    let wantsIndices = call.node.output(1) != nil
    let flat = sizes.count == 1
    if flat { padded = try padded.unsqueezed(at: 2) }
    func spread(_ values: [Int], _ filler: Int) -> [Int] { flat ? [filler] + values : values }
    let name = sizes.count == 3 ? "max_pool3d_with_indices" : "max_pool2d_with_indices"
    var results = try ATen.many(
      name,
      "",
      padded,
      spread(window.kernel, 1),
      spread(window.strides, 1),
      spread(pads, 0),
      spread(window.dilations, 1),
      roundsUp
    )
    if flat { results = try results.map { try $0.squeezed(at: 2) } }
    let values = try results[0].converted(to: given.dtype)
    guard wantsIndices else { return [values] }
    return [
      values,
      try indices(
        results[1],
        sizes: sizes,
        paddedSizes: Array(padded.shape.suffix(sizes.count)),
        shift: shift,
        planes: given.shape[0] * given.shape[1],
        columnsFirst: call.node.int("storage_order", default: 0) != 0
      ),
    ]
  }

  /// Places within padded planes as ONNX counts them: in the whole tensor without padding.
  private static func indices(
    _ places: Tensor,
    sizes: [Int],
    paddedSizes: [Int],
    shift: [Int],
    planes: Int,
    columnsFirst: Bool
  ) throws -> Tensor {
    var rest = places
    var total: Tensor?
    var strides = [Int](repeating: 1, count: sizes.count)
    if columnsFirst {
      for axis in sizes.indices.dropFirst() { strides[axis] = strides[axis - 1] * sizes[axis - 1] }
    } else {
      for axis in sizes.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * sizes[axis + 1]
      }
    }
    for axis in sizes.indices.reversed() {
      let place = try ATen.one("remainder", "Scalar", rest, paddedSizes[axis])
      rest = try ATen.one("div", "Scalar_mode", rest, paddedSizes[axis], "floor")
      let moved = try (place - shift[axis]) * strides[axis]
      total = try total.map { try $0 + moved } ?? moved
    }
    guard let total else { return places }
    let area = sizes.reduce(1, *)
    let starts = try Tensor(
      (0..<planes).map { Int64($0 * area) },
      shape: Array(places.shape.prefix(2)) + sizes.map { _ in 1 }
    )
    return try total + starts.moved(to: places.device)
  }

  // MARK: Average and norm

  private static let average: Kernel = { call in
    let input = try call.input(0)
    let window = try Window(call.node)
    let sizes = Array(input.shape.dropFirst(2))
    let (begins, ends) = window.pads(sizes)
    let countsPadding = call.node.int("count_include_pad", default: 0) != 0
    let isEven = begins == ends && zip(begins, window.kernel).allSatisfy { $0 >= 0 && $0 <= $1 / 2 }
    if isEven, window.dilations.allSatisfy({ $0 == 1 }), sizes.count <= 3 {
      return [try evenAverage(input, window, begins, countsPadding: countsPadding)]
    }
    let sums = try window.sums(input)
    // How many places each window covers; those that rounding up adds at the end never count.
    let ones = try Tensor.full([1, 1] + sizes, 1, dtype: input.dtype, device: input.device)
    let area =
      countsPadding
      ? try ones.padded(before: begins, after: ends, value: 1) : ones
    let counts = try window.sums(area, isPadded: countsPadding, sizes: sizes)
    return [try sums / counts]
  }

  private static func evenAverage(
    _ input: Tensor,
    _ window: Window,
    _ pads: [Int],
    countsPadding: Bool
  ) throws -> Tensor {
    if pads.count == 1 {
      let wide = try input.unsqueezed(at: 2)
      let pooled = try ATen.one(
        "avg_pool2d",
        wide,
        [1] + window.kernel,
        [1] + window.strides,
        [0] + pads,
        window.roundsUp,
        countsPadding
      )
      return try pooled.squeezed(at: 2)
    }
    return try ATen.one(
      pads.count == 2 ? "avg_pool2d" : "avg_pool3d",
      input,
      window.kernel,
      window.strides,
      pads,
      window.roundsUp,
      countsPadding
    )
  }

  private static let norm: Kernel = { call in
    let input = try call.input(0)
    let window = try Window(call.node)
    let power = Double(call.node.int("p", default: 2))
    let powers = try input.abs().pow(power)
    return [try window.sums(powers).pow(1 / power)]
  }

  // MARK: Unpooling

  private static let unpoolShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    if call.has(2) {
      return [ValueFacts(input.element, try call.integers(2, "the output's shape"))]
    }
    guard let shape = input.shape else { throw .notStatic("the input's shape") }
    return [ValueFacts(input.element, try unpooled(call.node, shape))]
  }

  private static func unpooled(_ node: Node, _ shape: [Int]) throws(OperatorError) -> [Int] {
    let window = try Window(node)
    let spatial = Array(shape.dropFirst(2))
    // Refuses a rank that is not the kernel's.
    _ = try window.outputs(spatial)
    let (begins, ends) = window.pads(spatial)
    return Array(shape.prefix(2))
      + window.kernel.indices.map { axis in
        (spatial[axis] - 1) * window.strides[axis] - begins[axis] - ends[axis]
          + window.kernel[axis]
      }
  }

  private static let unpool: Kernel = { call in
    let input = try call.input(0)
    // Indices count in the size that the pooling's attributes give; a larger output has zeros behind that.
    let shape = try unpooled(call.node, input.shape)
    let total = shape.reduce(1, *)
    let zeros = try Tensor.full([total], 0, dtype: input.dtype, device: input.device)
    let placed = try ATen.one(
      "scatter",
      "src",
      zeros,
      0,
      call.input(1).reshaped([input.count]),
      input.reshaped([input.count])
    ).reshaped(shape)
    guard let wanted = try call.integers(2), wanted != shape else { return [placed] }
    let after = zip(wanted, shape).map { $0 - $1 }
    return [try placed.padded(before: after.map { _ in 0 }, after: after, value: 0)]
  }
}

extension Window {
  /// What must be put on behind each axis so that windows fit without rounding, once the begins are put on.
  func missingEnds(_ sizes: [Int]) -> [Int] {
    let begins = pads(sizes).begins
    return sizes.indices.map { axis in
      let needed = (output(sizes[axis], axis: axis) - 1) * strides[axis] + extents[axis]
      return needed - sizes[axis] - begins[axis]
    }
  }

  /// The sum over each window of [batch, channels, spatial…], zeros outside.
  ///
  /// - Parameters:
  ///   - input: the images.
  ///   - isPadded: whether the pads are on already.
  ///   - sizes: spatial sizes before padding, if `isPadded`.
  /// - Returns: the sums, one a window.
  /// - Throws: what the runtime throws.
  func sums(_ input: Tensor, isPadded: Bool = false, sizes: [Int]? = nil) throws -> Tensor {
    let unpadded = sizes ?? Array(input.shape.dropFirst(2))
    let begins = pads(unpadded).begins
    let missing = missingEnds(unpadded)
    let rest = input.shape.dropFirst(2).indices.map { index in
      let axis = index - 2
      return isPadded
        ? missing[axis] + unpadded[axis] + begins[axis] - input.shape[index] : missing[axis]
    }
    let padded = try input.padded(
      before: isPadded ? begins.map { _ in 0 } : begins,
      after: rest,
      value: 0
    )
    let planes = try padded.reshaped(
      [input.shape[0] * input.shape[1], 1] + Array(padded.shape.dropFirst(2))
    )
    let ones = try Tensor.full([1, 1] + kernel, 1, dtype: input.dtype, device: input.device)
    let zeros = [Int](repeating: 0, count: kernel.count)
    let sums = try ATen.one(
      "convolution",
      "",
      planes,
      ones,
      ATenValue.none,
      strides,
      zeros,
      dilations,
      false,
      zeros,
      1
    )
    return try sums.reshaped(Array(input.shape.prefix(2)) + Array(sums.shape.dropFirst(2)))
  }
}
