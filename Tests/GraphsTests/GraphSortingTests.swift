import Graphs
import Testing

struct GraphSortingTests {
  private func node(_ input: String, _ output: String) -> Node {
    Node("Relu", name: output, inputs: [input], outputs: [output])
  }

  private func graph(_ nodes: [Node], returning output: String) -> Graph {
    Graph(nodes: nodes, inputs: [ValueInfo("x")], outputs: [ValueInfo(output)])
  }

  @Test func `a chain in any order comes out as a chain`() throws {
    let chain = [node("x", "a"), node("a", "b"), node("b", "c"), node("c", "d")]
    for order in [[3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
      let sorted = graph(order.map { chain[$0] }, returning: "d").sorted()
      #expect(sorted.nodes == chain)
      try sorted.verify()
    }
  }

  @Test func `what is in order keeps its order`() {
    let nodes = [node("x", "b"), node("x", "a"), node("b", "c"), node("a", "d")]
    #expect(graph(nodes, returning: "d").sorted().nodes == nodes)
  }

  @Test func `a branch that reads a later node waits for it`() throws {
    let branch = graph([node("late", "inner")], returning: "inner")
    var holder = Node("If", name: "if", inputs: ["x"], outputs: ["y"])
    var inside = branch
    inside.inputs = []
    holder.attributes["then_branch"] = .graph(inside)
    let sorted = graph([holder, node("x", "late")], returning: "y").sorted()
    #expect(sorted.nodes.map(\.name) == ["late", "if"])
    try sorted.verify()
  }

  @Test func `nodes inside a branch are sorted too`() throws {
    var inside = graph([node("a", "b"), node("x", "a")], returning: "b")
    inside.inputs = []
    let holder = Node(
      "If",
      name: "if",
      inputs: ["x"],
      outputs: ["y"],
      attributes: ["then_branch": .graph(inside)]
    )
    let sorted = graph([holder], returning: "y").sorted()
    #expect(sorted.nodes[0].graph("then_branch")?.nodes.map(\.name) == ["a", "b"])
  }

  @Test func `a cycle is left for verify to name`() {
    let sorted = graph([node("b", "a"), node("a", "b"), node("x", "c")], returning: "c").sorted()
    #expect(sorted.nodes.map(\.name) == ["c", "a", "b"])
    #expect(throws: GraphError.danglingInput("b", node: "Relu 'a'")) { try sorted.verify() }
  }
}
