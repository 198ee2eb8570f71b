import Graphs
import Tensors

/// Changes of spatial size, and moves between channels and space.
package enum Resizing {
  static let operators: [Operator] = [
    Operator(
      "Resize",
      shapes: resizeShapes,
      channels: .resize,
      quantization: .resizing,
      traits: .isSteered,
      upgrades: [
        // Opset 10 knew one coordinate transformation and one rounding; 11 puts regions before the scales.
        Upgrade(to: 11) { (node, _) throws(OperatorError) in [asymmetric(node, scales: 1)] },
        // An empty tensor stood for what was left out, until inputs could be.
        Upgrade(to: 13) { (node, scope) throws(OperatorError) in
          var node = node
          for index in node.inputs.indices.dropFirst()
          where scope.constant(node.inputs[index])?.count == 0 { node.inputs[index] = "" }
          while node.inputs.last == "" { node.inputs.removeLast() }
          return [node]
        },
      ],
      downgrades: ResizeForms.downgrades,
      kernel: resize
    ),
    Operator(
      "Upsample",
      shapes: ShapeRules.unknown(),
      traits: .isSteered,
      upgrades: [
        Upgrade(to: 9) { (node, scope) throws(OperatorError) in
          guard let scales = node.floats("scales") else {
            throw .unsupported("Upsample without scales")
          }
          var node = node.without("scales")
          let name = scope.add(
            Constant(scales, shape: [scales.count]),
            hint: "\(node.outputs.first ?? "upsample")/scales"
          )
          node.inputs = Array(node.inputs.prefix(1)) + [name]
          return [node]
        },
        Upgrade(to: 11) { (node, _) throws(OperatorError) in
          var node = asymmetric(node, scales: 1)
          node.op = "Resize"
          return [node]
        },
      ]
    ),
    Operator(
      "GridSample",
      shapes: gridShapes,
      upgrades: [
        Upgrade(to: 20) { (node, _) throws(OperatorError) in
          var node = node
          switch node.string("mode", default: "bilinear") {
          case "bilinear": node.attributes["mode"] = .text("linear")
          case "bicubic": node.attributes["mode"] = .text("cubic")
          default: break
          }
          return [node]
        }
      ],
      downgrades: [
        Downgrade(below: 20) { (node, scope) throws(OperatorError) in
          guard scope.rank(node.input(0)) == 4 else {
            throw .unsupported("grids over other than images came with opset 20")
          }
          var older = node
          switch node.string("mode", default: "linear") {
          case "linear": older.attributes["mode"] = .text("bilinear")
          case "cubic": older.attributes["mode"] = .text("bicubic")
          default: break
          }
          return older
        }
      ],
      kernel: sampleGrid
    ),
    Operator("AffineGrid", shapes: affineShapes, channels: .closed) { call in
      let sizes = try call.integers(1) ?? []
      return [
        try ATen.one(
          "affine_grid_generator",
          call.input(0),
          sizes,
          call.node.int("align_corners", default: 0) != 0
        )
      ]
    },
    Operator("CenterCropPad", shapes: cropShapes, kernel: crop),
    Operator("Col2Im", shapes: Columns.shapes, kernel: Columns.execute),
  ]

  // MARK: Resize

  private static func asymmetric(_ node: Node, scales index: Int) -> Node {
    var node = node
    node.inputs = [node.inputs[0], "", node.input(index) ?? ""]
    if node.string("mode", default: "nearest") == "bilinear" {
      node.attributes["mode"] = .text("linear")
    }
    node.attributes["coordinate_transformation_mode"] = .text("asymmetric")
    node.attributes["nearest_mode"] = .text("floor")
    return node
  }

  private static let resizeShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    guard let sizes = input.sizes else { return [ValueFacts(element: input.element)] }
    let scales = call.optional(2)
    let wanted = call.optional(3)
    let known = sizes.map { $0 ?? 0 }
    if let target = wanted?.value?.integers, !target.isEmpty {
      let plan = try ResizePlan(call.node, sizes: known, scales: nil, target: target, region: nil)
      return [ValueFacts(element: input.element, sizes: plan.merging(sizes))]
    }
    guard let factors = SmallValue(scales)?.reals, !factors.isEmpty else {
      throw .notStatic("the scales")
    }
    let plan = try ResizePlan(call.node, sizes: known, scales: factors, target: nil, region: nil)
    return [ValueFacts(element: input.element, sizes: plan.merging(sizes))]
  }

  private static let resize: Kernel = { call in
    let input = try call.input(0)
    let target = try call.integers(3)
    let scales = try call.doubles(2)
    let plan = try ResizePlan(
      call.node,
      sizes: input.shape,
      scales: scales?.isEmpty == true ? nil : scales,
      target: target?.isEmpty == true ? nil : target,
      region: call.doubles(1)
    )
    return [try plan.execute(input)]
  }

  // MARK: Grids

  private static let gridShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    guard let sizes = input.sizes, let grid = try call.input(1).sizes else {
      return [ValueFacts(element: input.element)]
    }
    return [
      ValueFacts(
        element: input.element,
        sizes: Array(sizes.prefix(2)) + grid.dropFirst().dropLast()
      )
    ]
  }

  private static let sampleGrid: Kernel = { call in
    let node = call.node
    let mode =
      switch node.string("mode", default: "linear") {
      case "nearest": 1
      case "cubic": 2
      default: 0
      }
    let padding =
      switch node.string("padding_mode", default: "zeros") {
      case "border": 1
      case "reflection": 2
      default: 0
      }
    let input = try call.input(0)
    return [
      try ATen.one(
        "grid_sampler",
        input,
        call.input(1).converted(to: input.dtype),
        mode,
        padding,
        node.int("align_corners", default: 0) != 0
      )
    ]
  }

  private static let affineShapes: ShapeRule = { (call) throws(OperatorError) in
    let sizes = try call.integers(1, "the grid's size")
    guard sizes.count > 2 else {
      throw .mismatch("the grid's size has \(sizes.count) numbers, 4 or 5 are needed")
    }
    let spatial = Array(sizes.dropFirst(2))
    return [
      ValueFacts(try call.input(0).element, [sizes[0]] + spatial + [spatial.count])
    ]
  }

  // MARK: Crop

  private static func cropped(
    _ node: Node,
    _ sizes: [Int?],
    _ wanted: [Int]
  ) throws(OperatorError) -> [Int?] {
    var result = sizes
    let axes = node.ints("axes") ?? Array(sizes.indices)
    for (axis, size) in zip(axes, wanted) {
      result[try ShapeRules.axis(axis, rank: sizes.count)] = size
    }
    return result
  }

  private static let cropShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    guard let sizes = input.sizes else { return [ValueFacts(element: input.element)] }
    let wanted = try call.integers(1, "the size wanted")
    return [ValueFacts(element: input.element, sizes: try cropped(call.node, sizes, wanted))]
  }

  private static let crop: Kernel = { call in
    let input = try call.input(0)
    let target = try cropped(call.node, input.shape, call.integers(1) ?? []).compactMap(\.self)
    // What is left over of an odd difference falls behind, whether cut off or put on.
    let before = zip(target, input.shape).map { wanted, size in
      wanted >= size ? (wanted - size) / 2 : -((size - wanted) / 2)
    }
    let after = target.indices.map { target[$0] - input.shape[$0] - before[$0] }
    return [try input.padded(before: before, after: after, value: 0)]
  }
}
