import Foundation
import Graphs
import ModelFormats
import Testing

struct ExternalDataTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try Data((0..<64).map { UInt8($0) }).write(to: URL(fileURLWithPath: folder.file("w.data")))
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
      _ = try ONNX.graph(from: model(entries, count: count), folder: folder.path)
      return nil
    } catch {
      #expect("\(error)".contains("'w'"))
      guard case .external(_, "w", _, let problem) = error else { return nil }
      return problem
    }
  }

  @Test func `values come from their place in the file`() throws {
    let entries = [("location", "w.data"), ("offset", "8"), ("length", "4")]
    let graph = try ONNX.graph(from: model(entries), folder: folder.path)
    #expect(graph.constants["w"]?.integers == [8, 9, 10, 11])
    let whole = try ONNX.graph(from: model([("location", "./w.data")]), folder: folder.path)
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
    try Data(count: 64).write(to: URL(fileURLWithPath: outside.file("w.data")))
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: folder.file("out"),
      withDestinationPath: outside.file("w.data")
    )
    try files.createSymbolicLink(atPath: folder.file("sub"), withDestinationPath: outside.path)
    try files.createSymbolicLink(atPath: folder.file("in"), withDestinationPath: "w.data")
    #expect(problem([("location", "out")]) == .outsideFolder)
    #expect(problem([("location", "sub/w.data")]) == .outsideFolder)
    #expect(problem([("location", "in")]) == nil)
    #expect(problem([("location", "in")], count: 64) == nil)
  }

  @Test func `files that do not hold the values are refused`() throws {
    #expect(problem([("location", "none")]) == .unreadable(code: ENOENT))
    #expect(problem([("location", ".")]) == .outsideFolder)
    try FileManager.default.createDirectory(
      atPath: folder.file("sub"),
      withIntermediateDirectories: false
    )
    #expect(problem([("location", "sub")]) == .unreadable(code: EISDIR))
    let made = unsafe mkfifo(folder.file("pipe"), 0o600)
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
      try ONNX.graph(from: strings, folder: folder.path)
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
    let path = folder.file("m.onnx")
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

  @Test(.requiresPython)
  func `onnx reads weights beside the model, and we read its own`() throws {
    let path = folder.file("m.onnx")
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
