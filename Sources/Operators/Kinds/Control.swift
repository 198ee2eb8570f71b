import Graphs
import Tensors

/// Branches and loops, and what passes a value on as it is.
package enum Control {
  static let operators: [Operator] = [
    Operator(
      "Identity",
      shapes: ShapeRules.same(keepsValue: true),
      channels: .passThrough,
      quantization: .moving
    ) {
      call in [try call.input(0)]
    },
    Operator("If", shapes: ifShapes, kernel: choose),
    Operator("Loop", shapes: loopShapes, kernel: loop),
    Operator(
      "Scan",
      shapes: scanShapes,
      upgrades: [batched],
      kernel: scan
    ),
  ]

  /// A node that passes a value on under another name.
  static func identity(_ input: String, as output: String) -> Node {
    Node("Identity", inputs: [input], outputs: [output])
  }

  // MARK: If

  private static let ifShapes: ShapeRule = { (call) throws(OperatorError) in
    guard let then = call.node.graph("then_branch"), let other = call.node.graph("else_branch")
    else { throw .unsupported("an If needs a then_branch and an else_branch") }
    if let condition = SmallValue(call.inputs.first ?? nil)?.integers?.first {
      return try call.branch(condition != 0 ? then : other, [])
    }
    let (a, b) = (try call.branch(then, []), try call.branch(other, []))
    return zip(a, b).map { left, right in
      ValueFacts(
        element: left.element == right.element ? left.element : nil,
        sizes: agreement(left.sizes, right.sizes)
      )
    }
  }

  /// The sizes that two branches agree on.
  private static func agreement(_ left: [Int?]?, _ right: [Int?]?) -> [Int?]? {
    guard let left, let right, left.count == right.count else { return nil }
    return zip(left, right).map { $0 == $1 ? $0 : nil }
  }

  private static let choose: Kernel = { call in
    let isTrue = try call.input(0).bools().first ?? false
    return try call.branch(isTrue ? "then_branch" : "else_branch", [])
  }

  // MARK: Loop

  private static let loopShapes: ShapeRule = { (call) throws(OperatorError) in
    guard let body = call.node.graph("body") else { throw .unsupported("a Loop needs a body") }
    let carried = call.inputs.dropFirst(2)
    // What a turn makes of the carried values is not known to keep their sizes.
    let made = try call.branch(
      body,
      [ValueFacts(.int64, []), ValueFacts(.bool, [])]
        + carried.map { ValueFacts(element: $0?.element, sizes: nil) }
    )
    return made.dropFirst().enumerated().map { index, facts in
      index < carried.count
        ? ValueFacts(element: facts.element, sizes: facts.sizes)
        : ValueFacts(element: facts.element, sizes: facts.sizes.map { [nil] + $0 })
    }
  }

  private static let loop: Kernel = { call in
    let trips = try call.optional(0)?.ints().first ?? .max
    var goesOn = try call.optional(1)?.bools().first ?? true
    var carried = Array(try call.inputs.dropFirst(2))
    let count = carried.count
    let outputs = call.node.graph("body")?.outputs ?? []
    let scanned = max(0, outputs.count - 1 - count)
    var collected = [[Tensor]](repeating: [], count: scanned)
    var turn = 0
    while turn < trips, goesOn {
      let counter = try Tensor([Int64(turn)], shape: [])
      let made = try call.branch("body", [counter, Tensor([true], shape: [])] + carried)
      goesOn = try made.first??.bools().first ?? false
      carried = Array(made.dropFirst().prefix(count))
      for (index, tensor) in made.dropFirst(1 + count).enumerated() {
        if let tensor { collected[index].append(tensor) }
      }
      turn += 1
    }
    let stacks = try collected.enumerated().map { index, rows -> Tensor? in
      guard rows.isEmpty else { return try Tensor.stacked(rows, along: 0) }
      let info = outputs[1 + count + index]
      let sizes = (info.type.shape?.dimensions ?? []).map { $0.value ?? 0 }
      let dtype = info.type.element.flatMap { DType($0) } ?? .float32
      return try Tensor.full([0] + sizes, 0, dtype: dtype)
    }
    return carried + stacks
  }

  // MARK: Scan

  /// Opset 8 scanned axis 1 of every row of a batch: now a scan of the batch, whose body is the scan of a row.
  private static let batched = Upgrade(to: 9) { (node, scope) throws(OperatorError) in
    guard let body = node.graph("body") else { throw .unsupported("a Scan needs a body") }
    guard node.inputs.first == "" else {
      throw .unsupported("sequence_lens, which Scan had in opset 8 only")
    }
    let values = Array(node.inputs.dropFirst())
    guard values.count == body.inputs.count, node.outputs.count <= body.outputs.count else {
      throw .mismatch(
        "\(values.count) inputs and \(node.outputs.count) outputs; the body has "
          + "\(body.inputs.count) and \(body.outputs.count)"
      )
    }
    let rows = values.map { scope.fresh("\($0)_row") }
    let made = node.outputs.map { scope.fresh("\($0)_row") }
    var inner = node
    inner.name += "_row"
    inner.inputs = rows
    inner.outputs = made
    inner.attributes["directions"] = nil
    inner.attributes["scan_input_directions"] = node.attributes["directions"]
    var outer = node
    outer.inputs = values
    outer.attributes = [
      "num_scan_inputs": .int(values.count),
      "body": .graph(
        Graph(
          nodes: [inner],
          inputs: zip(rows, body.inputs).map { name, info in
            ValueInfo(name, type: ValueType(element: info.type.element, shape: nil))
          },
          outputs: zip(made, body.outputs).map { name, info in
            ValueInfo(name, type: ValueType(element: info.type.element, shape: nil))
          }
        )
      ),
    ]
    return [outer]
  }

  private static let scanShapes: ShapeRule = { (call) throws(OperatorError) in
    guard let body = call.node.graph("body") else { throw .unsupported("a Scan needs a body") }
    let scans = call.node.int("num_scan_inputs", default: 1)
    let states = call.inputs.count - scans
    guard states >= 0 else { throw .mismatch("num_scan_inputs is more than the inputs") }
    guard scans >= 0 else { throw .mismatch("num_scan_inputs is negative") }
    let axes = call.node.ints("scan_input_axes") ?? [Int](repeating: 0, count: scans)
    guard axes.count == scans else {
      throw .mismatch("\(axes.count) scan_input_axes for \(scans) inputs that are scanned")
    }
    var length: Int?
    var rows: [ValueFacts] = []
    for (index, input) in call.inputs.dropFirst(states).enumerated() {
      guard var sizes = input?.sizes, !sizes.isEmpty else {
        rows.append(ValueFacts(element: input?.element))
        continue
      }
      let axis = try ShapeRules.axis(axes[index], rank: sizes.count)
      length = sizes.remove(at: axis)
      rows.append(ValueFacts(element: input?.element, sizes: sizes))
    }
    let given = call.inputs.prefix(states).map {
      ValueFacts(element: $0?.element, sizes: $0?.sizes)
    }
    let made = try call.branch(body, given + rows)
    let outAxes = call.node.ints("scan_output_axes") ?? []
    return try made.enumerated().map { (index, facts) throws(OperatorError) in
      guard index >= states, var sizes = facts.sizes else {
        return ValueFacts(element: facts.element, sizes: facts.sizes)
      }
      let place = index - states < outAxes.count ? outAxes[index - states] : 0
      sizes.insert(length, at: try ShapeRules.axis(place, rank: sizes.count + 1))
      return ValueFacts(element: facts.element, sizes: sizes)
    }
  }

  private static let scan: Kernel = { call in
    let node = call.node
    let scans = node.int("num_scan_inputs", default: 1)
    let inputs = try call.inputs
    let states = inputs.count - scans
    let axes = node.ints("scan_input_axes") ?? [Int](repeating: 0, count: scans)
    let directions = node.ints("scan_input_directions") ?? []
    var carried = Array(inputs.prefix(states))
    let sources = try (0..<scans).map { try call.input(states + $0) }
    guard let first = sources.first else { throw OperatorError.missingInput(states) }
    let length = first.shape[try ShapeRules.axis(axes[0], rank: first.rank)]
    var collected: [[Tensor]] = []
    for turn in 0..<length {
      let rows = try sources.enumerated().map { index, source -> Tensor? in
        let isBackwards = index < directions.count && directions[index] == 1
        return try source.selected(along: axes[index], at: isBackwards ? length - 1 - turn : turn)
      }
      let made = try call.branch("body", carried + rows)
      carried = Array(made.prefix(states))
      let rest = made.dropFirst(states).compactMap(\.self)
      if collected.isEmpty { collected = rest.map { _ in [] } }
      for (index, tensor) in rest.enumerated() { collected[index].append(tensor) }
    }
    let outAxes = node.ints("scan_output_axes") ?? []
    let outDirections = node.ints("scan_output_directions") ?? []
    let stacks = try collected.enumerated().map { index, rows -> Tensor? in
      let isBackwards = index < outDirections.count && outDirections[index] == 1
      return try Tensor.stacked(
        isBackwards ? rows.reversed() : rows,
        along: index < outAxes.count ? outAxes[index] : 0
      )
    }
    return carried + stacks
  }
}
