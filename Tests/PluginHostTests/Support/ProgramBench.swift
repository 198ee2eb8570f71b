import Foundation
import Graphs
import ModelFormats
import TestSupport

/// The built program, run with a plugin of a workshop on a small model.
struct ProgramBench {
  let workshop: Workshop
  let model: String
  let output: String

  init() throws {
    workshop = try Workshop()
    model = workshop.path + "/model.onnx"
    output = workshop.path + "/small.onnx"
    var graph = Graph(
      name: "small",
      nodes: [
        Node("Conv", name: "first", inputs: ["image", "w1"], outputs: ["c1"]),
        Node("Relu", name: "relu", inputs: ["c1"], outputs: ["r1"]),
        Node("Conv", name: "second", inputs: ["r1", "w2"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("image", .float32, [1, 3, 8, 8])],
      outputs: [ValueInfo("y", .float32, [1, 6, 8, 8])]
    )
    graph.model.opset = 13
    graph.model.irVersion = 7
    graph.constants["w1"] = Constant((0..<12).map { Float($0 + 1) }, shape: [4, 3, 1, 1])
    graph.constants["w2"] = Constant((0..<24).map { Float($0) }, shape: [6, 4, 1, 1])
    try ONNX.write(graph, to: model)
  }

  var environment: [String: String] {
    [
      "XDG_STATE_HOME": workshop.path + "/state", "XDG_CACHE_HOME": workshop.path + "/cache",
      "SWIFT_BACKTRACE": "",
    ]
  }

  var arguments: [String] {
    [
      "prune", model, "--strategy", "org.example.strategy", "-o", output, "--json",
      "--plugin", workshop.plugins + "/org.example.plugin.manifest.json",
    ]
  }

  /// Builds the fixture with one thing changed, and prunes with it.
  func run(_ source: String, _ options: [String] = [], cxx: Bool = false) throws -> Subprocess {
    try workshop.plugin(source, cxx: cxx, flags: ["-pthread"])
    return try again(options)
  }

  /// Prunes with the plugin as it is.
  func again(_ options: [String] = []) throws -> Subprocess {
    try BuiltProgram.espalier(arguments + options, environment: environment)
  }

  var hasOutput: Bool { FileManager.default.fileExists(atPath: output) }
}

extension Subprocess {
  /// The first line of what it wrote to its error stream.
  var firstError: String { errors.split(separator: "\n").first.map(String.init) ?? "" }

  /// The one JSON object that it printed.
  func object() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
  }
}
