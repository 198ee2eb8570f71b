import Compression
import Files
import PluginHost
import PluginKit
import Reports
import Tensors

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
    text = try File.text(of: path)
    recipe = try Recipe.read(text, file: path)
  }

  /// Takes a recipe that was made here; its paths are absolute.
  init(text: String, folder: String) throws {
    path = "\(folder)/recipe.yml"
    self.text = text
    self.folder = folder
    base = "."
    isResuming = false
    recipe = try Recipe.read(text, file: path)
  }

  /// Checks, runs and reports.
  func carryOut(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let model = try RecipeRun.check(
      recipe,
      base: base,
      registry: registry,
      tell: console.note
    )
    guard !invocation.has(Self.dryRun) else {
      console.note("\(path): the recipe and all that it names are right")
      return .success
    }
    let (recipe, base) = (recipe, base)
    let device = try recipe.trains ? Machine.device(named: recipe.device) : .cpu
    var surroundings = RecipeRun.Surroundings(registry: registry) { settings, model, original in
      try TrainingMaterial(
        recipe,
        settings,
        model,
        original: original,
        device: device,
        base: base,
        tell: console.note
      )
    }
    surroundings.base = FilePath.absolute(base)
    surroundings.isResuming = isResuming
    surroundings.progress = console.progress
    surroundings.log = { if $0 >= .warning { console.note($1) } }
    surroundings.device = device
    surroundings.evaluation = { try Self.evaluation($0, $1, base: base, folder: folder, console) }
    surroundings.calibration = { recipe, settings, model in
      try CalibrationSource(settings, data: recipe.data, task: recipe.task, base: base)
        .images(for: model)
    }
    let done = try RecipeRun(
      recipe,
      text: text,
      model: model,
      folder: folder,
      surroundings: surroundings
    )
    console.endProgress()
    let report = RecipeReport(
      done,
      bytesBefore: FileFacts.size(of: model.name),
      bytesAfter: FileFacts.size(of: done.output)
    )
    try File.write(Array(report.json.text.utf8), to: "\(folder)/report.json")
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// The validation images of a recipe, for strategies that measure; records are kept in the run's database.
  private static func evaluation(
    _ recipe: Recipe,
    _ model: Model,
    base: String,
    folder: String,
    _ console: Console
  ) throws -> PlanEvaluation? {
    guard let task = recipe.task, let data = recipe.data else { return nil }
    var options = CutEvaluator.Options()
    options.device = try Machine.device(named: recipe.device)
    return PlanEvaluation(
      {
        let plan = EvaluationPlan(
          task: task,
          data: data,
          split: data.split(named: "val"),
          base: base
        )
        return try plan.images(for: model, device: options.device)
      },
      database: try Database("\(folder)/run.sqlite"),
      options: options
    ) { done, all in
      if done % max(all / 20, 1) == 0 { console.progress("\(done) of \(all) cuts and batches") }
    }
  }
}
