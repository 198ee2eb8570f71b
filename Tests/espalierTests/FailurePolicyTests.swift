import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// `on_failure`: what becomes of a recipe whose strategy fails.
@Suite(.serialized, .enabled("there is no C compiler at /usr/bin/cc") { CPlugin.hasCompiler })
struct FailurePolicyTests {
  private let folder: ScratchFolder
  private let flag: String

  /// A pruner that fails while a file is there, and cuts half of the first group else.
  init() throws {
    folder = try ScratchFolder()
    flag = folder.path("fails")
    try Data().write(to: URL(filePath: flag))
    try CPlugin.build(
      """
      #include <string.h>
      static const esp_host *kept;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        if (access("\(flag)", F_OK) == 0) return kept->fail(kept, c, ESP_E_INTERNAL, (esp_str){"out of ideas", 12});
        return p->set_ratio(c, 0, 0.5);
      }
      #define PLAN plan_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """,
      into: folder
    )
  }

  private func recipe(_ policy: String, more: String = "") throws -> String {
    _ = try SmallDetector.write(into: folder)
    return try folder.write(
      """
      model: small.onnx
      plugins: [plugin]
      steps:
        - prune: {strategy: org.example.strategy\(policy)}
      \(more)
      """,
      to: "recipe.yml"
    )
  }

  private func compress(_ recipe: String, _ run: String) throws -> Subprocess {
    try BuiltProgram.espalier(["compress", recipe, "--run", folder.path(run), "--json"])
  }

  private func steps(_ model: String) throws -> [[String: Any]] {
    let notes = try ONNX.read(model).model.metadata.filter { $0.name.hasPrefix("espalier.step.") }
    return try notes.sorted { $0.name < $1.name }.map { note in
      let object = try JSONSerialization.jsonObject(with: Data(note.value.utf8))
      return try #require(object as? [String: Any])
    }
  }

  @Test(arguments: ["", ", on_failure: stop"])
  func `the run ends with the plugin's failure where nothing else is said`(policy: String) throws {
    let result = try compress(try recipe(policy), "run")
    #expect(result.status == 4)
    #expect(result.errors.contains("out of ideas"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/model.onnx")))
  }

  @Test func `a skipped step leaves the model as it was, and the report says why`() throws {
    let result = try compress(try recipe(", on_failure: skip"), "run")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("out of ideas") && result.errors.contains("the step is skipped"))
    let written = try ONNX.read(folder.path("run/model.onnx"))
    #expect(written.constants["w1"]?.shape == [4, 3, 3, 3])
    let step = try #require((try result.object()["steps"] as? [[String: Any]])?.first)
    #expect(step["skipped"] as? Bool == true)
    let failure = try #require(step["failure"] as? [String: Any])
    #expect(failure["strategy"] as? String == "org.example.strategy")
    #expect((failure["reason"] as? String)?.contains("out of ideas") == true)
    #expect(try steps(folder.path("run/model.onnx")).isEmpty)
  }

  @Test(arguments: [
    ("fallback: uniform", 3), ("fallback: {strategy: uniform, ratio: 0.5}", 2),
  ])
  func `a fallback does the step, and model and report say so`(policy: String, kept: Int) throws {
    let result = try compress(try recipe(", on_failure: {\(policy)}"), "run")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("uniform does the step"))
    let model = folder.path("run/model.onnx")
    #expect(try ONNX.read(model).constants["w1"]?.shape[0] == kept)
    let step = try #require((try result.object()["steps"] as? [[String: Any]])?.first)
    #expect((step["provenance"] as? [String: Any])?["strategy"] as? String == "uniform")
    #expect((step["failure"] as? [String: Any])?["strategy"] as? String == "org.example.strategy")
    let notes = try steps(model)
    #expect(notes.map { $0["step"] as? String } == ["prune", "on_failure"])
    #expect(notes[1]["fallback"] as? String == "uniform")
    #expect(notes[1]["strategy"] as? String == "org.example.strategy")
  }

  @Test func `a strategy that does not fail is left alone`() throws {
    try FileManager.default.removeItem(atPath: flag)
    let result = try compress(try recipe(", on_failure: skip"), "run")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try ONNX.read(folder.path("run/model.onnx")).constants["w1"]?.shape[0] == 2)
    let step = try #require((try result.object()["steps"] as? [[String: Any]])?.first)
    #expect(step["failure"] == nil)
  }

  @Test(arguments: [
    (", on_failure: perhaps", "stop, skip or 'fallback: STRATEGY'"),
    (", on_failure: {fallback: unifrom}", "did you mean \"uniform\"?"),
    (", on_failure: {fallback: {strategy: uniform, ration: 0.5}}", "did you mean \"ratio\"?"),
    (", on_failure: {fall: uniform}", "'on_failure'"), (", rato: 1, on_failure: skip", "\"rato\""),
  ])
  func `a recipe that is wrong is no failure of a plugin`(policy: String, says: String) throws {
    let recipe = try recipe(policy)
    for more in [["--dry-run"], []] {
      let result = try BuiltProgram.espalier(
        ["compress", recipe, "--run", folder.path("run")] + more
      )
      #expect(result.status != 0)
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("run/model.onnx")))
    }
  }

  @Test func `a resumed run keeps to what it did, though the strategy would not fail again`()
    throws
  {
    try SyntheticDataset(images: 8, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
    let recipe = try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      plugins: [plugin]
      steps:
        - prune: {strategy: org.example.strategy, on_failure: {fallback: {strategy: uniform, ratio: 0.25}}}
        - train: {iterations: 4, batch: 2, threads: 1, checkpoint_every: 2, augment: light}
      """,
      to: "recipe.yml"
    )
    let first = try compress(recipe, "run")
    #expect(first.status == 0, "\(first.errors)")
    let model = folder.path("run/model.onnx")
    let whole = try Data(contentsOf: URL(filePath: model))
    try FileManager.default.removeItem(atPath: model)
    try FileManager.default.removeItem(atPath: flag)
    let resumed = try BuiltProgram.espalier(["compress", "--resume", folder.path("run")])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Data(contentsOf: URL(filePath: model)) == whole)
    // In a new run it does its own work.
    let other = try compress(recipe, "other")
    #expect(other.status == 0, "\(other.errors)")
    #expect(try Data(contentsOf: URL(filePath: folder.path("other/model.onnx"))) != whole)
  }
}
