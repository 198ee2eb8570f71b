import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct ExternalDataTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try Data((0..<64).map { UInt8($0) }).write(to: URL(fileURLWithPath: folder.path("w.data")))
  }

  private func entry(_ key: String, _ value: String) -> [UInt8] {
    Wire.data(13, Wire.text(1, key) + Wire.text(2, value))
  }

  private func model(_ entries: [(String, String)], count: Int = 4) -> Bytes {
    let fields = entries.flatMap { entry($0, $1) }
    return Bytes(Wire.tensor(Wire.int(1, count) + Wire.int(2, 2) + fields + Wire.int(14, 1)))
  }

  private func problem(_ entries: [(String, String)], count: Int = 4) -> ONNXError.ExternalProblem?
  {
    do throws(ONNXError) {
      _ = try ONNX.graph(from: model(entries, count: count), folder: folder.url.path)
      return nil
    } catch {
      #expect("\(error)".contains("'w'"))
      guard case .external(_, "w", _, let problem) = error else { return nil }
      return problem
    }
  }

  @Test func `values come from their place in the file`() throws {
    let entries = [("location", "w.data"), ("offset", "8"), ("length", "4")]
    let graph = try ONNX.graph(from: model(entries), folder: folder.url.path)
    #expect(graph.constants["w"]?.integers == [8, 9, 10, 11])
    let whole = try ONNX.graph(from: model([("location", "./w.data")]), folder: folder.url.path)
    #expect(whole.constants["w"]?.integers == [0, 1, 2, 3])
    #expect(try ONNX.graph(from: ONNX.encode(graph)) == graph)
  }

  @Test(arguments: [
    "", "/etc/hostname", "../w.data", "sub/../../w.data", "..", "w.data\0", "sub/..",
  ])
  func `paths that are not plainly inside the folder are refused`(location: String) {
    #expect(problem([("location", location)]) == .badLocation)
  }

  @Test func `links that leave the folder are refused, others followed`() throws {
    let outside = try ScratchFolder()
    try Data(count: 64).write(to: URL(fileURLWithPath: outside.path("w.data")))
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: folder.path("out"),
      withDestinationPath: outside.path("w.data")
    )
    try files.createSymbolicLink(atPath: folder.path("sub"), withDestinationPath: outside.url.path)
    try files.createSymbolicLink(atPath: folder.path("in"), withDestinationPath: "w.data")
    #expect(problem([("location", "out")]) == .outsideFolder)
    #expect(problem([("location", "sub/w.data")]) == .outsideFolder)
    #expect(problem([("location", "in")]) == nil)
    #expect(problem([("location", "in")], count: 64) == nil)
  }

  @Test func `files that do not hold the values are refused`() throws {
    #expect(problem([("location", "none")]) == .unreadable(code: ENOENT))
    #expect(problem([("location", ".")]) == .outsideFolder)
    try FileManager.default.createDirectory(
      atPath: folder.path("sub"),
      withIntermediateDirectories: false
    )
    #expect(problem([("location", "sub")]) == .unreadable(code: EISDIR))
    let made = unsafe mkfifo(folder.path("pipe"), 0o600)
    #expect(made == 0)
    #expect(problem([("location", "pipe")]) == .unreadable(code: EINVAL))
    #expect(problem([("location", "w.data")], count: 65) == .short(needed: 65, found: 64))
    #expect(
      problem([("location", "w.data"), ("offset", "62")]) == .short(needed: 66, found: 64)
    )
    #expect(
      problem([("location", "w.data"), ("offset", "\(Int.max)")])
        == .short(needed: Int.max, found: 64)
    )
    #expect(
      problem([("location", "w.data"), ("length", "5")]) == .wrongLength(expected: 4, found: 5)
    )
    for text in ["-1", "x", "", "99999999999999999999"] {
      #expect(
        problem([("location", "w.data"), ("offset", text)]) == .badNumber(key: "offset", text)
      )
    }
    #expect(throws: ONNXError.external(path: nil, tensor: "w", location: "w.data", .noFolder)) {
      try ONNX.graph(from: model([("location", "w.data")]))
    }
    let strings = Bytes(Wire.tensor(Wire.int(1, 1) + Wire.int(2, 8) + Wire.int(14, 1)))
    #expect(throws: ONNXError.external(path: nil, tensor: "w", location: "", .strings)) {
      try ONNX.graph(from: strings, folder: folder.url.path)
    }
  }

  private static let sample = Graph(
    name: "sample",
    nodes: [Node("Add", inputs: ["x", "large"], outputs: ["y"])],
    inputs: [ValueInfo("x", .float32, [512])],
    outputs: [ValueInfo("y", .float32, [512])],
    constants: [
      "large": Constant((0..<512).map(Float.init), shape: [512]),
      "small": Constant([1, 2]),
      "huge": Constant([Float](repeating: 1.5, count: 1 << 15), shape: [1 << 15]),
    ],
    model: ModelInfo(opsets: ["": 17], irVersion: 8)
  )

  @Test func `weights beside the model read back equal`() throws {
    let path = folder.path("m.onnx")
    try ONNX.write(Self.sample, to: path, weights: .beside)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    #expect(try #require(size) < 1000)
    let graph = try ONNX.read(path)
    #expect(graph == Self.sample)
    // Written over the file that its own weights are mapped from.
    try ONNX.write(graph, to: path, weights: .beside)
    #expect(try ONNX.read(path) == Self.sample)
    #expect(graph == Self.sample)
  }

  private func dataFiles(_ folder: ScratchFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter {
      $0.hasPrefix("m.onnx.")
    }
  }

  /// The sample with other weights of the same size.
  private static var other: Graph {
    var graph = sample
    graph.constants["huge"] = Constant([Float](repeating: 2.5, count: 1 << 15), shape: [1 << 15])
    return graph
  }

  @Test func `between the two renames the old model still has its own data`() throws {
    let path = folder.path("m.onnx")
    try ONNX.write(Self.sample, to: path, weights: .beside)
    let elsewhere = try ScratchFolder()
    try ONNX.write(Self.other, to: elsewhere.path("m.onnx"), weights: .beside)
    let (old, new) = (try dataFiles(folder), try dataFiles(elsewhere))
    #expect(old.count == 1 && new.count == 1 && old != new)
    // What a crash leaves: the new data are there, the new model is not.
    for name in new {
      _ = try? FileManager.default.removeItem(atPath: folder.path(name))
      try FileManager.default.copyItem(atPath: elsewhere.path(name), toPath: folder.path(name))
    }
    #expect(try ONNX.read(path) == Self.sample)
    // The next writer ends with one model and its data.
    try ONNX.write(Self.other, to: path, weights: .beside)
    #expect(try ONNX.read(path) == Self.other)
    #expect(try dataFiles(folder) == new)
  }

  @Test func `data go with the model that they were of, and nothing else goes`() throws {
    let path = folder.path("m.onnx")
    let foreign = "m.onnx.0123456789abcdef0123456789abcdef.data"
    for name in [foreign, "m.onnx.data"] {
      try Data([1]).write(to: URL(fileURLWithPath: folder.path(name)))
    }
    try ONNX.write(Self.other, to: path, weights: .beside)
    try ONNX.write(Self.sample, to: path, weights: .beside)
    try ONNX.write(Self.sample, to: path, weights: .beside)
    #expect(try dataFiles(folder).count == 3)
    try ONNX.write(Self.sample, to: path)
    #expect(try Set(dataFiles(folder)) == [foreign, "m.onnx.data"])
    #expect(try ONNX.read(path) == Self.sample)
  }

  /// Writes two models in turn over each other until the process is killed.
  private static func writeUntilKilled(after microseconds: UInt32, to path: String) throws {
    let thread = Thread {
      usleep(microseconds)
      kill(getpid(), SIGKILL)
    }
    thread.start()
    while true {
      try ONNX.write(other, to: path, weights: .beside)
      try ONNX.write(sample, to: path, weights: .beside)
    }
  }

  @Test func `a process that is killed leaves a model with its own data`() async throws {
    let path = folder.path("m.onnx")
    try ONNX.write(Self.sample, to: path, weights: .beside)
    for step: UInt32 in 0..<12 {
      await #expect(processExitsWith: .signal(9)) {
        [path = path as String, step = step as UInt32] in
        try Self.writeUntilKilled(after: 5000 + step * 1713, to: path)
      }
      let graph = try ONNX.read(path)
      #expect(graph == Self.sample || graph == Self.other)
    }
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `onnx reads weights beside the model, and we read its own`() throws {
    let path = folder.path("m.onnx")
    try ONNX.write(Self.sample, to: path, weights: .beside)
    let report = try Python.run(
      """
      import sys, onnx, numpy
      path = sys.argv[1]
      onnx.checker.check_model(path, full_check=True)
      model = onnx.load(path)
      large = onnx.numpy_helper.to_array(model.graph.initializer[0])
      assert (large == numpy.arange(512)).all() and model.graph.initializer[0].name == "large"
      onnx.save(model, path + ".other.onnx", save_as_external_data=True, location="o.data",
                size_threshold=16, convert_attribute=True)
      print(len(model.graph.initializer))
      """,
      [path]
    )
    #expect(report == "3\n")
    #expect(try ONNX.read(path + ".other.onnx").constants == Self.sample.constants)
  }
}
