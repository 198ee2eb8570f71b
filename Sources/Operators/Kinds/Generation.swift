import Graphs
import Tensors

/// Tensors made of shapes and numbers.
package enum Generation {
  static let operators: [Operator] = [constantOfShape, eyeLike, range, shape, size]

  private static let constantOfShape = Operator(
    "ConstantOfShape",
    shapes: { (call) throws(OperatorError) in
      let fill = call.node.tensor("value") ?? Constant([0], shape: [1])
      guard let target = call.knownIntegers(0) else {
        return [ValueFacts(element: fill.type, sizes: Sizes.unknown(call.length(0)))]
      }
      guard target.allSatisfy({ $0 >= 0 }) else { throw .mismatch("a negative size in \(target)") }
      var facts = ValueFacts(fill.type, target)
      if let count = Shape(target).count, count <= SmallValue.limit, let value = SmallValue(fill),
        value.count == 1
      {
        let positions = [Int](repeating: 0, count: count)
        facts.value = value.picking(positions, shape: target).constant
      }
      return [facts]
    },
    channels: .source
  ) { call in
    let target = try call.integers(0) ?? []
    let fill = call.node.tensor("value") ?? Constant([0], shape: [1])
    let one = try fill.tensor().reshaped([])
    let result = try Unsigned.reinterpreted([one]) {
      try $0[0].expanded(to: target).contiguous()
    }
    return [result]
  }

  private static let eyeLike = Operator(
    "EyeLike",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      let stated = call.node.int("dtype").flatMap(Int32.init(exactly:)).flatMap(ElementType.init)
      return [ValueFacts(element: stated ?? x.element, sizes: x.sizes)]
    },
    channels: .source
  ) { call in
    let x = try call.input(0)
    let stated = call.node.int("dtype").flatMap(Int32.init(exactly:)).flatMap(ElementType.init)
    let shift = call.node.int("k", default: 0)
    guard x.rank == 2, let dtype = DType(stated ?? ElementType(x.dtype)) else {
      throw OperatorError.mismatch("an input of shape \(x.shape); EyeLike needs a matrix")
    }
    let ones = try ATen.one("ones", "", x.shape, DType.float32, ATenValue.default, x.device)
    let diagonal = try ATen.one("triu", try ATen.one("tril", ones, shift), shift)
    return [try diagonal.cast(to: dtype)]
  }

  private static let range = Operator(
    "Range",
    shapes: { (call) throws(OperatorError) in
      let element = try call.input(0).element
      guard let values = call.smallInputs, values.count == 3,
        let count = try? Ranges.count(values.map { $0.reals.first ?? 0 })
      else { return [ValueFacts(element: element, sizes: [nil])] }
      var facts = ValueFacts(element, [count])
      if count <= SmallValue.limit, let start = values[0].integers?.first,
        let step = values[2].integers?.first
      {
        let elements = (0..<count).map { start + $0 * step }
        facts.value =
          SmallValue(type: values[0].type, shape: [count], elements: .integers(elements)).constant
      }
      return [facts]
    },
    channels: .source,
    traits: .isSteered
  ) { call in
    let start = try call.input(0)
    let limits = try (0..<3).map { try call.input($0).doubles().first ?? 0 }
    let steps = try Ranges.counting(try Ranges.count(limits), start.device)
    let wide: DType = start.dtype.isFloatingPoint ? .float64 : .int64
    let scaled = try steps.cast(to: wide) * call.input(2).cast(to: wide).reshaped([])
    let first = try start.cast(to: wide).reshaped([])
    return [try (scaled + first).cast(to: start.dtype)]
  }

  private static let shape = Operator(
    "Shape",
    shapes: { (call) throws(OperatorError) in
      guard let sizes = try call.input(0).sizes else {
        return [ValueFacts(element: .int64, sizes: [nil])]
      }
      let part = sizes[bounds(call.node, rank: sizes.count)]
      let known = part.compactMap(\.self)
      return known.count == part.count
        ? [SmallValue(known).facts] : [ValueFacts(.int64, [part.count])]
    },
    channels: .sizes
  ) { call in
    let sizes = try call.input(0).shape
    let part = sizes[bounds(call.node, rank: sizes.count)].map(Int64.init)
    return [try Tensor(part, shape: [part.count])]
  }

  /// The axes from `start` to `end`, each counted from the back where negative and clamped.
  private static func bounds(_ node: Node, rank: Int) -> Range<Int> {
    func clamped(_ axis: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }
    let start = clamped(node.int("start", default: 0))
    return start..<max(start, clamped(node.int("end", default: rank)))
  }

  private static let size = Operator(
    "Size",
    shapes: { (call) throws(OperatorError) in
      guard let count = try call.input(0).sizes.flatMap({ Sizes.product($0) }) else {
        return [ValueFacts(.int64, [])]
      }
      return [SmallValue([count], shape: []).facts]
    },
    channels: .source
  ) { call in [try Tensor([Int64(try call.input(0).count)], shape: [])] }
}

/// Numbers at equal steps.
enum Ranges {
  /// How many numbers lie from a start to before a limit, at steps.
  static func count(_ bounds: [Double]) throws(OperatorError) -> Int {
    guard bounds.count == 3, bounds[2] != 0 else { throw .mismatch("a range with a step of 0") }
    let count = ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up)
    guard let whole = Int(exactly: count) else {
      throw .mismatch("a range from \(bounds[0]) to \(bounds[1]) in steps of \(bounds[2])")
    }
    return max(whole, 0)
  }

  /// 0, 1, 2 and so on, as int64.
  static func counting(_ count: Int, _ device: Device) throws -> Tensor {
    try ATen.one("arange", "", count, DType.int64, ATenValue.default, device)
  }
}
