import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct MappedFileTests {
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// A model with `count` weights of 4 MB each.
  private func model(_ count: Int) -> Graph {
    let weight = Constant([Float](repeating: 1, count: 1 << 20), shape: [1 << 20])
    var graph = Graph(model: ModelInfo(opsets: ["": 17], irVersion: 8))
    for index in 0..<count { graph.constants["w\(index)"] = weight }
    return graph
  }

  /// Kilobytes of the mapping of a file that are in this process's memory.
  private func resident(_ path: String) throws -> Int {
    let maps = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let text = String(decoding: maps.readDataToEndOfFile(), as: UTF8.self)
    var isOurs = false
    var total = 0
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 4, words[1].count == 4 { isOurs = line.hasSuffix(path) }
      if isOurs, line.hasPrefix("Rss:") {
        total += Int(words[1]) ?? 0
      }
    }
    return total
  }

  @Test func `opening a model touches what is no weight, and a weight when it is used`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("large.onnx")
    try ONNX.write(model(64), to: path)
    let graph = try ONNX.read(path)
    #expect(graph.constants.count == 64)
    let opened = try resident(path)
    // 256 MB on disk: the system maps at most 16 pages around each place that is read.
    #expect(opened > 0 && opened <= 65 * 16 * Self.page / 1024)
    let sum = graph.constants["w7"]?.floats?.reduce(0, +)
    #expect(sum == Float(1 << 20))
    let used = try withExtendedLifetime(graph) { try resident(path) }
    #expect(used >= opened + 3500 && used < opened + 6000)
  }

  @Test func `a mapping outlives the replacement of its file`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("m.onnx")
    try ONNX.write(model(1), to: path)
    let first = try ONNX.read(path)
    var second = first
    second.constants["w0"] = Constant([2], shape: [1])
    try ONNX.write(second, to: path)
    #expect(first.constants["w0"]?.floats?.allSatisfy { $0 == 1 } == true)
    #expect(try ONNX.read(path) == second)
    try FileManager.default.removeItem(atPath: path)
    #expect(first.constants["w0"]?.floats?.count == 1 << 20)
  }

  @Test func `a write that fails leaves what was there, and no trace`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("m.onnx")
    var graph = Graph(constants: ["w": Constant([1])])
    try ONNX.write(graph, to: path)
    graph.constants["w"]?.shape = [2]
    #expect(
      throws: ONNXError.unwritable(
        .wrongSize(tensor: "w", type: .int64, shape: [2], expected: 16, found: 8)
      )
    ) { try ONNX.write(graph, to: path) }
    graph.constants["w"]?.shape = [1]
    #expect(throws: ONNXError.file(path: folder.path("no/m.onnx"), .create, code: ENOENT)) {
      try ONNX.write(graph, to: folder.path("no/m.onnx"))
    }
    try FileManager.default.createDirectory(
      atPath: folder.path("taken/inside"),
      withIntermediateDirectories: true
    )
    #expect(throws: ONNXError.file(path: folder.path("taken"), .rename, code: EISDIR)) {
      try ONNX.write(graph, to: folder.path("taken"))
    }
    #expect(try ONNX.read(path).constants["w"] == Constant([1]))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names.sorted() == ["m.onnx", "taken"])
  }
}
