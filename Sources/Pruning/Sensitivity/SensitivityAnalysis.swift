import Evaluation
import Graphs
import Models
import Operators
import PluginHost
import PluginKit

/// A sensitivity analysis: which groups at which ratios, on which images, and what is done with the records.
package struct SensitivityAnalysis {
  /// What to measure.
  package struct Settings: Sendable, Hashable {
    package var ratios: [Double] = (1...9).map { Double($0) / 10 }
    /// Patterns of whole names; none takes every group that can be cut.
    package var groups: [String] = []
    package var bootstrap = Bootstrap(draws: 0)
    /// The loss about which it must be settled on which side a point lies; nil judges every point on all images.
    package var racing: Double?

    package init() {}
  }

  /// One point to measure.
  package struct Candidate: Sendable {
    package let group: String
    package let ratio: Double
    package let cut: ResolvedPruning
  }

  package let evaluator: CutEvaluator
  package let settings: Settings
  package let candidates: [Candidate]

  /// Decides which channels each point loses.
  ///
  /// - Throws: ``SensitivityError``, `PruningError`.
  package init(_ evaluator: CutEvaluator, settings: Settings) throws {
    self.evaluator = evaluator
    self.settings = settings
    for ratio in settings.ratios where !(ratio > 0 && ratio < 1) {
      throw SensitivityError.badRatio("\(ratio)")
    }
    let ratios = Set(settings.ratios).sorted()
    candidates = try Self.groups(settings.groups, of: evaluator.pruning).flatMap { group in
      try ratios.map { ratio in
        Candidate(
          group: group,
          ratio: ratio,
          cut: try evaluator.pruning.resolve(PruningPlan(cuts: [group: .ratio(ratio)]))
        )
      }
    }
  }

  /// Measures what is not known yet and puts the result together.
  ///
  /// - Throws: ``SensitivityError``; what the images and the store throw.
  package func run(modelHash: String) throws -> SensitivityResult {
    let all = evaluator.images.count
    var seen = candidates.map { _ in all }
    if let bound = settings.racing {
      seen = try race(about: bound)
    } else {
      try evaluator.evaluate(candidates.map(\.cut))
    }
    let baseline = try records(of: CutEvaluator.baseline, all)
    let metric = try evaluator.images.metric(baseline, sample: nil)
    guard metric != 0 else {
      throw SensitivityError.noBaseline(metric: evaluator.images.metricName, images: all)
    }
    var result = SensitivityResult(
      model: evaluator.model.name,
      modelHash: modelHash,
      imagesHash: evaluator.images.contentHash,
      metric: evaluator.images.metricName,
      images: all,
      baseline: metric,
      draws: settings.bootstrap.draws,
      seed: settings.bootstrap.seed,
      confidence: settings.bootstrap.confidence,
      isApproximate: seen.contains { $0 < all },
      leftOut: evaluator.images.leftOut,
      points: []
    )
    var points: [String: SensitivityResult.Point] = [:]
    for (candidate, images) in zip(candidates, seen) {
      let key = CutEvaluator.key(of: candidate.cut)
      var point = try points[key] ?? point(candidate, key, images, baseline)
      points[key] = point
      (point.group, point.ratio) = (candidate.group, candidate.ratio)
      result.points.append(point)
    }
    return result
  }

  private func point(
    _ candidate: Candidate,
    _ key: String,
    _ images: Int,
    _ baseline: [ImageRecord]
  ) throws -> SensitivityResult.Point {
    let records = try records(of: key, images)
    let same = Array(baseline.prefix(images))
    let uncut = try evaluator.images.metric(same, sample: nil)
    let metric = try evaluator.images.metric(records, sample: nil)
    let interval = settings.bootstrap.interval(
      try settings.bootstrap.losses(of: records, baseline: same, by: evaluator.images)
    )
    let cut = candidate.cut.cuts.first
    let channels = cut?.channels ?? evaluator.pruning.groups[candidate.group]?.channels ?? 0
    return SensitivityResult.Point(
      group: candidate.group,
      ratio: candidate.ratio,
      channels: channels,
      kept: cut?.kept.count ?? channels,
      cut: key,
      images: images,
      metric: metric,
      loss: uncut == 0 ? 0 : (uncut - metric) / uncut,
      low: interval?.lowerBound,
      high: interval?.upperBound
    )
  }

  /// Judges all points on more and more images, dropping those whose interval has left a bound behind.
  private func race(about bound: Double) throws -> [Int] {
    let all = evaluator.images.count
    var seen = candidates.map { _ in all }
    var open = Array(candidates.indices)
    var images = max(all / 8, 1)
    while images < all, !open.isEmpty {
      let upper = evaluator.batches.first { $0.upperBound >= images }?.upperBound ?? all
      try evaluator.evaluate(open.map { candidates[$0].cut }, images: upper)
      let baseline = try records(of: CutEvaluator.baseline, upper)
      open = try open.filter { index in
        let losses = try settings.bootstrap.losses(
          of: records(of: CutEvaluator.key(of: candidates[index].cut), upper),
          baseline: baseline,
          by: evaluator.images
        )
        guard let interval = settings.bootstrap.interval(losses), !interval.contains(bound),
          upper < all
        else { return true }
        seen[index] = upper
        return false
      }
      images = upper * 2
    }
    try evaluator.evaluate(open.map { candidates[$0].cut })
    return seen
  }

  private func records(of key: String, _ images: Int) throws -> [ImageRecord] {
    guard let records = try evaluator.store.records(of: key, 0..<images) else {
      throw SensitivityError.internalFault("records of \(key.prefix(12)) are missing")
    }
    return records
  }

  /// The names of the groups selected, in the order of the graph.
  private static func groups(
    _ selection: [String],
    of pruning: ChannelPruning
  ) throws(SensitivityError) -> [String] {
    let open = pruning.groups.groups.filter { $0.closed == nil }.map(\.name)
    guard !selection.isEmpty else { return open }
    var chosen: Set<String> = []
    for text in selection {
      var found = NamePattern(text).selected(from: open)
      if found.isEmpty, let group = pruning.groups[text], group.closed == nil {
        found = [group.name]
      }
      guard !found.isEmpty else {
        throw .noGroup(text, nearest: Graphs.nearest(to: text, in: open))
      }
      chosen.formUnion(found)
    }
    return open.filter(chosen.contains)
  }

  // MARK: Checking

  /// One point judged again by really cutting the graph.
  package struct Check: Sendable, Hashable {
    package let group: String
    package let ratio: Double
    /// The worst max|a − b| / max(1, max|b|) over outputs and images.
    package let difference: Double
    /// The metric as measured, and of the cut graph.
    package let metrics: [Double]

    package init(group: String, ratio: Double, difference: Double, metrics: [Double]) {
      self.group = group
      self.ratio = ratio
      self.difference = difference
      self.metrics = metrics
    }
  }

  /// Recuts some points, drawn by a seed, and evaluates them anew in sessions of their own.
  package func verify(_ count: Int, seed: UInt64) throws -> [Check] {
    let draw = Bootstrap(draws: 1, seed: seed)
    var rest = Array(candidates.indices)
    var checks: [Check] = []
    for place in 0..<min(count, rest.count) {
      let pick = rest.remove(at: draw.sample(place, of: rest.count)[0])
      checks.append(try check(candidates[pick]))
    }
    return checks
  }

  private func check(_ candidate: Candidate) throws -> Check {
    let images = evaluator.images
    // A point that racing dropped has not seen all images.
    try evaluator.evaluate([candidate.cut])
    let comparison = try evaluator.outputsAndRecords(of: candidate.cut)
    let key = CutEvaluator.key(of: candidate.cut)
    return Check(
      group: candidate.group,
      ratio: candidate.ratio,
      difference: comparison.difference,
      metrics: [
        try images.metric(records(of: key, images.count), sample: nil),
        try images.metric(comparison.records, sample: nil),
      ]
    )
  }
}

@available(*, unavailable) extension SensitivityAnalysis: Sendable {}
