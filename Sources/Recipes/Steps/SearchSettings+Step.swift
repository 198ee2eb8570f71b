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

  package func checkStrategies(in registry: PluginRegistry, base _: String) throws {
    _ = try madeSpace(by: registry)
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
    var search = try Search(place, store, context, base: environment.base, threads: threads)
    let outcome = try search.run()
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
      .init(
        "reward",
        (outcome.best?.fullReward ?? outcome.best?.reward).map { .double($0) } ?? .null
      ),
      .init("trials", .int(outcome.trials.count)),
    ]
  }
}

/// The search of one step, with its executor.
private struct Search {
  private let place: SearchPlace
  private let settings: SearchSettings
  private let executor: any TrialExecutor
  private let unit: (_ tokens: [Int], TrialUnit.Kind, _ rung: Int, _ previous: String?) -> TrialUnit
  private var loop: SearchLoop

  init(
    _ place: SearchPlace,
    _ store: SearchStore,
    _ context: StepContext,
    base: String,
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
          tell(
            .plugin(.warning, "the worker of unit \(unit.prefix(12)) \(reason); it begins again")
          )
        }
      }
    self.executor = executor
    let seed = settings.seed ?? context.recipe.seed
    for (key, value) in settings.identity(place, seed: seed) {
      let stored = try store.settled(key, value)
      guard stored == value else {
        throw SearchError.otherSearch(what: key, stored: stored, wanted: value)
      }
    }
    let wanted = settings.parallel ?? executor.workers
    let parallel = Int(try store.settled("parallel", "\(wanted)")) ?? wanted
    let share = max(1, threads / max(1, parallel))
    let each = settings.train.map { $0.threads > 0 ? $0.threads : share } ?? share
    let stated = Int(try store.settled("threads", "\(each)")) ?? each
    let recipe = context.recipe.source.text
    let (run, number) = (FilePath.absolute(context.folder), context.number)
    let unit = { (tokens: [Int], kind: TrialUnit.Kind, rung: Int, previous: String?) in
      TrialUnit(
        recipe: recipe,
        base: base,
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
      seed: seed
    )
  }

  mutating func run() throws -> SearchOutcome { SearchOutcome(try loop.run()) }

  /// A trial's network, trained as far as the trial was.
  func network(of trial: Trial) throws -> Model {
    let isFull = trial.fullReward != nil
    guard isFull || settings.train != nil, let last = trial.units.last else {
      return try place.networks.model(of: trial.tokens)
    }
    let file = place.work.file(of: last)
    if !File.exists(file) {
      // Somebody removed it: its units make the same again.
      var previous: String?
      let rungs = isFull ? 0...0 : 0...trial.rung
      for rung in rungs {
        let unit = unit(trial.tokens, isFull ? .full : .quick, rung, previous)
        try executor.start(unit)
        _ = try executor.next()
        previous = unit.digest
      }
    }
    return try Model.read(
      file,
      inputSize: place.networks.base.inputSizes.first?.sizes?.compactMap(\.self)
    )
  }
}

extension SearchSettings {
  /// What decides a search, by the names that errors use; how long it goes on does not.
  fileprivate func identity(_ place: SearchPlace, seed: UInt64) -> [(String, String)] {
    let code = place.networks.space.provenance
    let options = options.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let constraints = constraints.map { "\($0)" }.sorted()
    return [
      ("space", JSONValue.object(code.members).line),
      ("searcher", ([searcher.name] + options).joined(separator: ", ")),
      ("constraint", constraints.joined(separator: "; ")),
      (
        "reward",
        "\(train?.digest ?? "none") \(weights.rawValue) \(images) images "
          + (halving.map { "\($0)" } ?? "whole")
      ),
      ("seed", "\(seed)"),
      ("network", place.network),
    ]
  }
}
