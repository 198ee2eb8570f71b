import Glibc

/// The learning rate of each step: a linear warm-up from 0, then a schedule.
package struct LearningRate: Sendable, Hashable {
  private let settings: TrainSettings
  /// Steps in all, which a cosine needs to end at 0.
  private let steps: Int

  package init(_ settings: TrainSettings, steps: Int) {
    self.settings = settings
    self.steps = steps
  }

  /// The rate of a step, from 0.
  package subscript(_ step: Int) -> Double {
    let rate = settings.learningRate
    guard step >= settings.warmup else { return rate * Double(step) / Double(settings.warmup) }
    switch settings.schedule {
    case .constant: return rate
    case .steps:
      let passed = settings.milestones.count { $0 <= step }
      return rate * pow(settings.decay, Double(passed))
    case .cosine:
      let length = max(1, steps - settings.warmup)
      return rate * 0.5 * (1 + cos(.pi * Double(step - settings.warmup) / Double(length)))
    }
  }
}
