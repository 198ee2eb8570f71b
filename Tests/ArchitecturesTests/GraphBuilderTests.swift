import Architectures
import Graphs
import Operators
import Testing

/// Graphs that are built of layers, as authors of search spaces do.
struct GraphBuilderTests {
  /// A stem, a residual sum, a path upwards, and a prediction of everything.
  private func graph(
    size: ImageSize?,
    batch: Int? = nil,
    weights: Weights = .seeded(5)
  ) -> Graph {
    var net = GraphBuilder()
    let stem = net.layer(.image, "stem", filters: 8, kernel: 3, stride: 2)
    let mixed = net.layer(stem, "mixed", filters: 8, kernel: 5, groups: 8, activation: .none)
    let joined = net.joined(mixed, stem, "sum")
    let halved = net.halved(joined, "pool")
    let raised = net.upsampled(halved, "raise")
    let both = net.concatenated(raised, joined, "both")
    let map = net.prediction(both, "map", filters: 6)
    return net.graph(name: "tiny", outputs: [map], size: size, batch: batch, weights: weights)
  }

  @Test func `layers make the shapes that they say`() throws {
    let graph = graph(size: ImageSize(height: 32, width: 48), batch: 2)
    try graph.verify()
    #expect(graph.inputs == [ValueInfo("image", .float32, [2, 3, 32, 48])])
    #expect(graph.outputs == [ValueInfo("map", .float32, [2, 6, 16, 24])])
    let facts = try GraphFacts(graph, operators: .standard)
    #expect(facts["both"].sizes == [2, 16, 16, 24])
    #expect(facts["map"].sizes == [2, 6, 16, 24])
  }

  @Test func `a size and a batch can stay open`() throws {
    let graph = graph(size: nil)
    try graph.verify()
    #expect(
      graph.outputs[0].type.shape
        == Shape([.symbolic("batch"), .known(6), .symbolic("height/2"), .symbolic("width/2")])
    )
  }

  @Test func `a seed decides the weights`() {
    let size = ImageSize(32)
    #expect(graph(size: size).constants == graph(size: size).constants)
    let other = graph(size: size, weights: .seeded(6))
    #expect(graph(size: size).constants["stem_weights"] != other.constants["stem_weights"])
    #expect(
      graph(size: size, weights: .structureOnly).constants["stem_weights"]?.shape == [8, 3, 3, 3]
    )
  }

  @Test func `an author adds operators and parameters of their own`() throws {
    var net = GraphBuilder()
    let stem = net.layer(.image, "stem", filters: 4, kernel: 1)
    let slope = net.parameter("slope", [4, 1, 1], .constant(0.25))
    let bent = net.apply("PRelu", "bent", [stem.name, slope])
    let output = GraphBuilder.Value(name: bent, channels: 4, stride: 1)
    let graph = net.graph(name: "own", outputs: [output], size: ImageSize(8), weights: .seeded(0))
    try graph.verify()
    #expect(graph.constants["slope"]?.floats == [0.25, 0.25, 0.25, 0.25])
    #expect(try GraphFacts(graph, operators: .standard)["bent"].sizes?.last == 8)
  }
}
