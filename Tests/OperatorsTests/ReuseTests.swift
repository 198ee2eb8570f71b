import Graphs
import Operators
import Tensors
import Testing

struct ReuseTests {
  static let depth = 9
  static let channels = 4
  static let size = 8
  /// Multiply-adds of one convolution of the chain: outputs × channels × 9.
  static let each = channels * size * size * channels * 9
  let graph = Graph.chain(depth: depth, channels: channels, size: size)
  let input: Tensor

  init() throws {
    var draw = Draw(seed: 11)
    input = try draw.constant([1, Self.channels, Self.size, Self.size]).tensor()
  }

  private func changed(_ index: Int, seed: UInt64 = 3) -> Constant {
    var draw = Draw(seed: seed)
    return draw.constant([Self.channels, Self.channels, 3, 3], scale: 0.3)
  }

  /// What a session of its own makes of the graph with some constants replaced.
  private func fresh(_ constants: [String: Constant]) throws -> Tensor {
    var graph = graph
    for (name, value) in constants { graph.constants[name] = value }
    return try #require(try Session(graph, memory: 0).run(["x": input])["c8"])
  }

  @Test(arguments: [Session.Mode.plain, .fast])
  func `executes the last third after a change there`(_ mode: Session.Mode) throws {
    let session = Session(graph, mode: mode)
    _ = try session.run(["x": input])
    #expect(session.statistics.nodes == Self.depth)
    #expect(session.statistics.multiplyAdds == Self.depth * Self.each)
    try session.set(constant: "w6", to: changed(6))
    let result = try session.run(["x": input])
    #expect(session.statistics.nodes == 3)
    #expect(session.statistics.multiplyAdds == 3 * Self.each)
    let output = try #require(result["c8"])
    #expect(try relativeDifference(output, fresh(["w6": changed(6)])) < 1e-5)
  }

  @Test func `executes nothing where nothing changed, and all for another input`() throws {
    let session = Session(graph)
    let first = try session.run(["x": input])
    let again = try session.run(["x": input])
    #expect(session.statistics.nodes == 0)
    #expect(first["c8"] === again["c8"])
    _ = try session.run(["x": Tensor(input.floats(), shape: input.shape)])
    #expect(session.statistics.nodes == Self.depth)
  }

  @Test func `tries variants from one baseline`() throws {
    let session = Session(graph)
    _ = try session.run(["x": input])
    for index in [2, 5, 8, 4] {
      let name = "w\(index)"
      try session.set(constant: name, to: changed(index))
      let result = try session.run(["x": input], keeping: false)
      #expect(session.statistics.nodes == Self.depth - index)
      let output = try #require(result["c8"])
      #expect(try relativeDifference(output, fresh([name: changed(index)])) < 1e-6)
      try session.set(constant: name, to: try #require(graph.constants[name]))
    }
    _ = try session.run(["x": input])
    #expect(session.statistics.nodes == 0)
  }

  @Test func `a tap on a value that is not kept executes what leads to it`() throws {
    let session = Session(graph, memory: 0)
    _ = try session.run(["x": input])
    _ = try session.run(["x": input], taps: ["c2"])
    #expect(session.statistics.nodes == Self.depth)
  }

  @Test(arguments: [1, 2, 4])
  func `keeps no more than its memory holds`(_ values: Int) throws {
    let bytes = Self.channels * Self.size * Self.size * 4
    let session = Session(graph, memory: values * bytes)
    _ = try session.run(["x": input])
    // The output is one of what is kept or not; a change of the last weight needs at most the others again.
    try session.set(constant: "w8", to: changed(8))
    let result = try session.run(["x": input])
    #expect(session.statistics.nodes >= 1 && session.statistics.nodes <= Self.depth)
    let output = try #require(result["c8"])
    #expect(try relativeDifference(output, fresh(["w8": changed(8)])) < 1e-6)
  }

  @Test func `takes the constants of an edited graph`() throws {
    let session = Session(graph)
    _ = try session.run(["x": input])
    var edited = graph
    edited.constants["w7"] = changed(7)
    try session.set(constantsOf: edited)
    _ = try session.run(["x": input])
    #expect(session.statistics.nodes == 2)
  }

  @Test func `does not keep values in training`() throws {
    let session = Session(graph, mode: .training)
    _ = try session.run(["x": input])
    _ = try session.run(["x": input])
    #expect(session.statistics.nodes == Self.depth)
  }
}
