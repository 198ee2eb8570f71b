package import Graphs

extension Convolution {
  /// Whether a node is a convolution by its operator's name, in whatever form and domain.
  static func isNamedSo(_ node: Node) -> Bool { node.op.contains("Conv") }
}

extension SquareConvolution {
  /// A network of this convolution alone, with its bias and ReLU, over one image: `map` to `result`.
  ///
  /// Its weights are small numbers of both signs, so that nothing overflows or is skipped for being zero.
  package var network: Graph {
    let weight = [filters, channels / max(groups, 1), kernel, kernel]
    let result = "result"
    let made = rectifies ? "sum" : result
    var nodes = [
      Node(
        "Conv",
        name: "convolution",
        inputs: ["map", "weight"] + (hasBias ? ["bias"] : []),
        outputs: [made],
        attributes: [
          "kernel_shape": .ints([kernel, kernel]),
          "strides": .ints([stride, stride]),
          "dilations": .ints([dilation, dilation]),
          "pads": .ints([padding, padding, padding, padding]),
          "group": .int(groups),
        ]
      )
    ]
    if rectifies { nodes.append(Node("Relu", name: "relu", inputs: [made], outputs: [result])) }
    var graph = Graph(
      name: "convolution",
      nodes: nodes,
      inputs: [ValueInfo("map", .float32, Shape([1, channels, height, width]))],
      outputs: [ValueInfo(result, .float32)],
      model: ModelInfo(opsets: ["": OperatorSet.opset], irVersion: 10, producer: "espalier")
    )
    graph.constants["weight"] = Self.numbers(weight)
    if hasBias { graph.constants["bias"] = Self.numbers([filters]) }
    return graph
  }

  private static func numbers(_ shape: [Int]) -> Constant {
    let count = shape.reduce(1, *)
    return Constant((0..<count).map { Float($0 % 17 - 8) / 64 + 0.001 }, shape: shape)
  }
}
