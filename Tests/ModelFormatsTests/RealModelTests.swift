import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct RealModelTests {
  static let models = onnxFiles(below: "models") + onnxFiles(below: "onnx-conformance/light")

  /// The ONNX files below a folder of the data, in order.
  private static func onnxFiles(below folder: String) -> [String] {
    guard let root = TestData.path(folder) else { return [] }
    let names = FileManager.default.enumerator(atPath: root)?.allObjects ?? []
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
      .map { "\(root)/\($0)" }
  }

  @Test(.enabled(if: TestData.isPresent, "\(TestData.reason)"), arguments: models)
  func `reads, verifies, writes and reads back equal`(path: String) throws {
    let folder = try ScratchFolder()
    let graph = try ONNX.read(path)
    try graph.verify()
    try ONNX.write(graph, to: folder.path("copy.onnx"))
    #expect(try ONNX.read(folder.path("copy.onnx")) == graph)
  }

  @Test(
    .enabled(if: TestData.isPresent, "\(TestData.reason)"),
    .enabled(if: Python.isPresent, "\(Python.reason)")
  )
  func `writes what onnx takes for the same models`() throws {
    let folder = try ScratchFolder()
    var pairs: [String] = []
    for (index, path) in Self.models.enumerated() {
      let copy = folder.path("\(index).onnx")
      try ONNX.write(try ONNX.read(path), to: copy)
      pairs += [path, copy]
    }
    let report = try Python.run(Comparison.script, pairs)
    #expect(report == "\(Self.models.count) equal\n")
  }
}
