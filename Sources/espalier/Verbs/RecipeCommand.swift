import Evaluation
import Files
import Models
import PluginHost
import PluginKit
import Recipes
import Reports
import Tensors
import Training

/// A recipe carried out by a verb: found or resumed, checked, run, reported.
struct RecipeCommand {
  static let run = Option.value(
    "run",
    "DIR",
    "The run folder (default: the recipe's name without ending, below runs/)."
  )
  static let resume = Option.value(
    "resume",
    "RUN",
    "Go on with the run in this folder, by its own recipe, from its last checkpoints."
  )
  static let set = Option.value(
    "set",
    "KEY=VALUE",
    repeats: true,
    "A key of the recipe, in place of what the file says: seed=1, steps.0.prune.ratio=0.4."
  )
  static let executor = Option.value(
    "executor",
    "KIND",
    "Who carries out trials: local:N for N processes of this machine; this process itself by default."
  )
  static let dryRun = Option.flag(
    "dry-run",
    "Check the recipe and all it names; run nothing."
  )

  /// The file as messages name it.
  let path: String
  let text: String
  var recipe: Recipe
  /// The folder that the recipe's relative paths start from.
  private let base: String
  let folder: String
  private let isResuming: Bool

  /// Reads the recipe of the operand, or that of the run to resume.
  init(_ invocation: Invocation) throws {
    let operand = invocation.operands.first
    if let folder = invocation.value(Self.resume) {
      guard invocation.value(Self.run) == nil else {
        throw UsageError.conflict("run", "resume")
      }
      guard invocation.values(Self.set).isEmpty else {
        throw UsageError.conflict("set", "resume")
      }
      path = "\(folder)/recipe.yml"
      guard File.exists(path) else {
        throw TrainingError.notARun(
          folder: folder,
          reason: "it has no recipe.yml; name a run folder"
        )
      }
      isResuming = true
      self.folder = folder
      base = try operand.map(FilePath.folder) ?? RunStore.base(of: folder)
    } else {
      guard let operand else { throw UsageError.missingOperand(invocation.verb.operands[0]) }
      path = operand
      isResuming = false
      folder = invocation.value(Self.run) ?? "runs/\(FilePath.stem(of: operand))"
      base = FilePath.folder(of: operand)
    }
    let overrides = RecipeOverrides(try Assignments.pairs(invocation.values(Self.set)))
    let written = try File.text(of: path)
    recipe = try Recipe.read(written, file: path, overrides: overrides)
    text = overrides.text(of: recipe, from: written)
  }

  /// Takes a recipe that a command's options stand for; its paths are absolute.
  init(_ recipe: Recipe, by command: String, folder: String) {
    path = "\(folder)/recipe.yml"
    text = "# Written by \(command).\n\(recipe.source.text)"
    self.folder = folder
    base = "."
    isResuming = false
    self.recipe = recipe
  }

  /// Checks, runs and reports.
  func carryOut(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
    let registry = try invocation.usableRegistry(console, with: recipe.plugins(from: base))
    defer { registry.shutDown() }
    var environment = RunEnvironment(registry: registry)
    environment.base = base
    environment.isResuming = isResuming
    environment.tell = console.tell
    guard !invocation.has(Self.dryRun) else {
      try RecipeRun.check(recipe, environment)
      console.note("\(path): the recipe and all that it names are right")
      return .success
    }
    environment.workers = try Self.workers(invocation)
    environment.stop = Interruption.watch()
    let isResumable = recipe.isResumable
    environment.tell = { event in
      // When a step begins, the run's store says where the recipe was; runs that do not train have none.
      if case .step = event, isResumable {
        Interruption.goOn(with: "espalier \(invocation.verb.name) --resume \(folder)")
      }
      console.tell(event)
    }
    let done = try RecipeRun.run(recipe, text: text, folder: folder, environment)
    console.endProgress()
    let report = RecipeReport(
      done,
      bytesBefore: done.steps.first.flatMap { FileFacts.size(of: $0.before.name) },
      bytesAfter: FileFacts.size(of: done.output)
    )
    try File.write(Array(report.json.text.utf8), to: "\(folder)/report.json")
    console.write(console.wantsJSON ? report.json.text : report.text)
    guard !done.hasMissed else {
      let missed = done.gates.last?.filter { !$0.holds }.map(\.text) ?? []
      console.note(
        "\(path): step \(done.steps.count) of \(recipe.steps.count) missed its gate: \(missed.joined(separator: "; ")); "
          + "the model is \(done.output), and no later step was done"
      )
      return .checkFailed
    }
    return .success
  }

  /// Who carries out trials.
  private static func workers(_ invocation: Invocation) throws -> RunEnvironment.Workers {
    guard let text = invocation.value(executor) else { return .here }
    guard let count = text.wholeMatch(of: #/local:([0-9]{1,4})/#).flatMap({ Int($0.1) }), count > 0
    else { throw UsageError.badValue("executor", text, wanted: "local:N, such as local:2") }
    guard let program = FilePath.resolved("/proc/self/exe") else {
      throw Failure(.runtime, "this program's own file cannot be found in /proc")
    }
    var command = [program, "unit", "--attached"]
    for manifest in invocation.values(.plugin) {
      command += ["--plugin", FilePath.absolute(manifest)]
    }
    let flags: [Option] = [
      .allowUnvalidated, .allowUnpinned, .allowQuarantined, .isolate, .safeMode, .strict,
    ]
    for flag in flags where invocation.has(flag) { command.append("--\(flag.name)") }
    if let seconds = invocation.value(.pluginDeadline) {
      command += ["--\(Option.pluginDeadline.name)", seconds]
    }
    return .local(count, command: command)
  }
}
