import Compression

/// `espalier train`: a recipe's training, by itself.
enum Train {
  private static let iterations = Option.value(
    "iterations",
    "N",
    "Train for N iterations, in place of what the recipe says."
  )

  static let verb = Verb(
    name: "train",
    summary: "Train a model by a recipe; an interrupted run goes on to the same bits.",
    operands: [
      .init(
        name: "RECIPE",
        isOptional: true,
        help: "A YAML file whose steps all train; not needed with --resume."
      )
    ],
    options: [
      RecipeCommand.run, RecipeCommand.resume, iterations, RecipeCommand.dryRun, .plugin,
      .allowUnvalidated, .allowUnpinned, .safeMode,
    ],
    notes: """
      espalier train recipe.yml --run runs/a
      espalier train --resume runs/a        after a crash, a reboot, a kill -9

      The folder holds recipe.yml (a copy), checkpoints/, events/ for TensorBoard, run.sqlite, the model and
      report.json. docs/training.md describes the recipe's keys.
      """
  ) { invocation, console in
    var command = try RecipeCommand(invocation)
    for step in command.recipe.steps {
      guard step.training != nil else {
        throw RecipeError(
          .notTraining(step.name),
          file: command.path
        )
      }
    }
    if let count = try invocation.int(iterations, in: 1...1_000_000_000) {
      command.recipe.steps = command.recipe.steps.map { step in
        switch step {
        case .prune: return step
        case .train(var settings):
          settings.length = .iterations(count)
          return .train(settings)
        case .distill(var settings):
          settings.train.length = .iterations(count)
          return .distill(settings)
        case .quantize(var settings):
          settings.train?.length = .iterations(count)
          return .quantize(settings)
        }
      }
    }
    return try command.carryOut(invocation, console)
  }
}
