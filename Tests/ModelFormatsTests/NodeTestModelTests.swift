import Foundation
import Graphs
import ModelFormats
import Testing

struct NodeTestModelTests {
  @Test(.requiresData)
  func `every model of onnx's node tests reads and writes back as it was`() throws {
    let folder = try ScratchFolder()
    let archive = try #require(TestData.folder) + "/onnx-conformance/onnx_1.11_node_tests.tar.gz"
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-xzf", archive, "-C", folder.path, "--wildcards", "*/model.onnx"]
    try tar.run()
    tar.waitUntilExit()
    let walker = FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []
    let models = walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
    #expect(models.count >= 914)
    var pairs: [String] = []
    for name in models {
      let path = folder.file(name)
      let graph = try ONNX.read(path)
      try graph.verify()
      try ONNX.write(graph, to: path + ".copy")
      #expect(try ONNX.read(path + ".copy") == graph, "\(name)")
      pairs += [path, path + ".copy"]
    }
    guard Python.path != nil else { return }
    let list = folder.file("pairs.txt")
    try pairs.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
    #expect(try Python.run(Comparison.script, ["@", list]) == "\(models.count) equal\n")
  }
}
