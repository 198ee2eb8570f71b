import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// Plugins and scores that a recipe names itself.
@Suite(.serialized, .enabled("there is no C compiler at /usr/bin/cc") { CPlugin.hasCompiler })
struct RecipePluginTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
  }

  private func recipe(_ step: String, plugins: String = "plugins: [plugin]") throws -> String {
    try folder.write("model: small.onnx\n\(plugins)\nsteps:\n  - \(step)\n", to: "recipe.yml")
  }

  /// A score that is the channel's number to a power, which must be given; the last channels go first where it is below zero.
  private func buildScore() throws {
    try CPlugin.build(
      """
      #include <math.h>
      #include <stdlib.h>
      #define STR(text) {text, sizeof(text) - 1}
      static esp_status create_(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        double *power = malloc(sizeof *power);
        *power = p[0].u.f;
        *self = power;
        return ESP_OK;
      }
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) {
        for (uint64_t k = 0; k < n; ++k) out[k] = pow(k + 1, *(double *)s);
        return 0;
      }
      static const esp_param_spec power_ = {sizeof power_, ESP_T_F64, ESP_P_REQUIRED, 0, STR("power"), STR("What the number is raised to."), {0}, {0},
        {ESP_T_F64, 0, {.f = -3}}, {ESP_T_F64, 0, {.f = 3}}, 0};
      static const esp_param_spec *const params[] = {&power_};
      #define N_PARAMS 1
      #define CREATE create_
      #define SCORE score_
      #define PLAN 0
      """,
      into: folder
    )
  }

  private func compress(_ recipe: String, _ more: String...) throws -> Subprocess {
    try BuiltProgram.espalier(["compress", recipe, "--run", folder.path("run")] + more)
  }

  @Test func `a recipe brings its plugin, whose hash the report has`() throws {
    try CPlugin.build("", into: folder)
    let recipe = try recipe("prune: {strategy: org.example.strategy}")
    let checked = try compress(recipe, "--dry-run")
    #expect(checked.status == 0, "\(checked.errors)")
    let result = try compress(recipe, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let plugins = try #require(try result.object()["plugins"] as? [[String: Any]])
    let hash = try Subprocess.run("/usr/bin/sha256sum", [folder.path("plugin/plugin.so")]).text
    #expect(plugins.count == 1)
    #expect(plugins[0]["id"] as? String == "org.example.plugin")
    #expect(plugins[0]["version"] as? String == "1.0.0")
    #expect(plugins[0]["sha256"] as? String == String(hash.prefix(64)))
  }

  @Test func `a plugin of a recipe passes the checks of --plugin`() throws {
    try CPlugin.build("", into: folder)
    let recipe = try recipe("prune: {strategy: uniform}")
    let library = folder.path("plugin/plugin.so")
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    let given = try BuiltProgram.espalier([
      "prune", folder.path("small.onnx"), "-s", "org.example.strategy", "--dry-run", "--plugin",
      folder.path("plugin/manifest.json"),
    ])
    let named = try compress(try self.recipe("prune: {strategy: org.example.strategy}"))
    #expect(given.status == 4 && named.status == 4)
    func code(_ text: String) -> Substring? { text.firstMatch(of: #/P[0-9]{3}/#)?.output }
    #expect(
      code(named.errors) == code(given.errors) && code(named.errors) != nil,
      "\(named.errors)"
    )
    _ = recipe
  }

  @Test(arguments: ["plugins: plugin", "plugins: [{a: b}]"])
  func `what is no list of paths is said with its place`(plugins: String) throws {
    let result = try compress(try recipe("prune: {strategy: uniform}", plugins: plugins))
    #expect(result.status == 3)
    #expect(result.errors.contains("recipe.yml:2:") && result.errors.contains("'plugins' must be"))
  }

  @Test func `21: parameters of a score are checked, passed and written down`() throws {
    try buildScore()
    func cut(_ power: String) throws -> [Int]? {
      let step =
        "prune: {strategy: uniform, ratio: 0.5, score: {strategy: org.example.strategy, power: \(power)}}"
      let result = try compress(try recipe(step), "--json")
      #expect(result.status == 0, "\(result.errors)")
      let report = try #require((try result.object()["steps"] as? [[String: Any]])?.first)
      let score = try #require(report["score"] as? [String: Any])
      #expect((score["parameters"] as? [String: Any])?["power"] as? Double == Double(power))
      let note = try #require(
        try ONNX.read(folder.path("run/model.onnx")).model.metadata["espalier.step.0"]
      )
      #expect(note.contains("\"power\":\(power)"))
      return (report["cuts"] as? [[String: Any]])?.first?["kept"] as? [Int]
    }
    #expect(try cut("1.5") == [2, 3])
    #expect(try cut("-1.5") == [0, 1])
  }

  @Test(arguments: [
    ("{strategy: org.example.strategy, powr: 1}", "did you mean \"power\"?"),
    ("{strategy: org.example.strategy, power: 9}", "outside [-3.0, 3.0]"),
    ("{strategy: org.example.strategy, power: much}", "not of type"),
    ("{strategy: org.example.strategy, power: .nan}", "not of type"),
    ("{strategy: org.example.strategy}", "\"power\" is required"),
    ("org.example.strategy", "\"power\" is required"), ("{power: 1}", "needs the key 'strategy'"),
    ("{strategy: unifrom}", "is not known"),
  ])
  func `21: wrong parameters of a score are refused before anything is cut, with the place`(
    score: String,
    says: String
  ) throws {
    try buildScore()
    let recipe = try recipe("prune: {strategy: uniform, ratio: 0.5, score: \(score)}")
    let result = try compress(recipe)
    #expect(result.status == 3 || result.status == 4)
    #expect(result.errors.contains(says), "\(result.errors)")
    #expect(result.errors.contains("recipe.yml:4:"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/model.onnx")))
  }

  @Test func `21: the command line gives a score its parameters behind its name`() throws {
    try buildScore()
    func prune(_ sets: String...) throws -> Subprocess {
      try BuiltProgram.espalier(
        [
          "prune", folder.path("small.onnx"), "-s", "uniform", "--dry-run", "--json", "--plugin",
          folder.path("plugin/manifest.json"), "--set", "ratio=0.5",
        ] + sets.flatMap { ["--set", $0] }
      )
    }
    let cut = try prune("score=org.example.strategy", "score.power=-2")
    #expect(cut.status == 0, "\(cut.errors)")
    let cuts = try #require(try cut.object()["cuts"] as? [[String: Any]])
    #expect(cuts.first?["kept"] as? [Int] == [0, 1])
    let wrong = try prune("score=org.example.strategy", "score.powr=2")
    #expect(wrong.status == 4 && wrong.errors.contains("did you mean \"power\"?"))
    let alone = try prune("score.power=2")
    #expect(alone.status == 2 && alone.errors.contains("--set score=ID"))
  }

  @Test func `a run resumes with the plugin that it began with, or not at all`() throws {
    try CPlugin.build("", into: folder)
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
        - prune: {strategy: org.example.strategy}
        - train: {iterations: 2, batch: 2, threads: 1, checkpoint_every: 2, augment: light}
      """,
      to: "recipe.yml"
    )
    let first = try compress(recipe)
    #expect(first.status == 0, "\(first.errors)")
    let same = try BuiltProgram.espalier(["compress", "--resume", folder.path("run")])
    #expect(same.status == 0, "\(same.errors)")
    try CPlugin.build(
      "static int other = 1; int *kept_symbol(void) { return &other; }",
      into: folder
    )
    let other = try BuiltProgram.espalier(["compress", "--resume", folder.path("run")])
    #expect(other.status != 0)
    #expect(other.errors.contains("plugin org.example.plugin"), "\(other.errors)")
  }

  @Test
  func `processes that carry out trials have the recipe's plugins and its score's parameters`()
    throws
  {
    try buildScore()
    try SyntheticDataset(images: 8, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
    func search(_ power: String, _ run: String) throws -> [String: Any] {
      let recipe = try folder.write(
        """
        model: {name: yolov3_mobilenet_v1, width: 0.0625}
        task: {type: yolov3, classes: 4}
        data: {format: voc, root: drawn, train: train, val: val}
        device: cpu
        input_size: 64
        plugins: [plugin]
        steps:
          - search: {space: width, blocks: all, widths: [0.5, 1], searcher: random, trials: 2, score: {strategy: org.example.strategy, power: \(power)}}
        """,
        to: "search.yml"
      )
      let result = try BuiltProgram.espalier([
        "search", recipe, "--run", folder.path(run), "--executor", "local:2", "--json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      return try result.object()
    }
    let report = try search("1", "first")
    let trials = try #require(
      (report["steps"] as? [[String: Any]])?.first?["trials"] as? [[String: Any]]
    )
    #expect(trials.count == 2)
    #expect(trials.allSatisfy { $0["state"] as? String == "rewarded" }, "\(trials)")
    // A search of other scores is another search.
    let text = try String(contentsOfFile: folder.path("first/recipe.yml"), encoding: .utf8)
    try Data(text.replacing("power: 1", with: "power: 2").utf8)
      .write(to: URL(filePath: folder.path("first/recipe.yml")))
    let resumed = try BuiltProgram.espalier(["search", "--resume", folder.path("first")])
    #expect(resumed.status != 0 && resumed.errors.contains("score"), "\(resumed.errors)")
  }
}
