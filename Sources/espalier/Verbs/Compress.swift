/// `espalier compress`: a recipe, carried out.
enum Compress {
  static let verb = Verb(
    name: "compress",
    summary: "Carry out a recipe: steps in order, results in a run folder.",
    operands: [
      .init(
        name: "RECIPE",
        isOptional: true,
        help: "A YAML file; `espalier schema` describes it; not needed with --resume."
      )
    ],
    options: [
      RecipeCommand.set, RecipeCommand.run, RecipeCommand.resume, RecipeCommand.executor,
      RecipeCommand.dryRun, .plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode,
      .strict,
    ],
    notes: """
      espalier compress recipe.yml --set seed=1 --set steps.0.prune.ratio=0.4 --run runs/a

      The folder holds recipe.yml (a copy, with what --set gives), the model and report.json, and where a step trains its checkpoints,
      events and run.sqlite. Files appear whole or not at all; a run that was killed goes on with --resume.
      """
  ) { invocation, console in
    try RecipeCommand(invocation).carryOut(invocation, console)
  }
}
