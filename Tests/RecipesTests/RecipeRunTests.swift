import Evaluation
import Graphs
import ModelFormats
import Models
import Operators
import PluginHost
import Recipes
import TestNetworks
import TestSupport
import Testing

/// Recipes carried out by a program that is not the command line.
@Suite(.enabled("the plugins are not built: run make build") { DistillProblem.areBuilt })
struct RecipeRunTests {
  private let folder: ScratchFolder
  private let text = """
    model: model.onnx
    steps:
      - prune: {strategy: uniform, ratio: 0.5}
    export: {onnx: small.onnx}

    """

  init() throws {
    folder = try ScratchFolder()
    try SmallProblem.model().write(to: folder.path("model.onnx"))
  }

  @Test
  func `a recipe is run, and what happens is told`() throws {
    let registry = DistillProblem.registry()
    defer { registry.shutDown() }
    var environment = RunEnvironment(registry: registry)
    environment.base = folder.path("")
    var told: [String] = []
    environment.tell = { event in
      switch event {
      case .step(let step, let number, let all):
        told.append("\(number)/\(all) \(step.name) \(step.strategies)")
      case .writing(let path): told.append(path)
      default: break
      }
    }
    let run = try RecipeRun.run(
      Recipe.read(text, file: "r.yml"),
      text: text,
      folder: folder.path("run"),
      environment
    )
    #expect(told == ["1/1 prune [\"uniform\"]", folder.path("run/small.onnx")])
    // Four filters of 3 x 3 x 3, a norm of four channels, and a 1 x 1 filter with a bias; half of the first.
    let written = try ONNX.read(run.output)
    #expect(written.constants.map(\.value.shape).contains([2, 3, 3, 3]))
    #expect(try #require(run.steps.first).before.cost.parameters == 108 + 16 + 4 + 1)
    #expect(try #require(run.steps.first).after.cost.parameters == 54 + 8 + 2 + 1)
  }

  @Test
  func `nothing is written for a recipe that names an unknown strategy`() throws {
    let registry = DistillProblem.registry()
    defer { registry.shutDown() }
    var environment = RunEnvironment(registry: registry)
    environment.base = folder.path("")
    let wrong = text.replacing("uniform", with: "unifrom")
    let recipe = try Recipe.read(wrong, file: "r.yml")
    let error = #expect(throws: RecipeError.self) {
      try RecipeRun.run(recipe, text: wrong, folder: folder.path("run"), environment)
    }
    #expect("\(try #require(error))".hasPrefix("r.yml:3:23: the strategy \"unifrom\" is not known"))
    #expect(throws: (any Error).self) { try ONNX.read(folder.path("run/small.onnx")) }
  }
}
