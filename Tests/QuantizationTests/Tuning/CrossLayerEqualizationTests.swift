import Graphs
import Models
import Operators
import Quantization
import Tensors
import TestNetworks
import Testing

struct CrossLayerEqualizationTests {
  /// Two products of single pixels: weights 8 and 0.5 by filter, then 0.5 and 2 by channel.
  private func twoLayers(_ between: String, bias: [Float]) -> Graph {
    var net = SmallNetwork(input: [1, 1, 2, 2])
    net.constant("a.w", Constant([8, -0.5], shape: [2, 1, 1, 1]))
    net.constant("a.b", Constant(bias, shape: [2]))
    net.constant("b.w", Constant([0.5, -2, 0.25, 1], shape: [2, 2, 1, 1]))
    net.constant("zero", Constant([0], shape: []))
    net.constant("six", Constant([6], shape: []))
    net.add("Conv", "a", ["x", "a.w", "a.b"])
    net.add(between, "f", between == "Clip" ? ["a", "zero", "six"] : ["a"])
    net.add("Conv", "b", ["f", "b.w"])
    net.finish(["b"])
    return net.graph
  }

  private func equalization(_ graph: Graph) throws -> (CrossLayerEqualization, Graph) {
    let model = try Model("net", graph)
    let placement = QuantizationPlacement(
      model.graph,
      operators: model.operators,
      target: .openVINO
    )
    let equalization = CrossLayerEqualization(
      model.graph,
      operators: model.operators,
      placement: placement
    )
    return (equalization, model.graph)
  }

  @Test func `both sides of a channel come to the root of the product of their ranges`() throws {
    let (equalization, graph) = try equalization(twoLayers("Relu", bias: [0.25, 0.5]))
    let made = equalization.applied(to: graph)
    // Channel 0: √(8 · 0.5) = 2, so s = 4. Channel 1: √(0.5 · 2) = 1, so s = 0.5, but its bias is the greatest: s stays 1.
    #expect(made.constants["a.w"]?.floats == [2, -0.5])
    #expect(made.constants["a.b"]?.floats == [0.0625, 0.5])
    #expect(made.constants["b.w"]?.floats == [2, -2, 1, 1])
  }

  @Test func `without biases in the way every channel is evened out`() throws {
    let (equalization, graph) = try equalization(twoLayers("LeakyRelu", bias: [0, 0]))
    let made = equalization.applied(to: graph)
    #expect(made.constants["a.w"]?.floats == [2, -1])
    #expect(made.constants["b.w"]?.floats == [2, -1, 1, 0.5])
  }

  @Test(arguments: ["Clip", "Sigmoid", "HardSwish"])
  func `functions that do not commute with a factor keep layers apart`(op: String) throws {
    #expect(try equalization(twoLayers(op, bias: [0, 0])).0.pairs.isEmpty)
  }

  @Test func `what others read too is left alone`() throws {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 4)
    net.convolve("b", "a", 4, 4)
    net.add("Add", "sum", ["a", "b"])
    net.convolve("c", "sum", 4, 4)
    // A weight that two layers share.
    net.add("Conv", "d", ["c", "b.w"], ["pads": .ints([1, 1, 1, 1])])
    net.finish(["d"])
    #expect(try equalization(net.graph).0.pairs.isEmpty)
  }

  /// Strided, depthwise and pointwise layers with each homogeneous function, channels of unlike ranges, then products.
  private func mobile() -> Graph {
    var net = SmallNetwork(seed: 3)
    net.convolve("stem", "x", 3, 8)
    net.add("Relu", "r0", ["stem"])
    net.convolve("deep", "r0", 8, 8, groups: 8)
    net.add("LeakyRelu", "r1", ["deep"], ["alpha": .float(0.2)])
    net.convolve("wide", "r1", 8, 6)
    net.constant("slope", Constant(net.floats(6), shape: [6, 1, 1]))
    net.add("PRelu", "r2", ["wide", "slope"])
    net.convolve("grouped", "r2", 6, 4, groups: 2)
    net.convolve("plain", "grouped", 4, 5)
    net.constant("up.w", Constant(net.floats(5 * 3 * 4), shape: [5, 3, 2, 2]))
    net.add("ConvTranspose", "up", ["plain", "up.w"], ["strides": .ints([2, 2])])
    net.convolve("last", "up", 3, 2)
    net.add("Flatten", "flat", ["last"])
    net.constant("p.w", Constant(net.floats(512 * 6, scale: 0.1), shape: [6, 512]))
    net.constant("p.b", Constant(net.floats(6), shape: [6]))
    net.add("Gemm", "p", ["flat", "p.w", "p.b"], ["transB": .int(1)])
    net.add("Relu", "r3", ["p"])
    net.constant("q.w", Constant(net.floats(6 * 4), shape: [6, 4]))
    net.add("MatMul", "q", ["r3", "q.w"])
    net.finish(["q"])
    var graph = net.graph
    for name in ["stem.w", "deep.w", "wide.w", "p.w"] {
      guard let weight = graph.constants[name], var values = weight.floats else { continue }
      let inner = weight.count / weight.shape[0]
      for index in values.indices { values[index] *= [1, 0.01, 20, 3][index / inner % 4] }
      graph.constants[name] = Constant(values, shape: weight.shape)
    }
    graph.outputs = [ValueInfo("q", .float32, [1, 4])]
    return graph
  }

  @Test func `the float network computes the same, and weights of both sides have equal ranges`()
    throws
  {
    let (equalization, graph) = try equalization(mobile())
    #expect(
      equalization.pairs.map { "\($0.first.name)-\($0.second.name)" } == [
        "n.stem-n.deep", "n.deep-n.wide", "n.wide-n.grouped", "n.grouped-n.plain", "n.plain-n.up",
        "n.up-n.last", "n.p-n.q",
      ]
    )
    let made = equalization.applied(to: graph)
    try made.verify()
    #expect(made.constants["stem.w"] != graph.constants["stem.w"])
    for index in 0..<3 {
      let image = try SmallNetwork.images(3).inputs(index)
      let before = try #require(try Session(graph).run(image)["q"]).floats()
      let after = try #require(try Session(made).run(image)["q"]).floats()
      let scale = before.map(abs).max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(before, after) { #expect(abs(a - b) <= 1e-4 * scale) }
    }
    // No bias stands in the way of the layer 'up': its channels meet those of the next layer.
    let first = try #require(made.constants["up.w"]?.floats)
    let second = try #require(made.constants["last.w"]?.floats)
    for channel in 0..<3 {
      let up = first.indices.filter { $0 / 4 % 3 == channel }.map { abs(first[$0]) }.max() ?? 0
      let last = second.indices.filter { $0 / 9 % 3 == channel }.map { abs(second[$0]) }.max() ?? 0
      #expect(abs(up / last - 1) < 2e-3)
    }
  }
}
