package import Models
package import PluginHost
import PluginKit

/// How to distill: the keys of the step `distill`, beside those of `train`.
package struct DistillSettings: Sendable, Hashable {
  /// Where the network comes from that the student is compared with.
  package enum Teacher: Sendable, Hashable {
    /// The model as it was before the recipe's first step.
    case original
    /// A model of its own, with a file of weights where it is built; a checkpoint is one.
    case model(ModelSource, weights: String?)
  }

  /// What a loss compares, as a recipe says it.
  package enum Taps: Sendable, Hashable {
    case outputs, features
    case named([Pair])

    /// Two values by their names.
    package struct Pair: Sendable, Hashable {
      package var student: String
      package var teacher: String

      package init(student: String, teacher: String) {
        self.student = student
        self.teacher = teacher
      }
    }
  }

  /// The factor on a loss's weight from a step on; between two of them it goes in a straight line.
  package struct Stage: Sendable, Hashable {
    package var step: Int
    package var factor: Double

    package init(step: Int, factor: Double) {
      self.step = step
      self.factor = factor
    }
  }

  /// One loss of the sum.
  package struct Loss: Sendable, Hashable {
    package var strategy: String
    /// Nil takes the default of the strategy's parameter `weight`, else 1.
    package var weight: Double?
    package var schedule: [Stage] = []
    /// Nil takes what the strategy asks for.
    package var taps: Taps?
    package var parameters: [StrategyParameter] = []

    package init(_ strategy: String) { self.strategy = strategy }
  }

  package var teacher = Teacher.original
  package var losses: [Loss] = []
  /// What the task's own loss is multiplied by; 0 leaves it out.
  package var taskWeight = 1.0
  /// Whether maps of unlike channel counts are brought together by a learned 1×1 convolution.
  package var adapters = true
  /// What the teacher computes in.
  package var precision = TrainSettings.Autocast.none
  /// The folder that keeps the teacher's values for images that stay the same; none keeps none.
  package var cache: String?
  package var train = TrainSettings()

  package init() {}
}

extension DistillSettings {
  /// The factor on a loss's weight at a step.
  package static func factor(_ schedule: [Stage], at step: Int) -> Double {
    guard let first = schedule.first else { return 1 }
    guard let next = schedule.firstIndex(where: { $0.step > step }) else {
      return schedule[schedule.count - 1].factor
    }
    guard next > 0 else { return first.factor }
    let (a, b) = (schedule[next - 1], schedule[next])
    return a.factor + (b.factor - a.factor) * Double(step - a.step) / Double(b.step - a.step)
  }
}
