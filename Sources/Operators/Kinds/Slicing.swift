import Graphs
import Tensors

/// Ranges of axes, forwards and backwards.
package enum Slicing {
  static let operators: [Operator] = [slice]

  /// What is taken of one axis: `count` elements from `start`, each `step` after the one before.
  private struct Span {
    let start: Int
    let step: Int
    let count: Int

    /// ONNX's reading of start and end: counted from the back where negative, clamped into the axis.
    init(start: Int, end: Int, step: Int, size: Int) {
      func counted(_ index: Int) -> Int {
        index < 0 ? index.addingReportingOverflow(size).0 : index
      }
      let range = step > 0 ? 0...size : -1...(size - 1)
      let first = min(max(counted(start), range.lowerBound), step > 0 ? size : size - 1)
      // An end of Int.min or so going backwards means the axis' first element included.
      let last = min(max(counted(end), range.lowerBound), range.upperBound)
      self.start = max(first, 0)
      self.step = step
      let length = step > 0 ? last - first : first - last
      count = length > 0 ? (length - 1) / abs(step == .min ? .max : step) + 1 : 0
    }
  }

  private static let slice = Operator(
    "Slice",
    shapes: ShapeRules.moving(
      { (call, shape) throws(OperatorError) in
        guard let starts = call.knownIntegers(1), let ends = call.knownIntegers(2),
          !call.has(3) || call.knownIntegers(3) != nil,
          !call.has(4) || call.knownIntegers(4) != nil
        else { return nil }
        let spans = try spans(
          of: shape,
          starts: starts,
          ends: ends,
          axes: call.knownIntegers(3),
          steps: call.knownIntegers(4)
        )
        let strides = Positions.strides(shape)
        let result = shape.indices.map { spans[$0]?.count ?? shape[$0] }
        return ShapeRules.Movement(shape: result) {
          var start = 0
          for (axis, span) in spans { start += span.start * strides[axis] }
          // A step beyond the axis is never taken.
          let steps = shape.indices.map { strides[$0] &* (spans[$0]?.step ?? 1) }
          return Positions.strided(result, strides: steps, from: start)
        }
      },
      unknown: { (call, sizes) throws(OperatorError) in try partly(call, sizes) }
    ),
    channels: .slice,
    quantization: .moving,
    upgrades: [attributesToInputs],
    downgrades: [
      Downgrade(below: 11) { (node, scope) throws(OperatorError) in
        guard let axes = scope.constant(node.input(3))?.integers, axes.contains(where: { $0 < 0 })
        else { return node }
        guard let rank = scope.rank(node.input(0)) else {
          throw .unsupported("axes counted from the back came with opset 11")
        }
        var older = node
        older.inputs[3] = scope.add(
          Constant(try Sizes.axes(axes, rank: rank)),
          hint: "\(node.outputs.first ?? "slice")/axes"
        )
        return older
      },
      Downgrade(below: 10) { (node, scope) throws(OperatorError) in
        try inputsToAttributes(node, scope)
      },
    ]
  ) { call in
    let x = try call.input(0)
    let spans = try spans(
      of: x.shape,
      starts: try call.integers(1) ?? [],
      ends: try call.integers(2) ?? [],
      axes: try call.integers(3),
      steps: try call.integers(4)
    )
    let result = try Unsigned.reinterpreted([x]) { try take(spans, of: $0[0]) }
    return [result]
  }

  /// Sizes of the axes that the slice leaves alone, and of those whose size and span are known.
  private static func partly(
    _ call: ShapeCall,
    _ sizes: [Int?]?
  ) throws(OperatorError) -> [Int?]? {
    guard let sizes else { return nil }
    let starts = call.knownIntegers(1)
    guard let named = call.has(3) ? call.knownIntegers(3) : starts.map({ Array($0.indices) })
    else { return Sizes.unknown(sizes.count) }
    var result = sizes
    let steps = call.has(4) ? call.knownIntegers(4) : named.map { _ in 1 }
    let axes = try Sizes.axes(named, rank: sizes.count)
    guard let starts, let ends = call.knownIntegers(2), let steps else {
      for axis in axes { result[axis] = nil }
      return result
    }
    try check(starts, ends, axes, steps)
    for (place, axis) in axes.enumerated() {
      result[axis] = sizes[axis].map {
        Span(start: starts[place], end: ends[place], step: steps[place], size: $0).count
      }
    }
    return result
  }

  private static func check(
    _ starts: [Int],
    _ ends: [Int],
    _ axes: [Int],
    _ steps: [Int]
  ) throws(OperatorError) {
    guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
      throw .mismatch(
        "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps"
      )
    }
    guard !steps.contains(0) else { throw .mismatch("a step of 0") }
  }

  private static func spans(
    of shape: [Int],
    starts: [Int],
    ends: [Int],
    axes: [Int]?,
    steps: [Int]?
  ) throws(OperatorError) -> [Int: Span] {
    let axes = try Sizes.axes(axes ?? Array(starts.indices), rank: shape.count)
    let steps = steps ?? [Int](repeating: 1, count: starts.count)
    try check(starts, ends, axes, steps)
    var spans: [Int: Span] = [:]
    for (place, axis) in axes.enumerated() {
      spans[axis] = Span(
        start: starts[place],
        end: ends[place],
        step: steps[place],
        size: shape[axis]
      )
    }
    return spans
  }

  /// libtorch takes forward steps only: an axis that is walked backwards is turned round first.
  private static func take(_ spans: [Int: Span], of x: Tensor) throws -> Tensor {
    let backward = spans.filter { $0.value.step < 0 && $0.value.count > 0 }.keys.sorted()
    var result = backward.isEmpty ? x : try ATen.one("flip", x, backward)
    for (axis, span) in spans.sorted(by: { $0.key < $1.key }) {
      let size = result.shape[axis]
      if span.count == size, abs(span.step) == 1 { continue }
      let start = span.step < 0 ? size - 1 - span.start : span.start
      let step = span.count <= 1 ? 1 : abs(span.step)
      let end = span.count == 0 ? start : start + (span.count - 1) * step + 1
      result = try ATen.one("slice", "Tensor", result, axis, start, end, step)
    }
    return result
  }

  private static func inputsToAttributes(
    _ node: Node,
    _ scope: DowngradeScope
  ) throws(OperatorError) -> Node {
    if let steps = node.input(4), scope.constant(steps)?.integers?.allSatisfy({ $0 == 1 }) != true {
      throw .unsupported("steps came with opset 10")
    }
    var older = node
    older.dropInputs(from: 4)
    for (index, name) in [(3, "axes"), (2, "ends"), (1, "starts")] {
      older = try older.integersAsAttribute(index, named: name, scope)
    }
    return older
  }

  private static let attributesToInputs = Upgrade(to: 10) { node, scope in
    var node = node
    var inputs = [node.inputs[0]]
    for name in ["starts", "ends", "axes"] {
      guard let values = node.ints(name) else { continue }
      inputs.append(scope.add(Constant(values), hint: name))
      node.attributes[name] = nil
    }
    node.inputs = inputs
    return [node]
  }
}
