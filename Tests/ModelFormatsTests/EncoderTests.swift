import Graphs
import ModelFormats
import TestSupport
import Testing

struct EncoderTests {
  private func version(_ graph: Graph) throws -> Int {
    try ONNX.graph(from: ONNX.encode(graph)).model.irVersion
  }

  /// Pairs of `onnx.helper.VERSION_TABLE`.
  @Test(arguments: [
    (1, 3), (8, 3), (9, 4), (10, 5), (11, 6), (12, 7), (14, 7), (15, 8), (18, 8), (19, 9), (20, 9),
    (21, 10), (22, 10), (23, 11), (24, 12), (25, 13), (27, 13), (28, 14),
  ])
  func `a version left open is the least that the operators need`(opset: Int, expected: Int) throws
  {
    #expect(try version(Graph(model: ModelInfo(opsets: ["": opset]))) == expected)
  }

  @Test func `a stated version is kept unless the content needs more`() throws {
    var graph = Graph(inputs: [ValueInfo("w")], model: ModelInfo(opsets: ["": 9], irVersion: 3))
    #expect(try version(graph) == 3)
    graph.constants["w"] = Constant([1])
    #expect(try version(graph) == 3)
    graph.constants["v"] = Constant([1])
    #expect(try version(graph) == 4)
    graph.model.functions = [
      Function("f", domain: "d", inputs: [], outputs: [], nodes: [], opsets: [:])
    ]
    #expect(try version(graph) == 8)
    graph.model.irVersion = 10
    #expect(try version(graph) == 10)
  }

  /// By hand: field 1 = 8; graph with name "g" and an int64 vector of one, as raw data; opset 17.
  @Test func `the bytes are the ones that onnx describes`() throws {
    let graph = Graph(
      name: "g",
      constants: ["w": Constant([5])],
      model: ModelInfo(opsets: ["": 17], irVersion: 8)
    )
    let tensor =
      Wire.int(1, 1) + Wire.int(2, 7) + Wire.text(8, "w") + Wire.data(9, [5, 0, 0, 0, 0, 0, 0, 0])
    let expected = Wire.model(Wire.text(2, "g") + Wire.data(5, tensor))
    #expect(try ONNX.encode(graph).elements(as: UInt8.self) == expected)
  }

  @Test(arguments: [1, 4095, 4096, 4097, 100_000])
  func `weights copied and by reference come out alike`(count: Int) throws {
    let weights = [UInt8](repeating: 7, count: count)
    let constant = Constant(type: .uint8, shape: [count], bytes: Bytes(weights))
    let branch = Graph(name: "b", constants: ["inner": constant], model: ModelInfo())
    let graph = Graph(
      nodes: [Node("If", inputs: [], outputs: [], attributes: ["g": .graph(branch)])],
      constants: ["a": constant, "b": Constant([1]), "c": constant],
      model: ModelInfo(opsets: ["": 17], irVersion: 8)
    )
    let bytes = try ONNX.encode(graph)
    #expect(try ONNX.graph(from: bytes) == graph)
    let folder = try ScratchFolder()
    try ONNX.write(graph, to: folder.path("m.onnx"))
    #expect(try ONNX.read(folder.path("m.onnx")) == graph)
  }
}
