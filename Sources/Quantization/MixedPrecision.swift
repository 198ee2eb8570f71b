import Evaluation
import Graphs
import Operators
import PluginKit

/// The search for the fewest layers that must stay float, so that a quantized network reaches a goal.
///
/// Layers go in the order of the table of layers, those that lose most by themselves first. How many is found by doubling
/// until the goal is reached, and by halving the way back to the last number that missed it.
package struct MixedPrecision: Sendable, Hashable {
  /// One number of layers that was tried.
  package struct Trial: Sendable, Hashable {
    /// Layers left float for the goal.
    package let count: Int
    /// The metric, from 0 to 1, where the goal is about it.
    package let metric: Double?
    /// Signal by noise of the worst output, in decibels.
    package let decibels: Double
    package let isEnough: Bool
  }

  /// The float network's metric, where the goal is about it.
  package let reference: Double?
  /// How many layers might become float.
  package let most: Int
  /// In the order of trying.
  package private(set) var trials: [Trial] = []
  /// The layers left float in the end, the worst first.
  package private(set) var layers: [String] = []

  /// The path taken, in words.
  package var text: String {
    let steps = trials.map { trial in
      let figure = trial.metric.map { "metric \(Self.rounded($0, 4)), " } ?? ""
      return "\(trial.count) float: \(figure)\(Self.rounded(trial.decibels, 1)) dB"
        + (trial.isEnough ? " (enough)" : "")
    }
    let start = reference.map { "float network: metric \(Self.rounded($0, 4)); " } ?? ""
    return start + steps.joined(separator: "; ")
  }

  private static func rounded(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value > 0 ? "∞" : "-∞" }
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    return "\((value * power).rounded() / power)"
  }

  /// The least number from 0 to `most` that is enough, if more is never worse; nil where `most` is not enough.
  ///
  /// - Complexity: O(log n) calls of `isEnough`, n being the number found.
  package static func fewest(
    upTo most: Int,
    where isEnough: (Int) throws -> Bool
  ) rethrows -> Int? {
    if try isEnough(0) { return 0 }
    var (missed, count) = (0, min(1, most))
    while count > missed, try !isEnough(count) { (missed, count) = (count, min(2 * count, most)) }
    guard count > missed else { return nil }
    while count - missed > 1 {
      let middle = missed + (count - missed) / 2
      if try isEnough(middle) { count = middle } else { missed = middle }
    }
    return count
  }

  /// Quantizes until a goal is reached.
  ///
  /// - Returns: the attempt that reaches it with the fewest layers left float, and the way there.
  /// - Throws: ``QuantizationError/missed(_:)``, ``QuantizationError/noMetric``; what attempts throw.
  static func reaching(
    _ goal: QuantizationPlan.Goal,
    _ attempts: QuantizationAttempts,
    _ surroundings: QuantizeStep.Surroundings
  ) throws -> (QuantizationAttempt, MixedPrecision) {
    let check = try QuantizationGoalCheck(goal, attempts.model, surroundings)
    let whole = try attempts.attempt()
    let order = whole.comparison.layers.map(\.name)
    let most = min(goal.mostFloat ?? order.count, order.count - 1)
    var search = MixedPrecision(reference: check.reference, most: most)
    var best = whole
    let count = try fewest(upTo: most) { count in
      let attempt = count == 0 ? whole : try attempts.attempt(leaving: Set(order.prefix(count)))
      let trial = try check.trial(attempt, count: count)
      search.trials.append(trial)
      surroundings.tell(.floatLayers(count, isEnough: trial.isEnough))
      if trial.isEnough { best = attempt }
      return trial.isEnough
    }
    guard let count else { throw QuantizationError.missed(search) }
    search.layers = Array(order.prefix(count))
    return (best, search)
  }

  private init(reference: Double?, most: Int) {
    self.reference = reference
    self.most = most
  }
}
