import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct NodeTestModelTests {
  @Test(.enabled(if: TestData.isPresent, "\(TestData.reason)"))
  func `every model of onnx's node tests reads and writes back as it was`() throws {
    let folder = try ScratchFolder()
    let archive = try #require(
      TestData.path("onnx-conformance/onnx_1.11_node_tests.tar.gz")
    )
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-xzf", archive, "-C", folder.url.path, "--wildcards", "*/model.onnx"]
    try tar.run()
    tar.waitUntilExit()
    let walker = FileManager.default.enumerator(atPath: folder.url.path)?.allObjects ?? []
    let models = walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
    #expect(models.count >= 914)
    var pairs: [String] = []
    for name in models {
      let path = folder.path(name)
      let graph = try ONNX.read(path)
      try graph.verify()
      try ONNX.write(graph, to: path + ".copy")
      #expect(try ONNX.read(path + ".copy") == graph, "\(name)")
      pairs += [path, path + ".copy"]
    }
    guard Python.isPresent else { return }
    let list = folder.path("pairs.txt")
    try pairs.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
    #expect(try Python.run(Comparison.script, ["@", list]) == "\(models.count) equal\n")
  }
}
