import Graphs
import ModelFormats
import Testing

/// Small models cut and changed at random places: each ends in a graph or an error.
struct MutationTests {
  /// A model with every kind of message.
  private static let sample: [UInt8] = {
    let branch = Graph(
      name: "branch",
      nodes: [Node("Relu", inputs: ["x"], outputs: ["z"])],
      outputs: [ValueInfo("z")]
    )
    let body = Node("Elu", inputs: ["a"], outputs: ["b"])
    let graph = Graph(
      name: "graph",
      nodes: [
        Node(
          "Conv",
          name: "conv",
          domain: "local",
          inputs: ["x", "w"],
          outputs: ["y"],
          attributes: [
            "i": .int(300), "f": .float(1), "s": .text("t"), "is": .ints([1, 2]),
            "fs": .floats([1]), "t": .tensor(Constant([1, 2])), "g": .graph(branch),
            "ss": .strings([[1]]), "r": .reference(name: "alpha", kind: 1),
          ]
        )
      ],
      inputs: [ValueInfo("x", .float32, Shape([.known(1), .symbolic("n"), .unknown]))],
      outputs: [ValueInfo("y", .float32, nil)],
      constants: [
        "w": Constant([1, 2, 3, 4], shape: [2, 2]), "s": Constant(strings: [[1]], shape: []),
      ],
      values: ["y": ValueInfo("y", .float16, [2])],
      model: ModelInfo(
        opsets: ["": 17],
        irVersion: 8,
        producer: "p",
        metadata: ["k": "v"],
        functions: [
          Function(
            "f",
            domain: "local",
            inputs: ["a"],
            outputs: ["b"],
            nodes: [body],
            opsets: ["": 17]
          )
        ]
      ),
      unknownFields: Wire.text(10, "documentation")
    )
    return (try? ONNX.encode(graph).elements(as: UInt8.self)) ?? []
  }()

  /// Reads the bytes, and what was read goes through everything that readers do next.
  private func survives(_ bytes: [UInt8]) throws -> Bool {
    let graph: Graph
    do throws(ONNXError) { graph = try Wire.read(bytes) } catch {
      if case .damaged(_, let offset, _) = error {
        #expect((0...bytes.count).contains(offset), "\(error)")
      }
      return false
    }
    _ = try? graph.verify()
    let written = try ONNX.encode(graph)
    #expect(try ONNX.encode(ONNX.graph(from: written)) == written)
    return true
  }

  @Test func `the model cut at any byte is an error or a smaller model`() throws {
    #expect(Self.sample.count > 300)
    for count in 0..<Self.sample.count {
      _ = try survives(Array(Self.sample[..<count]))
    }
    #expect(try survives(Self.sample))
  }

  @Test func `20000 random changes end in a graph or an error`() throws {
    var generator = Generator(state: 20_260_101)
    var graphs = 0
    for _ in 0..<20_000 {
      var bytes = Self.sample
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = .random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: place)
        default: bytes.insert(.random(in: 0...255, using: &generator), at: place)
        }
      }
      if try survives(bytes) { graphs += 1 }
    }
    #expect(graphs > 1000 && graphs < 19_000)
  }

  /// SplitMix64, so that the changes are the same on every machine.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}
