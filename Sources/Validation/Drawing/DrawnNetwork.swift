import Architectures
import Graphs
import Models

/// A small network of the layers that pruning meets: a residual sum, a depthwise convolution, a pooling, two heads.
enum DrawnNetwork {
  static func model(_ kind: ValueKind, _ draw: inout Draw) throws -> Model {
    let widths = [1, 3, 5, 8, 13, 16]
    var net = GraphBuilder()
    let stem = net.layer(.image, "stem", filters: draw.pick([4, 7, 16]), kernel: 3, stride: 2)
    let first = net.layer(stem, "first", filters: draw.pick(widths), kernel: 3)
    let inner = net.layer(first, "inner", filters: stem.channels, kernel: 1, activation: .none)
    let sum = net.joined(inner, stem, "block")
    let deep = net.layer(
      sum,
      "deep",
      filters: sum.channels,
      kernel: 3,
      groups: sum.channels,
      activation: .leaky
    )
    let wide = net.layer(
      net.maxPool(deep, "pool"),
      "wide",
      filters: draw.pick([32, 33]),
      kernel: 1
    )
    let outputs = [
      net.prediction(wide, "scores", filters: draw.pick([1, 6])),
      net.prediction(sum, "boxes", filters: 4, kernel: 3),
    ]
    var graph = net.graph(
      name: "drawn",
      outputs: outputs,
      size: ImageSize(32),
      batch: 1,
      weights: .seeded(draw.next() >> 16)
    )
    if kind != .normal {
      for name in graph.constants.names where name.hasSuffix("weights") {
        guard let constant = graph.constants[name], constant.type == .float32 else { continue }
        graph.constants[name] = Constant(
          kind.values(constant.shape.reduce(1, *), &draw),
          shape: constant.shape
        )
      }
    }
    return try Model.analysed("drawn", graph, inputSize: nil)
  }
}
