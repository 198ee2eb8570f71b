import Evaluation
import Foundation
import Graphs
import ModelFormats
import Models
import TestSupport
import Testing

/// ONNX Runtime and OpenVINO beside our session, where their libraries are there.
struct InferenceNetworkTests {
  /// Where a runtime lies for tests: as for the program, the tests' own Python included.
  private static func locations(_ kind: InferenceKind) -> InferenceLocations {
    InferenceLocations(
      kind,
      environment: { name in
        name == "ESPALIER_PYTHON" ? Python.interpreter : InferenceLocations.variable(name)
      }
    )
  }

  private static let present = InferenceKind.allCases.filter {
    (try? InferenceLibrary($0, in: locations($0))) != nil
  }

  private static func reason(_ kind: InferenceKind) -> Comment {
    "\(kind.title) is not there: `pip install \(kind.rawValue)`, or let \(kind.variable) name its library"
  }

  /// x 1×2×?×? → Conv 3×3 (2→3) → Relu → `y`, and the mean of y over its last axis → `m`; sizes are open.
  private func model(into folder: ScratchFolder) throws -> Model {
    var graph = Graph(
      name: "open",
      nodes: [
        Node(
          "Conv",
          name: "conv",
          inputs: ["x", "w", "b"],
          outputs: ["c"],
          attributes: ["pads": .ints([1, 1, 1, 1])]
        ),
        Node("Relu", name: "relu", inputs: ["c"], outputs: ["y"]),
        Node(
          "ReduceMean",
          name: "mean",
          inputs: ["y"],
          outputs: ["m"],
          attributes: ["axes": .ints([3])]
        ),
      ],
      inputs: [
        ValueInfo("x", .float32, Shape([.known(1), .known(2), .symbolic("h"), .symbolic("w")]))
      ],
      outputs: [
        ValueInfo("y", .float32, Shape([.known(1), .known(3), .symbolic("h"), .symbolic("w")])),
        ValueInfo("m", .float32, Shape([.known(1), .known(3), .symbolic("h"), .known(1)])),
      ]
    )
    graph.model.opset = 13
    graph.model.irVersion = 7
    graph.constants["w"] = Constant(
      (0..<54).map { Float($0 % 7) / 7 - 0.4 },
      shape: [3, 2, 3, 3]
    )
    graph.constants["b"] = Constant([0.1, -0.2, 0.3], shape: [3])
    let path = folder.path("open.onnx")
    try ONNX.write(graph, to: path)
    return try Model.read(path, inputSize: [1, 2, 12, 20])
  }

  private func network(
    _ model: Model,
    _ inputs: [String: Constant],
    _ kind: InferenceKind
  ) throws -> InferenceNetwork {
    try InferenceNetwork(
      model.name,
      inputs: inputs,
      outputs: model.graph.outputs,
      in: InferenceLibrary(kind, in: Self.locations(kind)),
      settings: .init()
    )
  }

  @Test(arguments: InferenceKind.allCases)
  func `a runtime makes what our session makes, at sizes that the file leaves open`(
    kind: InferenceKind
  ) throws {
    guard Self.present.contains(kind) else { return print("skipped: \(Self.reason(kind))") }
    let folder = try ScratchFolder()
    let model = try model(into: folder)
    let inputs = try ModelInputs(model).drawing(seed: 3, beside: [:])
    let ours = try SessionNetwork(model, inputs: inputs)
    let theirs = try network(model, inputs, kind)
    try ours.run()
    try theirs.run()
    let expected = try ours.outputs()
    #expect(expected["y"]?.shape == [1, 3, 12, 20])
    #expect(expected["m"]?.shape == [1, 3, 12, 1])
    let apart = try #require(OutputDifference.share(try theirs.outputs(), of: expected))
    #expect(apart < 1e-5, "\(apart)")
    // Again with the same arrays: nothing of the first call is left.
    try theirs.run()
    #expect(OutputDifference.share(try theirs.outputs(), of: expected) == apart)
  }

  @Test(arguments: InferenceKind.allCases)
  func `other arrays take the place of the first ones, of the same sizes`(
    kind: InferenceKind
  ) throws {
    guard Self.present.contains(kind) else { return print("skipped: \(Self.reason(kind))") }
    let folder = try ScratchFolder()
    let model = try model(into: folder)
    let needed = ModelInputs(model)
    let (first, second) = (
      try needed.drawing(seed: 3, beside: [:]), try needed.drawing(seed: 4, beside: [:])
    )
    let theirs = try network(model, first, kind)
    try theirs.run()
    try theirs.take(second)
    try theirs.run()
    let ours = try SessionNetwork(model, inputs: second)
    try ours.run()
    let apart = OutputDifference.share(try theirs.outputs(), of: try ours.outputs())
    #expect(try #require(apart) < 1e-5)
    let small = Constant([Float](repeating: 0, count: 2), shape: [1, 2, 1, 1])
    #expect(throws: InferenceError.self) { try theirs.take(["x": small]) }
    #expect(throws: InferenceError.self) { try theirs.take(["z": small]) }
  }

  @Test(arguments: InferenceKind.allCases)
  func `an input that the file does not have is refused in the runtime's words`(
    kind: InferenceKind
  ) throws {
    guard Self.present.contains(kind) else { return print("skipped: \(Self.reason(kind))") }
    let folder = try ScratchFolder()
    let model = try model(into: folder)
    let array = Constant([Float](repeating: 0, count: 480), shape: [1, 2, 12, 20])
    let error = #expect(throws: InferenceError.self) {
      try network(model, ["x": array, "z": array], kind).run()
    }
    guard case .refused(kind, model.name, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("z"), "\(reason)")
  }

  @Test(arguments: InferenceKind.allCases)
  func `a file that is no model is refused with its name`(kind: InferenceKind) throws {
    guard Self.present.contains(kind) else { return print("skipped: \(Self.reason(kind))") }
    let folder = try ScratchFolder()
    let path = try folder.write("no model", to: "broken.onnx")
    let error = #expect(throws: InferenceError.self) {
      try InferenceNetwork(
        path,
        inputs: [:],
        outputs: [],
        in: InferenceLibrary(kind, in: Self.locations(kind)),
        settings: .init()
      )
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("\(kind.title) does not execute \(path)"))
  }

  @Test(arguments: InferenceKind.allCases)
  func `a library that is another one is told from one that is not there`(
    kind: InferenceKind
  ) throws {
    let other = InferenceLocations(kind, named: "libm.so.6")
    let unusable = #expect(throws: InferenceError.self) { try InferenceLibrary(kind, in: other) }
    #expect("\(unusable.map { "\($0)" } ?? "")".contains("libm.so.6 has no function"))
    let absent = #expect(throws: InferenceError.self) {
      try InferenceLibrary(kind, in: InferenceLocations(kind, named: "libnowhere.so"))
    }
    #expect(absent == .notFound(kind, searched: ["libnowhere.so"]))
    let text = "\(absent.map { "\($0)" } ?? "")"
    for cure in ["libnowhere.so", "pip install \(kind.rawValue)", kind.variable] {
      #expect(text.contains(cure), "\(text)")
    }
  }
}
