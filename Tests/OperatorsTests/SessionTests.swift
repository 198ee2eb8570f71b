import Graphs
import Operators
import Tensors
import Testing

struct SessionTests {
  let input = Constant((0..<16).map { Float($0) - 8 }, shape: [1, 1, 4, 4])

  private func relus(_ count: Int) -> Graph {
    Graph.of(
      (0..<count).map {
        Node("Relu", inputs: [$0 == 0 ? "x" : "y\($0 - 1)"], outputs: ["y\($0)"])
      },
      input: [1, 1, 4, 4],
      outputs: ["y\(count - 1)"]
    )
  }

  @Test func `returns outputs and the values that are tapped`() throws {
    let session = Session(relus(3))
    let result = try session.run(["x": input.tensor()], taps: ["y0"])
    #expect(Set(result.keys) == ["y0", "y2"])
    #expect(try result["y0"]?.floats() == input.floats?.map { max($0, 0) })
  }

  @Test func `lets a value go after its last reader`() throws {
    let session = Session(relus(20), memory: 0)
    _ = try session.run(["x": input.tensor()])
    #expect(session.statistics.peakValues == 2)
    #expect(session.statistics.peakBytes == 2 * 64)
    #expect(session.statistics.nodes == 20)
  }

  @Test func `executes only what the outputs and taps need`() throws {
    var graph = relus(5)
    graph.outputs = [ValueInfo("y1")]
    let session = Session(graph, memory: 0)
    _ = try session.run(["x": input.tensor()])
    #expect(session.statistics.nodes == 2)
  }

  @Test func `names the input that is missing, and the one that is not there`() throws {
    let session = Session(relus(1))
    #expect("input 'x' is not given" == message { _ = try session.run([:]) })
    #expect(
      "the graph has no input 'z'; it has 'x'"
        == message { _ = try session.run(["x": input.tensor(), "z": input.tensor()]) }
    )
  }

  @Test func `names operator and node where an operator cannot be executed`() throws {
    let graph = Graph.of(
      [Node("Fancy", name: "odd", domain: "org.example", inputs: ["x"], outputs: ["y"])],
      input: [1, 1, 4, 4],
      outputs: ["y"]
    )
    let text = message { _ = try Session(graph).run(["x": input.tensor()]) }
    #expect(text.hasPrefix("Fancy 'odd': operator 'org.example.Fancy' is not known"))
  }

  @Test func `takes an initialiser's value for an input that is left out`() throws {
    var graph = relus(1)
    graph.inputs.append(ValueInfo("bias", .float32, [1]))
    graph.constants["bias"] = Constant([2], shape: [1])
    graph.nodes.append(Node("Add", name: "sum", inputs: ["y0", "bias"], outputs: ["z"]))
    graph.outputs = [ValueInfo("z")]
    let session = Session(graph)
    let x = try input.tensor()
    #expect(try session.run(["x": x])["z"]?.floats().first == 2)
    #expect(
      try session.run(["x": x, "bias": Tensor([5.0 as Float], shape: [1])])["z"]?.floats().first
        == 5
    )
    #expect(try session.run(["x": x])["z"]?.floats().first == 2)
  }

  @Test(arguments: [(true, 3.0), (false, -1.0)])
  func `takes the branch of an If with values around it`(flag: Bool, expected: Double) throws {
    func branch(_ op: String) -> Attribute {
      .graph(
        Graph(
          nodes: [Node(op, name: "in", inputs: ["a", "b"], outputs: ["r"])],
          outputs: [ValueInfo("r")]
        )
      )
    }
    let graph = Graph(
      nodes: [
        Node("Identity", name: "first", inputs: ["one"], outputs: ["a"]),
        Node(
          "If",
          name: "choice",
          inputs: ["flag"],
          outputs: ["y"],
          attributes: ["then_branch": branch("Add"), "else_branch": branch("Sub")]
        ),
      ],
      inputs: [ValueInfo("flag", .bool, [])],
      outputs: [ValueInfo("y")],
      constants: ["one": Constant([1], shape: [1]), "b": Constant([2], shape: [1])],
      model: ModelInfo(opsets: ["": 22])
    )
    let session = Session(graph)
    let result = try session.run(["flag": Tensor([flag], shape: [])])
    #expect(try result["y"]?.doubles() == [expected])
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }
}
