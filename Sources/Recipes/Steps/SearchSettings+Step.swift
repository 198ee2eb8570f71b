package import Evaluation
package import Files
package import Models
package import PluginHost
import PluginKit
package import Search
import Tensors
package import Training

extension SearchSettings: RecipeStep {
  package static let name = "search"
  package static let trainingKey: String? = "train"
  package static let keepsRecords = true
  // Another space has other tokens.
  package static let takesFallback = false

  package static func schema(strategies: [RecipeSchema.Strategy]) -> JSONValue {
    RecipeSchema.search(strategies.descriptions(of: .space))
  }

  package var summary: RunEvent.Step {
    .init(Self.name, strategies: [space, searcher.name])
  }

  package var training: TrainSettings? {
    get { train ?? full?.train }
    set { train = newValue }
  }

  /// Networks are judged on labelled images, or against a teacher.
  package func check(in recipe: Recipe, at index: Int) throws(RecipeError) {
    let mark = recipe.source.mark(ofStep: index)
    guard recipe.task != nil else {
      throw recipe.error(
        .neededKey("task", of: "a recipe", because: "the step 'search' judges networks by it"),
        at: mark
      )
    }
    guard recipe.data?.val != nil else {
      throw recipe.error(
        .neededKey("val", of: "'data'", because: "the step 'search' judges networks on that list"),
        at: recipe.source.mark("data")
      )
    }
  }

  package func checkStrategies(
    in registry: PluginRegistry,
    base: String,
    device _: String
  ) throws {
    let keys = Keys.names.union(searcher.options.map(\.name))
    try check(keys: keys, in: registry, folder: base)
    try score?.checkScorer(in: registry)
  }

  /// Both trainings fit the network that the search begins from.
  package func check(_ model: Model, in recipe: Recipe, at index: Int, base _: String) throws {
    guard train != nil, let full else { return }
    do throws(TrainingError) { _ = try full.train.requireBatch(of: model) } catch {
      throw recipe.error(.unusable("\(error)"), at: recipe.source.mark(ofStep: index, "full"))
    }
  }

  package func run(on model: Model, in context: StepContext) throws -> any StepResult {
    let start = ContinuousClock.now
    let run = FilePath.absolute(context.folder)
    let folder = SearchPlace.folder(of: context.number, in: run)
    try Folder.make(folder)
    let database = try Database("\(context.folder)/run.sqlite")
    let store = try SearchStore(database, step: context.number)
    guard try context.environment.isResuming || !store.isBegun else {
      throw TrainingError.runExists(folder: context.folder)
    }
    try model.write(to: SearchPlace.file(in: folder))
    var environment = context.environment
    environment.base = FilePath.absolute(environment.base)
    let place = try SearchPlace(
      self,
      of: context.recipe,
      step: context.number,
      run: run,
      original: context.original,
      device: context.device,
      environment
    )
    let threads = try Runtime.threadCount()
    defer { try? Runtime.setThreadCount(threads) }
    var search = try RunningSearch(place, store, context, base: environment.base, threads: threads)
    let outcome: SearchOutcome
    do { outcome = try search.run() } catch TrainingError.stopped(let done, let all, let file, _) {
      throw TrainingError.stopped(
        iteration: done,
        of: all,
        checkpoint: file,
        folder: context.folder
      )
    }
    guard let best = outcome.best else {
      throw SearchError.unusable("no network got a reward")
    }
    return try SearchStep(
      self,
      before: model,
      networks: place.networks,
      outcome: outcome,
      best: (best, try search.network(of: best)),
      metric: place.work.metricName,
      seconds: (ContinuousClock.now - start) / .seconds(1)
    )
  }
}

extension SearchStep: StepResult {
  package var figures: [JSONValue.Member] {
    [
      .init("reward", outcome.best?.worth.map { .double($0) } ?? .null),
      .init("trials", .int(outcome.trials.count)),
    ]
  }
}

/// The search of one step, with its executor.
private struct RunningSearch {
  private let place: SearchPlace
  private let settings: SearchSettings
  private let executor: any TrialExecutor
  private let unit: (_ tokens: [Int], TrialUnit.Kind, _ rung: Int, _ previous: String?) -> TrialUnit
  private var loop: SearchLoop

  init(
    _ place: SearchPlace,
    _ store: SearchStore,
    _ context: StepContext,
    base folder: String,
    threads: Int
  ) throws {
    self.place = place
    settings = place.settings
    let tell = context.environment.tell
    let executor: any TrialExecutor =
      switch context.environment.workers {
      case .here: OwnProcess(place.work.carryOut)
      case .local(let count, let command):
        LocalWorkers(count, command: command, folder: "\(place.folder)/units") { unit, reason in
          tell(.workerLost(unit: unit, reason: reason))
        }
      }
    self.executor = executor
    for (key, value) in try settings.identity(place, context) {
      let stored = try store.settled(key, value)
      guard stored == value else {
        throw SearchError.otherSearch(what: key, stored: stored, wanted: value)
      }
    }
    let wanted = settings.parallel ?? executor.workers
    let stored = try store.settled("parallel", "\(wanted)")
    let parallel = Int(stored) ?? wanted
    guard settings.parallel == nil || settings.parallel == parallel else {
      throw SearchError.otherSearch(what: "parallel", stored: stored, wanted: "\(wanted)")
    }
    if settings.halving == nil, executor.workers > parallel {
      tell(.idleWorkers(executor.workers - parallel, parallel: parallel))
    }
    let base = try store.settled("base", place.networks.baseFigures().json.line)
    if let figures = (try? JSONReader.read(Array(base.utf8))).flatMap(NetworkFigures.init) {
      try place.networks.settle(base: figures)
    }
    let share = max(1, threads / max(1, parallel))
    let each = settings.train.map { $0.threads > 0 ? $0.threads : share } ?? share
    let stated = Int(try store.settled("threads", "\(each)")) ?? each
    let recipe = context.recipe.source.text(
      ofStep: context.number - 1,
      without: SearchSettings.Keys.undecisive.union(settings.searcher.options.map(\.name)),
      adding: [("trials", "1")]
    )
    let (run, number) = (FilePath.absolute(context.folder), context.number)
    let unit = { (tokens: [Int], kind: TrialUnit.Kind, rung: Int, previous: String?) in
      TrialUnit(
        recipe: recipe,
        base: folder,
        folder: run,
        step: number,
        network: place.network,
        tokens: tokens,
        kind: kind,
        rung: rung,
        previous: previous,
        threads: stated
      )
    }
    self.unit = unit
    loop = try SearchLoop(
      settings,
      SearchLoop.Surroundings(
        networks: place.networks,
        store: store,
        executor: executor,
        unit: unit,
        forget: place.work.forget,
        tell: tell
      ),
      parallel: parallel,
      seed: place.seed
    )
  }

  mutating func run() throws -> SearchOutcome { SearchOutcome(try loop.run()) }

  /// A trial's network, trained as far as the trial was.
  func network(of trial: Trial) throws -> Model {
    let isFull = trial.fullReward != nil
    guard isFull || settings.train != nil else {
      return try place.networks.model(of: trial.tokens)
    }
    var last: String?
    for rung in isFull ? 0...0 : 0...trial.rung {
      let unit = unit(trial.tokens, isFull ? .full : .quick, rung, last)
      last = unit.digest
    }
    guard let last else { return place.networks.base }
    if !File.exists(place.work.file(of: last)) { try makeAgain(trial, isFull: isFull) }
    return try place.work.network(of: last)
  }

  /// Carries out the units of a trial whose file somebody removed.
  private func makeAgain(_ trial: Trial, isFull: Bool) throws {
    var previous: String?
    for rung in isFull ? 0...0 : 0...trial.rung {
      let unit = unit(trial.tokens, isFull ? .full : .quick, rung, previous)
      if !File.exists(place.work.file(of: unit.digest)) {
        try executor.start(unit)
        if let reason = try executor.next().reason { throw SearchError.unusable(reason) }
      }
      previous = unit.digest
    }
  }
}

extension SearchSettings {
  /// What decides a search, by the names that errors use; its length does not.
  fileprivate func identity(
    _ place: SearchPlace,
    _ context: StepContext
  ) throws -> [(String, String)] {
    let code = place.networks.space.provenance
    let options = options.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let limits = try constraints.map { constraint in
      guard case .table(let path)? = constraint.source else { return "\(constraint)" }
      let bytes = try File.contents(of: context.path(path))
      return "\(constraint) \(SHA256.hexadecimal(of: bytes.span))"
    }
    let training = train?.stated.filter { !Self.unstated.contains($0.key) }
      .map { "\($0.key) \($0.value)" }
    let recipe = context.recipe
    var scorer: [(String, String)] = []
    if let score {
      let code = try context.registry.provenance(
        of: score.strategy,
        settings: score.parameters.values
      )
      scorer = [("score", JSONValue.object(code.members).line)]
    }
    return scorer + [
      ("space", JSONValue.object(code.members).line),
      ("searcher", ([searcher.name] + options).joined(separator: ", ")),
      ("start", "\(start ?? place.networks.start)"),
      ("constraint", limits.sorted().joined(separator: "; ")),
      ("training", training?.joined(separator: ", ") ?? "none"),
      (
        "reward",
        "\(weights.rawValue), \(images) images, \(halving.map { "\($0)" } ?? "whole")"
      ),
      ("task", recipe.source.text(of: "task")),
      ("data", recipe.source.text(of: "data")),
      ("input_size", recipe.inputSize.map { "\($0)" } ?? "the model's"),
      ("device", recipe.device),
      ("seed", "\(place.seed)"),
      ("network", place.network),
    ]
  }

  /// Keys of training that decide no weights.
  private static let unstated: Set<String> = [
    "checkpointEvery", "checkpointMinutes", "keep", "logEvery", "threads",
  ]
}
