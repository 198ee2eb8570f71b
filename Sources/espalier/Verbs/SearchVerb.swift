import Evaluation
import Files
import PluginHost
import PluginKit
import Recipes
import Reports
import Search
import Tensors

/// `espalier search`: a recipe's search carried out, or read.
enum SearchVerb {
  private static let best = Option.flag("best", "Print the best network of a run; run nothing.")
  private static let pareto = Option.flag(
    "pareto",
    "Print the networks of a run than which none is both better and cheaper; run nothing."
  )

  static let verb = Verb(
    name: "search",
    summary: "Search networks by a recipe, and carry its other steps out on the best one.",
    operands: [
      .init(
        name: "RECIPE",
        isOptional: true,
        help: "A YAML file with a step 'search'; with --best or --pareto a run folder."
      )
    ],
    options: [
      RecipeCommand.set, RecipeCommand.run, RecipeCommand.resume, RecipeCommand.executor,
      RecipeCommand.dryRun, best, pareto, .plugin, .allowUnvalidated, .allowUnpinned, .isolate,
      .safeMode,
      .strict,
    ],
    notes: """
      espalier search recipe.yml --run runs/a --executor local:2
      espalier search --resume runs/a        after a crash, a reboot, a kill -9
      espalier search runs/a --pareto

      The folder holds what `espalier compress` writes, and search/ with the networks that are kept. docs/search.md describes
      the recipe's keys, the searchers and the spaces.
      """
  ) { invocation, console in
    guard invocation.has(best) || invocation.has(pareto) else {
      let command = try RecipeCommand(invocation)
      guard command.recipe.steps.contains(where: { $0 is SearchSettings }) else {
        throw Failure(
          .badInput,
          "\(command.path): no step of it is 'search'; run it by `espalier compress`"
        )
      }
      return try command.carryOut(invocation, console)
    }
    guard !(invocation.has(best) && invocation.has(pareto)) else {
      throw UsageError.conflict("best", "pareto")
    }
    guard let folder = invocation.value(RecipeCommand.resume) ?? invocation.operands.first else {
      throw UsageError.missingOperand(invocation.verb.operands[0])
    }
    return try show(folder, invocation, console)
  }

  /// Prints what the searches of a run came to so far.
  private static func show(
    _ folder: String,
    _ invocation: Invocation,
    _ console: Console
  ) throws -> ExitCode {
    let path = "\(folder)/recipe.yml"
    guard File.exists(path), File.exists("\(folder)/run.sqlite") else {
      throw Failure(
        .badInput,
        "\(folder) is no run folder: wanted is one that `espalier search RECIPE --run DIR` has written"
      )
    }
    let recipe = try Recipe.read(File.text(of: path), file: path)
    let base = try RunStore.base(of: folder)
    var environment = RunEnvironment(
      registry: try invocation.usableRegistry(console, with: recipe.plugins(from: base))
    )
    defer { environment.registry.shutDown() }
    environment.base = base
    let database = try Database("\(folder)/run.sqlite")
    var reports: [SearchReport] = []
    for (index, step) in recipe.steps.enumerated() {
      guard let settings = step as? SearchSettings else { continue }
      let trials = try SearchStore(database, step: index + 1).trials()
      // Without its space a search is reported by its tokens.
      let place = try? SearchPlace(
        settings,
        of: recipe,
        step: index + 1,
        run: folder,
        original: nil,
        device: .cpu,
        environment
      )
      reports.append(
        SearchReport(
          SearchOutcome(trials),
          title: settings.space,
          metric: place?.work.metricName ?? "reward",
          dimensions: place?.networks.dimensions ?? [],
          part: invocation.has(best) ? .best : .front
        )
      )
    }
    guard !reports.isEmpty else {
      throw Failure(.badInput, "\(path): no step of it is 'search'")
    }
    guard console.wantsJSON else {
      for report in reports { console.write(report.text) }
      return .success
    }
    console.write(
      reports.count == 1 ? reports[0].json.text : JSONValue.array(reports.map(\.json)).text
    )
    return .success
  }
}
