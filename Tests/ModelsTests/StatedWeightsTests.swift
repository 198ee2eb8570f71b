import Graphs
import Models
import Operators
import Quantization
import TestNetworks
import Testing

/// A layer that no mechanism knows by name: what its operator states is enough.
struct StatedWeightsTests {
  /// Two linear layers of an operator of another domain, with a rectifier between.
  private func model(stating layout: WeightLayout?) throws -> Model {
    let linear = try #require(OperatorSet.standard[name: "Gemm"])
    var operators = OperatorSet.standard
    operators.add(
      Operator(
        "Projection",
        domain: "acme",
        shapes: linear.shapes,
        cost: linear.cost,
        channels: linear.channels,
        quantization: .weighted,
        weights: layout,
        kernel: linear.kernel
      )
    )
    var net = SmallNetwork(input: [3, 4])
    net.constant("w1", Constant(net.floats(32), shape: [4, 8]))
    net.constant("b1", Constant(net.floats(8), shape: [8]))
    net.constant("w2", Constant(net.floats(40), shape: [8, 5]))
    net.add("Projection", "made", ["x", "w1", "b1"])
    net.add("Relu", "kept", ["made"])
    net.add("Projection", "y", ["kept", "w2"])
    net.finish(["y"])
    var graph = net.graph
    graph.model.opsets["acme"] = 1
    for index in [0, 2] { graph.nodes[index].domain = "acme" }
    return try Model("net", graph, operators: operators)
  }

  private static let layout = WeightLayout(.product, bias: 2, outputAxis: 1, inputAxis: 0)

  private func placement(_ model: Model) -> QuantizationPlacement {
    QuantizationPlacement(model.graph, operators: model.operators, target: .openVINO)
  }

  @Test func `it is trained, counted, pruned, quantized and evened out`() throws {
    let model = try model(stating: Self.layout)
    let weights = TrainableWeights(model.graph, operators: model.operators).weights
    #expect(weights.map(\.name) == ["w1", "b1", "w2"])
    #expect(weights.map(\.role) == [.weight, .bias, .weight])
    #expect(model.cost.benchmarkMultiplyAdds == 32 + 40)
    let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
    #expect(groups["w1"]?.open.count == 8)
    let placement = placement(model)
    #expect(placement.layers.map(\.weight) == ["w1", "w2"])
    #expect(placement.layers.map(\.axis) == [1, 1] && placement.layers.allSatisfy(\.isPerChannel))
    let equalization = CrossLayerEqualization(
      model.graph,
      operators: model.operators,
      placement: placement
    )
    #expect(equalization.pairs.count == 1)
    let layer = try #require(placement.layers.first)
    #expect(
      LayerProduct(model.graph.nodes[layer.node], layer.layout, weight: [4, 8])?.channels == 8
    )
  }

  @Test func `without a layout it is left alone`() throws {
    let model = try model(stating: nil)
    #expect(TrainableWeights(model.graph, operators: model.operators).weights.isEmpty)
    #expect(placement(model).layers.isEmpty && model.cost.benchmarkMultiplyAdds == 0)
  }
}
