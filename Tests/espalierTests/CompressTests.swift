import Foundation
import TestSupport
import Testing

struct CompressTests {
  @Test
  func `carries out a recipe into a folder, and again over it`() throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let text = """
      model: small.onnx
      steps:
        - prune: {strategy: uniform, ratio: 0.25}
        - prune: {pruned_params: [w1], pruned_ratios: [0.34]}
      export: {onnx: tiny.onnx}
      """
    let recipe = try folder.write(text, to: "recipe.yml")
    let run = folder.path("run")
    var models: [Data] = []
    for _ in 0..<2 {
      let result = try BuiltProgram.espalier(["compress", recipe, "--run", run, "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let report = try result.object()
      let steps = try #require(report["steps"] as? [[String: Any]])
      let kept = steps.map { step in
        ((step["cuts"] as? [[String: Any]])?.first?["kept"] as? [Int])?.count
      }
      // 4 · 0.25 = 1 goes, then 3 · 0.34 rounds to 1.
      #expect(kept == [3, 2])
      #expect(try Data(contentsOf: URL(filePath: "\(run)/report.json")) == result.output)
      #expect(try String(contentsOfFile: "\(run)/recipe.yml", encoding: .utf8) == text)
      models.append(try Data(contentsOf: URL(filePath: "\(run)/tiny.onnx")))
    }
    #expect(models[0] == models[1])
    let names = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
    #expect(names == ["recipe.yml", "report.json", "tiny.onnx"])
  }

  @Test func `--set stands in place of the recipe's values, and the run folder keeps them`() throws
  {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - prune: {strategy: uniform, ratio: 0.25}  # little\n",
      to: "recipe.yml"
    )
    func compress(_ recipe: String, _ run: String, _ settings: String...) throws -> Subprocess {
      let set = settings.flatMap { ["--set", $0] }
      return try BuiltProgram.espalier(["compress", recipe, "--run", folder.path(run)] + set)
    }
    let halved = try compress(recipe, "a", "steps.0.prune.ratio=0.5", "export.onnx=tiny.onnx")
    #expect(halved.status == 0, "\(halved.errors)")
    // The copy alone makes the same bytes, beside the model that it names.
    let copy = try folder.write(
      String(contentsOfFile: folder.path("a/recipe.yml"), encoding: .utf8),
      to: "copy.yml"
    )
    let again = try compress(copy, "b")
    #expect(again.status == 0, "\(again.errors)")
    let bytes = try ["a", "b"].map {
      try Data(contentsOf: folder.url.appending(path: "\($0)/tiny.onnx"))
    }
    #expect(bytes[0] == bytes[1])
    let plain = try compress(recipe, "c")
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(try Data(contentsOf: folder.url.appending(path: "c/model.onnx")) != bytes[0])
  }

  @Test(arguments: [
    (["--set", "steps.0.prune.ratoi=0.3"], Int32(4), "r.yml: --set steps.0.prune.ratoi: strategy"),
    (["--set", "steps.0.prune.ratio=high"], 4, "r.yml: --set steps.0.prune.ratio: strategy"),
    (["--set", "sed=1"], 3, "r.yml: --set sed: a recipe has no key 'sed'; did you mean 'seed'?"),
    (["--set", "seed"], 2, "'--set' is 'seed', not KEY=VALUE"),
    (["--set", "=1"], 2, "'--set' is '=1', not KEY=VALUE"),
    (["--set", "seed=1", "--resume", "x"], 2, "'--set' and '--resume' cannot stand together"),
  ])
  func `what --set gives is checked with the recipe and named by the option`(
    arguments: [String],
    status: Int32,
    message: String
  ) throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - prune: {strategy: uniform}\n",
      to: "r.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"] + arguments)
    #expect(result.status == status)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func `a name of skip that the model does not have is refused before anything runs`() throws
  {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - quantize: {strategy: post, calibration: x, skip: [firts]}\n",
      to: "r.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 3)
    #expect(result.errors.contains("r.yml:3:54: 'skip' names 'firts'"), "\(result.errors)")
  }

  @Test(arguments: [
    ("strategy: uniform, ratoi: 0.3", Int32(4), "3:39: strategy \"uniform\": parameter \"ratoi\""),
    ("strategy: unifrom", 4, "3:23: the strategy \"unifrom\" is not known"),
    ("strategy: uniform, algin: 8", 4, "\"algin\" is not known"),
    ("stratgy: uniform", 3, "has no key 'stratgy'; did you mean 'strategy'?"),
    ("ratio: 0.5", 3, "needs the key 'strategy'"),
  ])
  func `checks the whole recipe before anything runs`(
    step: String,
    code: Int32,
    message: String
  ) throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - prune: {\(step)}\n",
      to: "r.yml"
    )
    let run = folder.path("run")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run])
    #expect(result.status == code)
    #expect(result.errors.contains("\(recipe):3:"), "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: run))
  }

  @Test
  func `the recipes among the examples are right`() throws {
    let recipes = TestData.packageRoot.appendingPathComponent("Examples/recipes")
    for name in ["r578.yml", "lists.yml"] {
      let path = recipes.appendingPathComponent(name).path
      let result = try BuiltProgram.espalier(["compress", path, "--dry-run"])
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test
  func `the schema is JSON and knows the installed strategies' parameters`() throws {
    let result = try BuiltProgram.espalier(["schema"])
    #expect(result.status == 0)
    let properties = try #require(try result.object()["properties"] as? [String: Any])
    #expect(Set(properties.keys).isSuperset(of: ["model", "steps", "export", "seed"]))
    #expect(result.text.contains("\"maximum\": 0.99"))
    #expect(result.text.contains("pruned_ratios"))
  }
}
