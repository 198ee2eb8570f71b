package import Evaluation
import Graphs
package import Models
import Operators
package import Tensors

/// Judges many cuts of one model on the same images, doing once what they share.
///
/// A cut is judged as the uncut graph in which the slices of every consumer that would be cut are zero. Per batch the
/// uncut network runs once; each cut then executes what it changes, from values kept inside, and nothing of channels
/// that are gone. Nested cuts of one group share the layers that read the group too.
package final class CutEvaluator {
  /// How to work.
  package struct Options: Sendable {
    /// Bytes of values inside the network that may be held at once.
    package var memory = 1 << 30
    /// Images in one run of a network whose batch is open.
    package var batch = 1
    /// Where the network executes.
    package var device: Device = .cpu

    package init() {}
  }

  let model: Model
  let pruning: ChannelPruning
  let images: any EvaluationSet
  let store: any RecordStore
  let options: Options
  /// Images a run of the network.
  package let batch: Int
  let passes: BatchPasses
  /// What was executed so far, and what it could have been.
  package internal(set) var work = CutWork()
  /// Told after every cut and batch: records made so far in this call and those to make.
  package var tell: (RunEvent) -> Void = { _ in }
  /// Asked between cuts; once it says so the evaluation ends with ``SensitivityError/stopped``.
  package var shouldStop: () -> Bool = { false }
  var done = 0
  var all = 0

  /// An evaluator for one model.
  ///
  /// - Parameters:
  ///   - model: the uncut model.
  ///   - pruning: its groups and cuts.
  ///   - images: what it is judged on.
  ///   - store: what is known already, and where new records go.
  ///   - options: how to work; nothing here changes a record but the batch.
  package init(
    _ model: Model,
    pruning: ChannelPruning,
    images: any EvaluationSet,
    store: any RecordStore,
    options: Options = Options()
  ) {
    self.model = model
    self.pruning = pruning
    self.images = images
    self.store = store
    self.options = options
    let fixed = model.fixedBatch()
    passes = BatchPasses(fixed)
    batch = Self.batch(of: model, fixed, options)
  }

  /// The name of the uncut model's records.
  package static let baseline = "baseline"

  /// The name under which a cut's records are kept.
  package static func key(of cut: ResolvedPruning) -> String { EvaluatedCut.key(of: cut) }

  /// Makes the records of cuts and of the uncut model that are not there yet.
  ///
  /// - Parameters:
  ///   - cuts: what to judge.
  ///   - limit: how many images to judge them on, from the first; nil takes all.
  /// - Throws: ``SensitivityError``, what the images and the store throw, `OperatorError`.
  package func evaluate(_ cuts: [ResolvedPruning], images limit: Int? = nil) throws {
    let batches = batches.filter { $0.upperBound <= limit ?? images.count }
    var seen: Set<String> = [Self.baseline]
    let judged = cuts.filter { seen.insert(EvaluatedCut.key(of: $0)).inserted }
      .map { EvaluatedCut($0, of: pruning) }
    let families = CutFamily.families(of: judged)
    let resumePoints = Set(families.flatMap(\.reach.resumePoints))
    let session = Session(
      pruning.graph,
      operators: model.operators,
      device: options.device,
      mode: .fast,
      memory: 0,
      resumePoints: resumePoints
    )
    let plans = try families.map {
      try FamilyPlan($0, of: model, pruning: pruning, in: session)
    }
    try countLimit(plans, images: batches.last?.upperBound ?? 0)
    let missing = try plans.map { plan in
      try plan.family.cuts.map { cut in try batches.filter { try isMissing(cut.key, $0) }.count }
        .reduce(0, +)
    }
    (done, all) = (0, missing.reduce(0, +))
    for chunk in chunks(batches, for: plans) {
      let wanted = try plans.filter { plan in
        try plan.family.cuts.contains { cut in try chunk.contains { try isMissing(cut.key, $0) } }
      }
      let lacksBaseline = try chunk.contains { try isMissing(Self.baseline, $0) }
      guard !wanted.isEmpty || lacksBaseline else { continue }
      for pass in wanted.isEmpty
        ? [[]] : passes(of: wanted, images: chunk.reduce(0) { $0 + $1.count })
      {
        try run(pass, chunk, in: session)
      }
    }
  }

  /// The images of each run of the network.
  package var batches: [Range<Int>] {
    stride(from: 0, to: images.count, by: batch).map { $0..<min($0 + batch, images.count) }
  }

  /// Images a run: what nodes insist on or the graph states, else what the options say.
  package static func batch(of model: Model, _ options: Options) -> Int {
    batch(of: model, model.fixedBatch(), options)
  }

  private static func batch(of model: Model, _ fixed: FixedBatch?, _ options: Options) -> Int {
    max(fixed?.count ?? model.statedBatch ?? options.batch, 1)
  }

  func isMissing(_ cut: String, _ images: Range<Int>) throws -> Bool {
    try store.records(of: cut, images) == nil
  }

  // MARK: Memory

  /// Bytes an image of values inside, for some families.
  private func bytes(_ resumePoints: Set<String>) -> Int {
    let perRun = resumePoints.reduce(0) { $0 + (model.facts[$1].shape?.reduce(4, *) ?? 0) }
    let stated = model.graph.requiredInputs.first.flatMap { model.facts[$0.name].shape?.first } ?? 1
    return perRun / max(stated, 1)
  }

  /// What sums of split convolutions take, an image.
  private func sumBytes(_ plans: [FamilyPlan]) -> Int {
    plans.map { bytes(Set($0.splits.map(\.output))) }.max() ?? 0
  }

  /// Batches that are held at once: as many as fit for all families, one at least.
  private func chunks(
    _ batches: [Range<Int>],
    for plans: [FamilyPlan]
  ) -> [[Range<Int>]] {
    let image = bytes(Set(plans.flatMap(\.family.reach.resumePoints))) + sumBytes(plans)
    let fitting = min(options.memory / max(image, 1), 64) / batch
    let size = max(fitting, 1)
    return stride(from: 0, to: batches.count, by: size).map {
      Array(batches[$0..<min($0 + size, batches.count)])
    }
  }

  /// Families whose values fit into memory together; the network runs once for each of these.
  private func passes(of plans: [FamilyPlan], images: Int) -> [[FamilyPlan]] {
    var passes: [[FamilyPlan]] = [[]]
    var resumePoints: Set<String> = []
    for plan in plans {
      let more = resumePoints.union(plan.family.reach.resumePoints)
      let last = passes[passes.count - 1]
      if !last.isEmpty, (bytes(more) + sumBytes(last + [plan])) * images > options.memory {
        passes.append([plan])
        resumePoints = Set(plan.family.reach.resumePoints)
      } else {
        passes[passes.count - 1].append(plan)
        resumePoints = more
      }
    }
    return passes
  }
}

@available(*, unavailable) extension CutEvaluator: Sendable {}
