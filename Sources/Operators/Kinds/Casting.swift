import Graphs
import Tensors

/// Changes of the element type.
package enum Casting {
  static let operators: [Operator] = [
    Operator("BitCast", shapes: bitCastRule, channels: .passThrough) { call in
      let target = try dtype(of: call.node)
      return [try ATen.one("view", "dtype", try call.input(0), target)]
    },
    Operator(
      "Cast",
      shapes: castRule,
      channels: .passThrough,
      // `saturate` says something of 8-bit floats only, which came with it.
      downgrades: [
        Downgrade(below: 19) { (node, _) throws(OperatorError) in node.without("saturate") }
      ]
    ) { call in
      [try convert(try call.input(0), to: try dtype(of: call.node), call.node)]
    },
    Operator(
      "CastLike",
      shapes: { (call) throws(OperatorError) in
        [ValueFacts(element: try call.input(1).element, sizes: try call.input(0).sizes)]
      },
      channels: .passThrough
    ) { call in [try convert(try call.input(0), to: try call.input(1).dtype, call.node)] },
  ]

  /// A node that casts a value.
  static func node(_ input: String, to type: ElementType, as output: String) -> Node {
    Node(
      "Cast",
      inputs: [input],
      outputs: [output],
      attributes: ["to": .int(Int(type.rawValue))]
    )
  }

  /// Whether a node casts to a type.
  static func casts(_ node: Node, to type: ElementType) -> Bool {
    node.op == "Cast" && node.int("to") == Int(type.rawValue)
  }

  private static let castRule = ShapeRules.folding(
    { (call) throws(OperatorError) in
      [ValueFacts(element: try element(of: call.node), sizes: try call.input(0).sizes)]
    },
    { node, values in
      guard let type = try? element(of: node) else { return nil }
      return values.first?.cast(to: type)
    }
  )

  private static let bitCastRule: ShapeRule = { (call) throws(OperatorError) in
    [ValueFacts(element: try element(of: call.node), sizes: try call.input(0).sizes)]
  }

  private static func element(of node: Node) throws(OperatorError) -> ElementType {
    guard let code = node.int("to"), let type = Int32(exactly: code).flatMap(ElementType.init)
    else { throw .unsupported("type code \(node.int("to") ?? 0) of attribute 'to' is not known") }
    return type
  }

  private static func dtype(of node: Node) throws(OperatorError) -> DType {
    let type = try element(of: node)
    guard let dtype = DType(type) else {
      throw .unsupported("\(type) is not executed; only numbers and bool are")
    }
    return dtype
  }

  /// Fractions that go to small whole numbers pass through int32, whose truncation is the same everywhere.
  private static func convert(_ x: Tensor, to target: DType, _ node: Node) throws -> Tensor {
    let x = try x.dtype == target ? x : x.widened()
    let narrow: Set<DType> = [.int8, .uint8, .int16, .uint16]
    guard x.dtype.isFloatingPoint, narrow.contains(target) else {
      return try x.cast(to: target, Narrowing(node))
    }
    return try x.cast(to: .int32).cast(to: target)
  }
}
