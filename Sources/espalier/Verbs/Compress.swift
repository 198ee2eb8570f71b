import Compression
import PluginHost
import PluginKit
import Reports

/// `espalier compress`: a recipe, carried out.
enum Compress {
  private static let run = Option.value(
    "run",
    "DIR",
    "The run folder (default: the recipe's name without ending, below runs/)."
  )
  private static let dryRun = Option.flag(
    "dry-run",
    "Check the recipe and all it names; run nothing."
  )

  static let verb = Verb(
    name: "compress",
    summary: "Carry out a recipe: steps in order, results in a run folder.",
    operands: [.init(name: "RECIPE", help: "A YAML file; `espalier schema` describes it.")],
    options: [run, dryRun, .plugin, .allowUnvalidated, .allowUnpinned, .safeMode],
    notes: """
      The folder holds recipe.yml (a copy), the model and report.json. Files appear whole or not at all; a run
      that was killed is simply run again.
      """
  ) { invocation, console in
    let path = invocation.operands[0]
    let text = try WholeFile.text(of: path)
    let recipe = try Recipe.read(text, file: path)
    let registry = invocation.registry(console)
    defer { registry.shutDown() }
    let model = try RecipeRun.check(
      recipe,
      base: PathParts.folder(of: path),
      file: path,
      registry: registry
    )
    guard !invocation.has(dryRun) else {
      console.note("\(path): the recipe and all that it names are right")
      return .success
    }
    let folder = invocation.value(run) ?? "runs/\(PathParts.stem(of: path))"
    let done = try RecipeRun(
      recipe,
      text: text,
      model: model,
      folder: folder,
      registry: registry,
      progress: console.progress
    ) {
      if $0 >= .warning { console.note($1) }
    }
    console.endProgress()
    let report = RecipeReport(
      done,
      bytesBefore: FileFacts.size(of: model.name),
      bytesAfter: FileFacts.size(of: done.output)
    )
    try WholeFile.write(Array(report.json.text.utf8), to: "\(folder)/report.json")
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
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
