import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

@Suite(.serialized)
struct GateTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func recipe(_ gate: String, data: String = "", more: String = "") throws -> String {
    _ = try SmallDetector.write(into: folder)
    return try folder.write(
      """
      model: small.onnx
      device: cpu
      \(data)
      steps:
        - prune: {strategy: uniform, ratio: 0.5, gate: \(gate)}
      \(more)
      """,
      to: "r.yml"
    )
  }

  private func run(_ recipe: String) throws -> Subprocess {
    try BuiltProgram.espalier(["compress", recipe, "--run", folder.path("run"), "--json"])
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path("run/\(name)"))
  }

  @Test func `a gate that holds is told with its figure, and the run ends as usual`() throws {
    let result = try run(recipe("{max_megabytes: 0.1}"))
    #expect(result.status == 0, "\(result.errors)")
    let report = try result.object()
    let gates = try #require(report["gates"] as? [[[String: Any]]])
    let size = try Data(contentsOf: URL(filePath: folder.path("run/model.onnx"))).count
    #expect(gates[0][0]["holds"] as? Bool == true)
    #expect(gates[0][0]["value"] as? Double == Double(size) / 1_000_000)
    #expect(report["missed"] as? Bool == false)
  }

  @Test func `a missed gate ends the run with exit code 1, the model under another name`() throws {
    let path = try recipe(
      "{max_megabytes: 0.0001}",
      more: "  - prune: {strategy: uniform, ratio: 0.5}"
    )
    let result = try run(path)
    #expect(result.status == 1)
    #expect(result.errors.contains("step 1 of 2 missed its gate: max_megabytes"))
    #expect(result.errors.contains("model.missed.onnx"))
    #expect(exists("model.missed.onnx") && !exists("model.onnx") && exists("report.json"))
    let report = try result.object()
    #expect((report["steps"] as? [Any])?.count == 1)
    #expect(report["missed"] as? Bool == true)
    // A later run that keeps its gate leaves no such file behind.
    #expect(try run(recipe("{max_megabytes: 1}")).status == 0)
    #expect(!exists("model.missed.onnx") && exists("model.onnx"))
  }

  @Test func `a drop is that of the metric against the first model, with an interval`() throws {
    let drawing = SyntheticDataset(images: 6, seed: 3, size: PixelSize(width: 8, height: 8))
    try drawing.write(to: folder.path("drawn"), threads: 2) { _ in }
    let data = """
      task: {type: match_teacher}
      data: {format: images, root: drawn, train: JPEGImages, val: JPEGImages}
      """
    let kept = try run(recipe("{max_drop: 100%, draws: 50}", data: data))
    #expect(kept.status == 0, "\(kept.errors)")
    let gates = try #require(try kept.object()["gates"] as? [[[String: Any]]])
    let drop = try #require(gates[0][0]["value"] as? Double)
    let interval = try #require(gates[0][0]["interval"] as? [Double])
    #expect(drop > 0.001 && drop < 1)
    #expect(interval[0] <= drop && drop <= interval[1] && interval[0] < interval[1])
    let missed = try run(recipe("{max_drop: \(drop / 2)}", data: data))
    #expect(missed.status == 1)
    let close = try run(
      recipe("{max_drop: \(drop * 1.0001), min_metric: \(0.9999 - drop)}", data: data)
    )
    #expect(close.status == 0, "\(close.errors)")
  }

  @Test func `the model is timed beside the first one in the runtime that is named`() throws {
    let result = try run(recipe("{min_speedup: 1000x, max_latency: 10000 ms, on: espalier}"))
    #expect(result.status == 1)
    let gates = try #require(try result.object()["gates"] as? [[[String: Any]]])
    #expect(gates[0].map { $0["name"] as? String } == ["min_speedup", "max_latency"])
    #expect(gates[0].map { $0["holds"] as? Bool } == [false, true])
    let speedup = try #require(gates[0][0]["value"] as? Double)
    #expect(speedup > 0 && speedup < 1000)
  }

  @Test(arguments: [
    ("{}", "'gate' needs the key 'max_drop'"), ("{max_drop: 2}", "'max_drop' is '2'"),
    ("{max_drop: 0.1}", "'gate's metric is taken"),
    ("{min_speedup: fast}", "'min_speedup' is 'fast'"),
    ("{min_speedup: 2, on: tensorrt}", "'on' is 'tensorrt'"),
    ("{max_dorp: 0.1}", "did you mean 'max_drop'"),
    ("3", "'gate' must be a mapping"),
  ])
  func `a gate that cannot be kept is refused before anything runs`(
    gate: String,
    message: String
  ) throws {
    let result = try run(recipe(gate))
    #expect(result.status == 3)
    #expect(
      result.errors.contains(
        message == "'gate's metric is taken" ? "the gate's metric is taken" : message
      ),
      "\(result.errors)"
    )
    #expect(!exists("model.onnx"))
  }
}
