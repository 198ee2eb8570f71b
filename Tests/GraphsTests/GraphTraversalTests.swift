import Graphs
import Testing

struct GraphTraversalTests {
  @Test func `names what has no name, and what shares one`() {
    let graph = Graph(nodes: [
      Node("Relu", name: "", inputs: ["x"], outputs: ["a"]),
      Node("Relu", name: "same", inputs: ["a"], outputs: ["b"]),
      Node("Relu", name: "same", inputs: ["b"], outputs: ["c"]),
      Node("Relu", name: "Relu_0", inputs: ["c"], outputs: ["d"]),
    ])
    #expect(graph.named().nodes.map(\.name) == ["Relu_0_", "same", "Relu_2", "Relu_0"])
    #expect(graph.named().named() == graph.named())
  }

  @Test func `finds what branches capture, branches of branches included`() {
    let inner = Graph(
      nodes: [Node("Add", inputs: ["local", "outer"], outputs: ["sum"])],
      outputs: [ValueInfo("sum"), ValueInfo("through")]
    )
    let middle = Graph(
      nodes: [
        Node("Relu", inputs: ["far", ""], outputs: ["local"]),
        Node("If", inputs: ["w"], outputs: ["q"], attributes: ["then_branch": .graph(inner)]),
      ],
      inputs: [ValueInfo("i")],
      outputs: [ValueInfo("q"), ValueInfo("i")],
      constants: ["w": Constant([1])]
    )
    let node = Node("If", inputs: ["c"], outputs: ["y"], attributes: ["g": .graphs([middle])])
    #expect(node.captured == ["outer", "far", "through"])
    let graph = Graph(nodes: [Node("Relu", inputs: ["x"], outputs: ["outer"]), node])
    #expect(graph.consumers()["outer"] == [1])
    #expect(graph.consumers()["c"] == [1])
    #expect(graph.consumers()[""] == nil)
  }

  @Test func `finds producers and consumers`() {
    let graph = Graph(nodes: [
      Node("Split", inputs: ["x"], outputs: ["a", "", "b"]),
      Node("Add", inputs: ["a", "a"], outputs: ["c"]),
      Node("Mul", inputs: ["a", "b"], outputs: ["d"]),
    ])
    #expect(graph.producers() == ["a": 0, "b": 0, "c": 1, "d": 2])
    #expect(graph.consumers()["a"] == [1, 2])
  }
}
