import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

@Suite(.serialized)
struct DistillTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    let drawing = SyntheticDataset(
      images: 12,
      seed: 3,
      size: PixelSize(width: 64, height: 64)
    )
    try drawing.write(to: folder.path("drawn"), threads: 2) { _ in }
  }

  /// A recipe over the drawn set; the network is as narrow as it can be.
  private func recipe(_ steps: String, name: String = "recipe.yml") throws -> String {
    try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4, loss: fine_grained}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      seed: 5
      steps:
      \(steps)
      export: {onnx: small.onnx}
      """,
      to: name
    )
  }

  private static let distilled = """
      - prune: {strategy: r578}
      - distill:
          losses: [{strategy: split}, {strategy: mimic, weight: 0.1}]
          iterations: 12
          batch: 2
          threads: 1
          checkpoint_every: 3
          optimiser: adam
    """

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  private func record(_ path: String, step: Int) throws -> [String: Any] {
    let text = try #require(try ONNX.read(path).model.metadata["espalier.step.\(step)"])
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  @Test
  func `a pruned model is distilled by what it was, which the pruning left as it is`() throws {
    let recipe = try recipe(Self.distilled)
    let result = try BuiltProgram.espalier([
      "compress", recipe, "--run", folder.path("run"), "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let report = try #require(try result.object()["steps"] as? [[String: Any]])
    let losses = try #require(report.last?["losses"] as? [[String: Any]])
    #expect(losses.map { $0["strategy"] as? String } == ["split", "mimic"])
    #expect(losses.map { $0["weight"] as? Double } == [1000, 0.1])
    // A recipe that does not prune has the same teacher.
    let whole = try self.recipe(
      "  - distill: {strategy: l2, iterations: 1, batch: 2}",
      name: "whole.yml"
    )
    let other = try BuiltProgram.espalier(["compress", whole, "--run", folder.path("whole")])
    #expect(other.status == 0, "\(other.errors)")
    let pruned = try record(folder.path("run/small.onnx"), step: 1)
    let uncut = try record(folder.path("whole/small.onnx"), step: 0)
    #expect(pruned["step"] as? String == "distill")
    #expect((pruned["teacher"] as? String)?.hasPrefix("sha256:") == true)
    #expect(pruned["teacher"] as? String == uncut["teacher"] as? String)
    // Nothing of the convolutions between the maps is in the model that is written.
    let graph = try ONNX.read(folder.path("run/small.onnx"))
    #expect(!graph.constants.names.contains { $0.contains("->") || $0.contains("adapter") })
    let last = folder.path("run/checkpoints/step-2/step-000000012.safetensors")
    #expect(String(decoding: try bytes(last).prefix(1 << 16), as: UTF8.self).contains("adapters/"))
  }

  @Test
  func `a run that is killed again and again ends with the bits of one that was not`() throws {
    let recipe = try recipe(Self.distilled)
    let (whole, broken) = (folder.path("whole"), folder.path("broken"))
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", whole])
    #expect(result.status == 0, "\(result.errors)")
    let arguments = try KilledRuns.kill(
      "compress",
      recipe,
      run: broken,
      after: 0.05...2,
      seed: 7
    )
    let last = try BuiltProgram.espalier(arguments)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try bytes("\(broken)/small.onnx") == bytes("\(whole)/small.onnx"))
  }

  @Test
  func `one line brings a pruned model near its original on pictures without labels`() throws {
    let original = try SmallDetector.write(into: folder)
    let cut = folder.path("cut.onnx")
    let pruned = try BuiltProgram.espalier([
      "prune", original, "-s", "uniform", "--set", "ratio=0.5", "-o", cut,
    ])
    #expect(pruned.status == 0, "\(pruned.errors)")
    let arguments = [
      "distill", cut, "--teacher", original, "--images", folder.path("drawn/JPEGImages"),
      "--normalize", "unit", "--device", "cpu", "--set", "batch=4", "--set", "learning_rate=0.01",
      "--set", "log_every=1",
    ]
    func loss(_ iterations: Int) throws -> Double {
      let result = try BuiltProgram.espalier(
        arguments + [
          "--iterations", "\(iterations)", "--run", folder.path("run-\(iterations)"),
          "-o", folder.path("near-\(iterations).onnx"), "--json",
        ]
      )
      #expect(result.status == 0, "\(result.errors)")
      let steps = try result.object()["steps"] as? [[String: Any]]
      return try #require(steps?.last?["loss"] as? Double)
    }
    #expect(try loss(120) < loss(1) / 4)
    #expect(
      try bytes(folder.path("near-120.onnx")) == bytes(folder.path("run-120/model.onnx"))
    )
    // The folder's own recipe says the same.
    let again = try BuiltProgram.espalier(["distill", "--resume", folder.path("run-120")])
    #expect(again.status == 0, "\(again.errors)")
    let text = try String(contentsOfFile: folder.path("run-120/recipe.yml"), encoding: .utf8)
    #expect(text.contains("type: \"match_teacher\""))
  }

  @Test(.enabled("there is no C compiler") { CPlugin.hasCompiler })
  func `taps that a loss chose and no network has are the plugin's fault, those of a user are not`()
    throws
  {
    let model = try SmallDetector.write(into: folder)
    let plugin = try CPlugin.build(
      """
      #include "espalier_distill.h"
      #define INTERFACE ESP_DISTILL_V1
      static esp_status taps(void *self, esp_call *call, const esp_tap **out, uint32_t *n) {
        static const esp_tap one = {ESP_TAP_NAMED, 0, {"nosuch", 6}, {"nosuch", 6}};
        *out = &one;
        *n = 1;
        return ESP_OK;
      }
      static esp_status forward(void *self, esp_call *call, const esp_exec *exec, const esp_distill_host *at, const esp_tensor_view *s,
                                const esp_tensor_view *t, uint32_t n, const esp_tensor_view *loss, void **saved) {
        return ESP_E_INTERNAL;
      }
      static esp_status backward(void *self, esp_call *call, const esp_exec *exec, void *saved, const esp_tensor_view *up,
                                 const esp_tensor_view *grads, uint32_t n) {
        return ESP_E_INTERNAL;
      }
      static const esp_distill_v1 loss = {sizeof loss, 0, taps, forward, backward, 0, 0};
      #define VTABLE loss
      """,
      interface: "esp.distill/1",
      into: folder
    )
    func run(_ more: [String]) throws -> (status: Int32, line: String) {
      let result = try BuiltProgram.espalier(
        [
          "distill", model, "--teacher", model, "--images", folder.path("drawn/JPEGImages"),
          "--device", "cpu", "--iterations", "1", "--run", folder.path("run\(more.count)"),
        ] + more
      )
      let line = result.errors.split(separator: "\n").first { $0.contains("error:") }
      return (result.status, String(line ?? ""))
    }
    let own = try run(["-s", "org.example.strategy", "--plugin", plugin])
    #expect(own.status == 4)
    #expect(own.line.contains("plugin \"org.example.plugin\", taps: the student"), "\(own.line)")
    #expect(own.line.contains("'nosuch'"), "\(own.line)")
    let users = try run(["-s", "l2", "--set", "taps=nosuch"])
    #expect(users.status == 3, "\(users.line)")
  }

  @Test(arguments: [
    (["distill", "MODEL"], Int32(2), "--teacher"),
    (["distill", "MODEL", "--teacher", "MODEL"], 2, "--images"),
    (["distill", "MODEL", "--teacher", "MODEL", "--images", "IMAGES", "-s", "split2"], 4, "split"),
    (
      ["distill", "MODEL", "--teacher", "MODEL", "--images", "IMAGES", "-s", "r578"], 4,
      "esp.distill/1"
    ),
    (
      ["distill", "MODEL", "--teacher", "MODEL", "--images", "IMAGES", "--set", "taps=middle"], 3,
      "taps"
    ),
    (
      ["distill", "MODEL", "--teacher", "MODEL", "--images", "IMAGES", "-o", "MODEL"], 2,
      "another file"
    ),
    (["distill", "MODEL", "--teacher", "nowhere.onnx", "--images", "IMAGES"], 3, "nowhere.onnx"),
    (["distill", "MODEL", "--teacher", "MODEL", "--images", "nowhere"], 3, "nowhere"),
  ])
  func `says what is missing`(arguments: [String], code: Int32, message: String) throws {
    let model = try SmallDetector.write(into: folder)
    let images = folder.path("drawn/JPEGImages")
    let result = try BuiltProgram.espalier(
      arguments.map { ["MODEL": model, "IMAGES": images][$0] ?? $0 }
        + (code == 2 ? [] : ["--run", folder.path("run")]),
      in: URL(filePath: folder.path(""))
    )
    #expect(result.status == code, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
