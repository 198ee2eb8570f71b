import Graphs
import Tensors

/// Matrix products, Einstein sums and determinants.
package enum Linear {
  static let operators: [Operator] = [
    Operator(
      "Gemm",
      shapes: gemmShapes,
      cost: gemmCost,
      channels: .gemm,
      quantization: .weighted,
      weights: WeightLayout(
        .product,
        bias: 2,
        outputAxis: 1,
        inputAxis: 0,
        attributes: .init(
          swapsWeight: "transB",
          swapsInput: "transA",
          factor: "alpha",
          biasFactor: "beta"
        )
      ),
      downgrades: [
        Downgrade(below: 11) { (node, scope) throws(OperatorError) in
          guard node.input(2) == nil, let a = node.input(0) else { return node }
          guard let b = node.input(1), scope.facts(a).element == .float32 else {
            throw .unsupported("a product without a bias came with opset 11")
          }
          var older = node
          let zero = Constant([Float(0)], shape: [1])
          older.inputs = [a, b, scope.add(zero, hint: "\(node.outputs.first ?? a)/bias")]
          return older
        }
      ],
      kernel: gemm
    ),
    Operator(
      "MatMul",
      shapes: productShapes(),
      cost: productCost(0, 1),
      channels: .matMul,
      quantization: .weighted,
      weights: WeightLayout(.product, outputAxis: 1, inputAxis: 0, isOnEitherSide: true),
      kernel: { call in [try call.input(0).matmul(call.input(1))] }
    ),
    Operator(
      "MatMulInteger",
      shapes: productShapes(element: .int32),
      cost: productCost(0, 1),
      kernel: integer
    ),
    Operator(
      "QLinearMatMul",
      shapes: quantizedShapes,
      cost: productCost(0, 3),
      kernel: quantized
    ),
    Operator("Einsum", shapes: einsumShapes, cost: einsumCost) { call in
      let equation = call.node.string("equation", default: "")
      return [
        try ATen.one("einsum", "", equation, call.inputs.compactMap(\.self))
      ]
    },
    Operator("Det", shapes: determinantShapes, channels: .closed) { call in
      [try ATen.one("linalg_det", call.input(0))]
    },
  ]

  // MARK: Gemm

  private static let gemmShapes: ShapeRule = { (call) throws(OperatorError) in
    let (a, b) = (try call.input(0), try call.input(1))
    guard let left = a.sizes, let right = b.sizes else { return [ValueFacts(element: a.element)] }
    guard left.count == 2, right.count == 2 else {
      throw .mismatch("Gemm multiplies matrices, not \(left.count) by \(right.count) axes")
    }
    let isLeftTurned = call.node.int("transA", default: 0) != 0
    let isRightTurned = call.node.int("transB", default: 0) != 0
    let inner = (left[isLeftTurned ? 0 : 1], right[isRightTurned ? 1 : 0])
    if let x = inner.0, let y = inner.1, x != y {
      throw .mismatch("\(x) columns meet \(y) rows")
    }
    return [
      ValueFacts(
        element: a.element,
        sizes: [left[isLeftTurned ? 1 : 0], right[isRightTurned ? 0 : 1]]
      )
    ]
  }

  private static let gemmCost: CostRule = { call in
    guard let output = call.outputs.first ?? nil, let left = call.inputs.first ?? nil,
      left.count == 2
    else { return 0 }
    return output.reduce(1, *) * left[call.node.int("transA", default: 0) != 0 ? 0 : 1]
  }

  private static let gemm: Kernel = { call in
    var left = try call.input(0)
    var right = try call.input(1)
    if call.node.int("transA", default: 0) != 0 { left = try left.transposed() }
    if call.node.int("transB", default: 0) != 0 { right = try right.transposed() }
    let alpha = Double(call.node.float("alpha", default: 1))
    let beta = Double(call.node.float("beta", default: 1))
    guard let bias = try call.optional(2) else {
      let product = try ATen.one("mm", left, right)
      return [alpha == 1 ? product : try product * alpha]
    }
    guard left.dtype.isFloatingPoint else {
      // Whole numbers may not be scaled by fractions; ones of 1 leave them exact.
      var product = try left.matmul(right)
      if alpha != 1 { product = try product * Int(alpha) }
      return [try product.adding(bias, times: Int(beta))]
    }
    return [try ATen.one("addmm", "", bias, left, right, beta, alpha)]
  }

  // MARK: Products

  private static func productShapes(element: ElementType? = nil) -> ShapeRule {
    { (call) throws(OperatorError) in
      let (a, b) = (try call.input(0), try call.input(1))
      return [
        ValueFacts(element: element ?? a.element, sizes: try product(a.sizes, b.sizes))
      ]
    }
  }

  private static let quantizedShapes: ShapeRule = { (call) throws(OperatorError) in
    let (a, b) = (try call.input(0), try call.input(3))
    return [
      ValueFacts(element: try call.input(7).element, sizes: try product(a.sizes, b.sizes))
    ]
  }

  private static func product(
    _ left: [Int?]?,
    _ right: [Int?]?
  ) throws(OperatorError) -> [Int?]? {
    guard let left, let right else { return nil }
    guard !left.isEmpty, !right.isEmpty else { throw .mismatch("a product with a scalar") }
    let columns = left[left.count - 1]
    let rows = right.count == 1 ? right[0] : right[right.count - 2]
    if let columns, let rows, columns != rows {
      throw .mismatch(
        "\(ShapeRules.describe(left)) times \(ShapeRules.describe(right)): \(columns) columns "
          + "meet \(rows) rows"
      )
    }
    var result =
      try ShapeRules.broadcast(Array(left.dropLast(2)), Array(right.dropLast(2))) ?? []
    if left.count > 1 { result.append(left[left.count - 2]) }
    if right.count > 1 { result.append(right[right.count - 1]) }
    return result
  }

  private static func productCost(_ left: Int, _ right: Int) -> CostRule {
    { call in
      guard let output = call.outputs.first ?? nil, call.inputs.indices.contains(left),
        let inner = call.inputs[left]?.last
      else { return 0 }
      return output.reduce(1, *) * inner
    }
  }

  private static let integer: Kernel = { call in
    let left = try call.input(0).centred(on: call.optional(2), axis: -2)
    let right = try call.input(1).centred(on: call.optional(3), axis: -1)
    return [try left.matmul(right).rounded(to: .int32)]
  }

  private static let quantized: Kernel = { call in
    let left = try call.input(0).centred(on: call.input(2), axis: -2)
    let right = try call.input(3).centred(on: call.input(5), axis: -1)
    let sums = try left.matmul(right)
    let scales = try call.input(1) * call.input(4)
    let scale = try (scales / call.input(6)).converted(to: .float64)
    return [try (sums * scale).quantized(zeroPoint: call.input(7))]
  }

  // MARK: Einstein sums and determinants

  private static let einsumShapes: ShapeRule = { (call) throws(OperatorError) in
    let element = call.inputs.first??.element
    guard let sum = EinsteinSum(call.node.string("equation", default: "")),
      let sizes = sum.sizes(call.inputs.map { $0?.sizes })
    else { return [ValueFacts(element: element)] }
    return [ValueFacts(element: element, sizes: sum.output.map { sizes[$0] ?? nil })]
  }

  private static let einsumCost: CostRule = { call in
    guard let sum = EinsteinSum(call.node.string("equation", default: "")),
      let sizes = sum.sizes(call.inputs.map { $0.map { $0.map(Optional.some) } })
    else { return 0 }
    return call.inputs.count < 2 ? 0 : sizes.values.reduce(1) { $0 * ($1 ?? 1) }
  }

  private static let determinantShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    return [
      ValueFacts(element: input.element, sizes: input.sizes.map { Array($0.dropLast(2)) })
    ]
  }
}

/// The letters of an Einstein sum; sums with an ellipsis are left to the runtime.
private struct EinsteinSum {
  let inputs: [[Character]]
  let output: [Character]

  init?(_ equation: String) {
    let letters = equation.filter { $0 != " " }
    guard !letters.contains(".") else { return nil }
    let left = letters.prefix { $0 != "-" }
    inputs = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    if let arrow = letters.firstIndex(of: ">") {
      output = Array(letters[letters.index(after: arrow)...])
    } else {
      var counts: [Character: Int] = [:]
      for letter in inputs.joined() { counts[letter, default: 0] += 1 }
      output = counts.filter { $0.value == 1 }.keys.sorted()
    }
  }

  /// The size of each letter.
  func sizes(_ shapes: [[Int?]?]) -> [Character: Int?]? {
    guard shapes.count == inputs.count else { return nil }
    var result: [Character: Int?] = [:]
    for (letters, shape) in zip(inputs, shapes) {
      guard let shape, shape.count == letters.count else { return nil }
      for (letter, size) in zip(letters, shape) where result[letter] == nil || result[letter] == 1 {
        result[letter] = .some(size)
      }
    }
    return result
  }
}
