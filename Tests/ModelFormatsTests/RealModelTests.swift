import Graphs
import ModelFormats
import Testing

struct RealModelTests {
  static let models = TestData.models("models") + TestData.models("onnx-conformance/light")

  @Test(.requiresData, arguments: models)
  func `reads, verifies, writes and reads back equal`(path: String) throws {
    let folder = try ScratchFolder()
    let graph = try ONNX.read(path)
    try graph.verify()
    try ONNX.write(graph, to: folder.file("copy.onnx"))
    #expect(try ONNX.read(folder.file("copy.onnx")) == graph)
  }

  @Test(.requiresData, .requiresPython)
  func `writes what onnx takes for the same models`() throws {
    let folder = try ScratchFolder()
    var pairs: [String] = []
    for (index, path) in Self.models.enumerated() {
      let copy = folder.file("\(index).onnx")
      try ONNX.write(try ONNX.read(path), to: copy)
      pairs += [path, copy]
    }
    let report = try Python.run(Comparison.script, pairs)
    #expect(report == "\(Self.models.count) equal\n")
  }
}
