import Foundation
import Models
import PluginHost
import PluginKit
import Pruning
import Recipes
import Testing

struct RecipeOverridesTests {
  private static let text = """
    # A comment.
    model: yolov3_mobilenet_v1
    task: {type: yolov3, classes: 20}
    steps:
      - prune: {strategy: uniform, ratio: 0.3, include: [a, b]}
      - prune: {strategy: r578}
    """

  private static func overrides(_ assignments: [String]) -> RecipeOverrides {
    RecipeOverrides(
      assignments.map { assignment in
        let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), String(parts[1]))
      }
    )
  }

  private static func read(_ assignments: String...) throws -> Recipe {
    try Recipe.read(text, file: "r.yml", overrides: overrides(assignments))
  }

  private static func parameters(_ recipe: Recipe, _ index: Int) throws -> PruneSettings {
    try #require(recipe.steps.count > index)
    return try #require(recipe.steps[index] as? PruneSettings)
  }

  @Test func `a value stands in place of the recipe's own, and the rest stays`() throws {
    let recipe = try Self.read("task.classes=3", "steps.0.prune.ratio=0.4", "steps.0.prune.align=8")
    #expect(recipe.model == .architecture("yolov3_mobilenet_v1", classes: 3))
    let first = try Self.parameters(recipe, 0)
    #expect(first.parameters.values["ratio"] == .string("0.4"))
    #expect(first.parameters.values["include"] == .strings(["a", "b"]))
    #expect(first.align == 8)
    #expect(try Self.parameters(recipe, 1).strategy == "r578")
  }

  @Test func `mappings on the way are made, and of two values the last holds`() throws {
    let recipe = try Self.read("export.opset=13", "seed=1", "seed=2", "export.onnx=small.onnx")
    #expect(recipe.export.opset == 13)
    #expect(recipe.export.onnx == "small.onnx")
    #expect(recipe.seed == 2)
  }

  @Test(arguments: [
    ("steps.0.prune.include=[1, 2]", "include", ParameterText.list(["1", "2"])),
    ("steps.0.prune.include=['[x', \"y=z\"]", "include", .list(["[x", "y=z"])),
    ("steps.0.prune.score=org.example.a=b", "score", .text("org.example.a=b")),
    ("steps.0.prune.score='a: b # c'", "score", .text("a: b # c")),
    ("steps.0.prune.include.1=c", "include", .list(["a", "c"])),
  ])
  func `a value is YAML, whatever signs it has`(
    assignment: String,
    name: String,
    wanted: ParameterText
  ) throws {
    let settings = try Self.parameters(try Self.read(assignment), 0)
    switch wanted {
    case .list(let items): #expect(settings.parameters.values[name] == .strings(items))
    case .text(let text): #expect(settings.parameters.values[name] == .string(text))
    }
  }

  enum ParameterText: Sendable {
    case list([String])
    case text(String)
  }

  @Test func `nothing stands for the default of a recipe's key`() throws {
    #expect(try Self.read().task != nil)
    #expect(try Self.read("task=").task == nil)
  }

  @Test(arguments: [
    ("sed=1", "--set sed: a recipe has no key 'sed'; did you mean 'seed'?"),
    (
      "stpes.0.prune.ratio=1",
      "--set stpes.0.prune.ratio: a recipe has no key 'stpes'; did you mean 'steps'?"
    ),
    (
      "steps.0.purne.ratio=0.4",
      "--set steps.0.purne.ratio: 'steps.0' has no key 'purne'; did you mean 'prune'?"
    ),
    (
      "task.clases=3",
      "--set task.clases: 'task' has no key 'clases'; did you mean 'classes'?"
    ),
    (
      "steps.2.prune.ratio=0.4",
      "--set steps.2.prune.ratio: 'steps' has no item '2'; items are counted from 0 to 1"
    ),
    (
      "steps.-1.prune.ratio=0.4",
      "--set steps.-1.prune.ratio: 'steps' has no item '-1'; items are counted from 0 to 1"
    ),
    (
      "steps.prune.ratio=0.4",
      "--set steps.prune.ratio: 'steps' has no item 'prune'; items are counted from 0 to 1"
    ),
    (
      "model.width=0.5",
      "--set model.width: 'model' must be a mapping of keys to values, not the text 'yolov3_mobilenet_v1'"
    ),
    (
      "seed=high",
      "--set seed: 'seed' must be a whole number from 0 to 9223372036854775807, not the text 'high'"
    ),
    (
      "export.opset=99",
      "--set export.opset: 'opset' is 99, but must be a whole number from 7 to 22"
    ),
    ("export={opset: 99}", "--set export: 'opset' is 99, but must be a whole number from 7 to 22"),
    (
      "steps=prune",
      "--set steps: 'steps' must be a list such as '- prune: {…}', not the text 'prune'"
    ),
    (
      "steps=[]",
      "--set steps: 'steps' is empty: name at least one, such as '- prune: {strategy: r578}'"
    ),
    ("train.iterations=5", "--set train.iterations: 'train' cannot stand beside 'steps'"),
    ("device=*x", "--set device: '*x' refers to an anchor '&x' that is not above"),
    ("device=#x", "--set device: there is no value in it"),
  ])
  func `an error names the option, the key and what is accepted`(
    assignment: String,
    message: String
  ) {
    let error = #expect(throws: RecipeError.self) { try Self.read(assignment) }
    #expect(error.map { "\($0)" } == "r.yml: \(message)")
  }

  @Test func `what the file says itself is told by its line`() {
    let error = #expect(throws: RecipeError.self) {
      try Recipe.read(
        "model: m.onnx\nsteps: [x]",
        file: "r.yml",
        overrides: Self.overrides(["seed=1"])
      )
    }
    #expect(error?.mark == YAMLMark(line: 2, column: 9))
  }

  @Test func `the text in force reads as the same recipe, and without overrides is the file's own`()
    throws
  {
    let overrides = Self.overrides(["seed=1", "steps.0.prune.score=\"a: 'b'\n #c\""])
    let recipe = try Recipe.read(Self.text, file: "r.yml", overrides: overrides)
    let text = overrides.text(of: recipe, from: Self.text)
    #expect(text.hasPrefix("# --set seed=1\n# --set steps.0.prune.score=\"a: 'b' #c\"\nmodel: "))
    let again = try Recipe.read(text, file: "r.yml")
    for index in 0..<2 {
      #expect(try Self.parameters(again, index) == Self.parameters(recipe, index))
    }
    #expect(again.seed == 1 && again.model == recipe.model && again.task == recipe.task)
    #expect(RecipeOverrides().text(of: recipe, from: Self.text) == Self.text)
  }
}
