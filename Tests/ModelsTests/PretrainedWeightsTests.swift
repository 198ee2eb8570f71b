import Foundation
import Graphs
import ModelFormats
import Models
import TestSupport
import Testing

struct PretrainedWeightsTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private static func graph(_ constants: [(String, Constant)]) -> Graph {
    var graph = Graph(name: "g")
    for (name, value) in constants { graph.constants[name] = value }
    return graph
  }

  private static let model = graph([
    ("body.weight", Constant([0, 0, 0, 0], shape: [2, 2])),
    ("head.weight", Constant([5, 5, 5], shape: [3])),
    ("scale", Constant([2], shape: [])),
    ("shape", Constant([1, 2])),
  ])

  private func file(_ header: String, _ bytes: [UInt8]) throws -> String {
    var data = Data()
    data.append(
      contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    )
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: bytes)
    try data.write(to: folder.url.appendingPathComponent("w.safetensors"))
    return folder.path("w.safetensors")
  }

  @Test func `names decide what is filled, and the rest is told`() throws {
    // 1, 2, 3, 4 as half floats.
    let path = try file(
      #"{"body.weight":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"other":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}"#,
      [0, 0x3C, 0, 0x40, 0, 0x42, 0, 0x44, 7]
    )
    var graph = Self.model
    let report = try PretrainedWeights(filling: &graph, from: path)
    #expect(graph.constants["body.weight"] == Constant([1, 2, 3, 4], shape: [2, 2]))
    #expect(graph.constants["head.weight"] == Self.model.constants["head.weight"])
    #expect(report.used == ["body.weight"])
    #expect(report.unused == ["other"])
    #expect(report.missing == ["head.weight"])
    #expect(report.format == .safetensors)
  }

  @Test func `a tensor of another shape is an error with both, unless it is left out`() throws {
    let path = try file(
      #"{"body.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"head.weight":{"dtype":"U8","shape":[2],"data_offsets":[16,18]}}"#,
      [UInt8](repeating: 0, count: 18)
    )
    var graph = Self.model
    let error = #expect(throws: PretrainedWeightsError.self) {
      try PretrainedWeights(filling: &graph, from: path)
    }
    #expect(error == .shape(tensor: "head.weight", path: path, file: [2], model: [3]))
    #expect(graph == Self.model)
    let report = try PretrainedWeights(filling: &graph, from: path, leavingOut: ["head."])
    #expect(report.left == ["head.weight"])
    #expect(report.missing.isEmpty)
  }

  @Test func `another model's names are an error that shows some of both`() throws {
    let path = try file(#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [0])
    var graph = Self.model
    let error = #expect(throws: PretrainedWeightsError.self) {
      try PretrainedWeights(filling: &graph, from: path)
    }
    #expect(error == .nothingFits(path: path, file: ["x"], model: ["body.weight", "head.weight"]))
  }

  @Test func `an ONNX file's constants fill the graph that they came from`() throws {
    let path = folder.path("m.onnx")
    try ONNX.write(Self.model, to: path)
    var empty = Self.model
    empty.constants["body.weight"] = Constant([9, 9, 9, 9], shape: [2, 2])
    _ = try PretrainedWeights(filling: &empty, from: path)
    #expect(empty.constants["body.weight"] == Self.model.constants["body.weight"])
  }
}
