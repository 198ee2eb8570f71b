import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

@Suite(.enabled(if: TestData.isPresent, "\(TestData.reason)"))
struct NodeTestModelTests {
  private let folder: ScratchFolder
  /// The paths of onnx's node tests' models, unpacked.
  private let models: [String]

  init() throws {
    folder = try ScratchFolder()
    let archive = try #require(
      TestData.path("onnx-conformance/onnx_1.11_node_tests.tar.gz")
    )
    let unpacked = try Subprocess.run(
      "/usr/bin/env",
      ["tar", "-xzf", archive, "-C", folder.url.path, "--wildcards", "*/model.onnx"]
    )
    try #require(unpacked.status == 0, "\(unpacked.errors)")
    let walker = FileManager.default.enumerator(atPath: folder.url.path)?.allObjects ?? []
    models = walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
      .map(folder.path)
    try #require(models.count >= 914)
  }

  @Test func `every model reads and writes back as it was`() throws {
    for path in models {
      let graph = try ONNX.read(path)
      try graph.verify()
      try ONNX.write(graph, to: path + ".copy")
      #expect(try ONNX.read(path + ".copy") == graph, "\(path)")
    }
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `onnx itself sees no difference in what is written back`() throws {
    var pairs: [String] = []
    for path in models {
      try ONNX.write(try ONNX.read(path), to: path + ".copy")
      pairs += [path, path + ".copy"]
    }
    let list = try folder.write(pairs.joined(separator: "\n"), to: "pairs.txt")
    #expect(try Python.run(Comparison.script, ["@", list]) == "\(models.count) equal\n")
  }
}
