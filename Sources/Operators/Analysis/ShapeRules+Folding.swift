import Graphs

extension ShapeRules {
  /// Output 0 has the sizes of input 0 and the type stated.
  static func sameSizes(_ element: ElementType) -> ShapeRule {
    { call throws(OperatorError) in
      [ValueFacts(element: element, sizes: try call.input(0).sizes)]
    }
  }

  /// Adds to `rule` the value of output 0, where `fold` finds it from small known inputs.
  static func folding(
    _ rule: @escaping ShapeRule,
    _ fold: @escaping @Sendable (Node, [SmallValue]) -> SmallValue?
  ) -> ShapeRule {
    { call throws(OperatorError) in
      var facts = try rule(call)
      guard facts.indices.contains(0), facts[0].value == nil,
        let count = facts[0].shape?.elementCount, count <= SmallValue.limit,
        let inputs = call.smallInputs, let value = fold(call.node, inputs)
      else { return facts }
      if value.type == facts[0].element { facts[0] = value.facts }
      return facts
    }
  }

  /// Output 0 holds elements of input 0 in another order or number.
  ///
  /// `plan` is asked where all sizes of input 0 are known; where it gives nil, or they are not, `unknown` tells
  /// as much as it can.
  static func moving(
    _ plan: @escaping @Sendable (ShapeCall, [Int]) throws(OperatorError) -> Movement?,
    unknown: @escaping @Sendable (ShapeCall, [Int?]?) throws(OperatorError) -> [Int?]? = {
      (_, _) throws(OperatorError) in nil
    }
  ) -> ShapeRule {
    { call throws(OperatorError) in
      let input = try call.input(0)
      guard let shape = input.shape, let movement = try plan(call, shape) else {
        return [ValueFacts(element: input.element, sizes: try unknown(call, input.sizes))]
      }
      try Sizes.requireTensor(movement.shape)
      var facts = ValueFacts(input.element, movement.shape)
      if movement.shape.elementCount <= SmallValue.limit, let value = SmallValue(input),
        let positions = movement.positions?()
      {
        facts.value = value.picking(positions, shape: movement.shape).constant
      }
      return [facts]
    }
  }

  /// Where the elements of an output come from.
  struct Movement {
    let shape: [Int]
    /// The flat position in input 0 of each element of the output; nil where analysis does not follow values.
    let positions: (() -> [Int])?
  }
}

extension ShapeCall {
  /// The sizes that all inputs given broadcast to; nil where a rank is unknown.
  func broadcastSizes() throws(OperatorError) -> [Int?]? {
    var sizes: [Int?]? = []
    for input in inputs { if let input { sizes = try ShapeRules.broadcast(sizes, input.sizes) } }
    return sizes
  }

  /// The values of all inputs given, where all are small and known; at least one.
  var smallInputs: [SmallValue]? {
    let given = inputs.compactMap(\.self)
    guard !given.isEmpty, given.allSatisfy({ $0.value != nil }) else { return nil }
    let values = given.compactMap { SmallValue($0) }
    return values.count == given.count ? values : nil
  }

  /// The whole numbers of an input, where they are known; nil where the input is left out or computed.
  func knownIntegers(_ index: Int) -> [Int]? { SmallValue(optional(index))?.integers }

  /// The number of elements of an input, where it is known.
  func length(_ index: Int) -> Int? { optional(index)?.shape?.elementCount }

  /// True when an input is given, whether or not its value is known.
  func has(_ index: Int) -> Bool { optional(index) != nil }
}

extension [Int] {
  /// The elements of a tensor of these sizes; the largest number where there are more, as absurd sizes in files have it.
  fileprivate var elementCount: Int {
    reduce(1) { count, size in
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      return overflow ? .max : product
    }
  }
}
