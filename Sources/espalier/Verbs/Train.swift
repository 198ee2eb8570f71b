import Evaluation
import Recipes
import Search
import Training

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
      RecipeCommand.set, RecipeCommand.run, RecipeCommand.resume, iterations, RecipeCommand.dryRun,
      .plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict,
    ],
    notes: """
      espalier train recipe.yml --run runs/a
      espalier train --resume runs/a        after a crash, a reboot, a kill -9

      The folder holds recipe.yml (a copy), checkpoints/, events/ for TensorBoard, run.sqlite, the model and
      report.json. docs/training.md describes the recipe's keys.
      """
  ) { invocation, console in
    var command = try RecipeCommand(invocation)
    for step in command.recipe.steps where step.training == nil || step is SearchSettings {
      throw RecipeError(.notTraining(type(of: step).name), file: command.path)
    }
    if let count = try invocation.int(iterations, in: 1...1_000_000_000) {
      for index in command.recipe.steps.indices {
        command.recipe.steps[index].training?.length = .iterations(count)
      }
    }
    return try command.carryOut(invocation, console)
  }
}
