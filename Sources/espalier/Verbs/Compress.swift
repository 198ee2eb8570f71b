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
      RecipeCommand.run, RecipeCommand.resume, RecipeCommand.dryRun, .plugin, .allowUnvalidated,
      .allowUnpinned, .safeMode,
    ],
    notes: """
      The folder holds recipe.yml (a copy), the model and report.json, and where a step trains its checkpoints,
      events and run.sqlite. Files appear whole or not at all; a run that was killed goes on with --resume.
      """
  ) { invocation, console in
    try RecipeCommand(invocation).carryOut(invocation, console)
  }
}

/// Parts of paths as people write them.
enum PathParts {
  /// The folder that a path lies in; `.` where the path is only a name.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The name at the path's end, without its ending.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}
