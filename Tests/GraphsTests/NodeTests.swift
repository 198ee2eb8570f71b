import Graphs
import Testing

struct NodeTests {
  private let node = Node(
    "Op",
    inputs: ["x", ""],
    outputs: ["y", ""],
    attributes: [
      "i": .int(3), "f": .float(0.5), "s": .text("é"), "is": .ints([1]), "fs": .floats([2]),
      "t": .tensor(Constant([7])), "g": .graph(Graph(name: "b")), "gs": .graphs([Graph(name: "c")]),
    ]
  )

  @Test func `gives attributes of the kind that is asked for`() {
    #expect(node.int("i") == 3)
    #expect(node.int("f") == nil)
    #expect(node.int("f", default: 9) == 9)
    #expect(node.float("f", default: 1) == 0.5)
    #expect(node.float("i") == nil)
    #expect(node.string("s") == "é")
    #expect(node.string("missing", default: "d") == "d")
    #expect(node.ints("is") == [1])
    #expect(node.floats("fs") == [2])
    #expect(node.tensor("t") == Constant([7]))
    #expect(node.graph("g")?.name == "b")
    #expect(node.subgraphs.map(\.graph.name) == ["b", "c"])
  }

  @Test func `an empty name is an input or output left out`() {
    #expect(node.input(0) == "x")
    #expect(node.input(1) == nil)
    #expect(node.input(2) == nil)
    #expect(node.output(0) == "y")
    #expect(node.output(1) == nil)
  }

  @Test func `messages name the node by name or by what it makes`() {
    #expect(node.label == "Op making 'y'")
    #expect(Node("Op", name: "n", inputs: [], outputs: []).label == "Op 'n'")
  }
}
