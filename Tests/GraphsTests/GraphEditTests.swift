import Graphs
import Testing

struct GraphEditTests {
  /// 2×3×2, the values 0 to 11.
  private let cube = Constant((0..<12).map(Float.init), shape: [2, 3, 2])

  @Test func `keeps rows of every axis`() throws {
    // By hand: row-major, so index = 6a + 2b + c.
    #expect(try cube.keeping([1], axis: 0).floats == [6, 7, 8, 9, 10, 11])
    #expect(try cube.keeping([0, 2], axis: 1).floats == [0, 1, 4, 5, 6, 7, 10, 11])
    #expect(try cube.keeping([1], axis: 2).floats == [1, 3, 5, 7, 9, 11])
    #expect(try cube.keeping([0, 2], axis: 1).shape == [2, 2, 2])
    #expect(try cube.keeping([], axis: 1).shape == [2, 0, 2])
    #expect(try cube.keeping([], axis: 1).bytes.isEmpty)
    #expect(try cube.keeping([0, 1, 2], axis: 1) == cube)
  }

  @Test func `keeps rows of several axes at once`() throws {
    #expect(try cube.keeping([0: [1], 1: [0, 2]]).floats == [6, 7, 10, 11])
    #expect(try cube.keeping([0: [1], 2: [0]]).floats == [6, 8, 10])
    #expect(try cube.keeping([:]) == cube)
    let graph = Graph(constants: ["w": cube])
    let cut = try graph.applying([
      .keep(constant: "w", axis: 1, indices: [1, 2]), .keep(constant: "w", axis: 0, indices: [0]),
      .keep(constant: "w", axis: 1, indices: [1]),
    ])
    #expect(cut.constants["w"]?.floats == [4, 5])
  }

  @Test func `refuses a constant whose bytes do not fit its shape`() {
    let short = Constant(
      type: .float32,
      shape: [2, 2],
      bytes: Bytes([Float](repeating: 0, count: 3))
    )
    #expect(throws: GraphError.wrongByteCount(constant: "w", expected: 16, found: 12)) {
      try short.keeping([0], axis: 1, name: "w")
    }
  }

  @Test func `keeps elements of every width`() throws {
    let bytes = Constant(type: .int8, shape: [2, 2], bytes: Bytes([Int8]([1, 2, 3, 4])))
    #expect(try bytes.keeping([1], axis: 1).integers == [2, 4])
    let longs = Constant([5, 6, 7])
    #expect(try longs.keeping([0, 2], axis: 0).integers == [5, 7])
  }

  @Test(arguments: [[2, 1], [1, 1], [-1], [3]])
  func `refuses indices that do not rise or fit`(indices: [Int]) {
    #expect(throws: GraphError.badIndices(constant: "w", axis: 1, size: 3)) {
      try cube.keeping(indices, axis: 1, name: "w")
    }
  }

  @Test func `refuses axes that are not there`() {
    #expect(throws: GraphError.badAxis(3, constant: "w", shape: [2, 3, 2])) {
      try cube.keeping([0], axis: 3, name: "w")
    }
  }

  @Test func `keeps elements that share bytes, and packs them anew`() throws {
    // 1, -2, 3, then a half that is not used; from the low end of each byte.
    let nibbles = Constant(type: .int4, shape: [3], bytes: Bytes([0xE1, 0x03] as [UInt8]))
    let kept = try nibbles.keeping([1, 2], axis: 0)
    #expect(kept == Constant(type: .int4, shape: [2], bytes: Bytes([0x3E] as [UInt8])))
    let odd = Constant(type: .uint2, shape: [2, 3], bytes: Bytes([0x39, 0x09] as [UInt8]))
    #expect(try odd.keeping([0, 2], axis: 1).integers == [1, 3, 0, 2])
  }

  private var graph: Graph {
    Graph(
      nodes: [
        Node("Split", name: "s", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(1)])
      ],
      inputs: [ValueInfo("x")],
      outputs: [ValueInfo("y")],
      constants: ["w": cube, "n": Constant([3]), "k": Constant(scalar: 3)],
      values: ["y": ValueInfo("y", .float32, [1])]
    )
  }

  @Test func `applies edits in order and drops stale types`() throws {
    let edited = try graph.applying([
      .keep(constant: "w", axis: 0, indices: [1]),
      .keep(constant: "w", axis: 2, indices: [0]),
      .setIntegers(constant: "n", values: [1, 2]),
      .setIntegers(constant: "k", values: [9]),
      .setInt(node: "s", attribute: "axis", value: 2),
      .setInts(node: "s", attribute: "split", values: [1, 2]),
      .setInput(node: "s", index: 2, constant: "sizes", values: [4]),
    ])
    #expect(edited.constants["w"]?.floats == [6, 8, 10])
    #expect(edited.constants["n"] == Constant([1, 2]))
    #expect(edited.constants["k"] == Constant(scalar: 9))
    #expect(edited.nodes[0].int("axis") == 2)
    #expect(edited.nodes[0].ints("split") == [1, 2])
    #expect(edited.nodes[0].inputs == ["x", "", "sizes"])
    #expect(edited.constants["sizes"] == Constant([4]))
    #expect(edited.values.isEmpty)
    #expect(graph.constants["w"] == cube)
  }

  @Test func `refuses edits of what is not there`() {
    #expect(throws: GraphError.unknownConstant("q", edit: "keep")) {
      try graph.applying([.keep(constant: "q", axis: 0, indices: [])])
    }
    #expect(throws: GraphError.unknownConstant("q", edit: "set integers")) {
      try graph.applying([.setIntegers(constant: "q", values: [])])
    }
    #expect(throws: GraphError.unknownNode("q", edit: "axis")) {
      try graph.applying([.setInt(node: "q", attribute: "axis", value: 0)])
    }
    #expect(throws: GraphError.unknownNode("q", edit: "split")) {
      try graph.applying([.setInts(node: "q", attribute: "split", values: [])])
    }
    #expect(throws: GraphError.unknownNode("q", edit: "set input")) {
      try graph.applying([.setInput(node: "q", index: 0, constant: "c", values: [])])
    }
  }
}
