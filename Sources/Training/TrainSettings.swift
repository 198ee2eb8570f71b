import Datasets
package import Evaluation
import PluginKit

/// How to train: the keys of the step `train`.
package struct TrainSettings: Sendable, Hashable {
  /// How weights move by their gradients.
  package enum Optimiser: String, Sendable, Hashable, ParameterChoice {
    case sgd, rmsprop, adam, adamw
  }

  /// How the learning rate goes on after the warm-up.
  package enum Schedule: String, Sendable, Hashable, ParameterChoice {
    case steps, cosine, constant
  }

  /// What convolutions compute in.
  package enum Autocast: String, Sendable, Hashable, ParameterChoice {
    case none, bfloat16, float16
  }

  /// Which of the models that were met is the result.
  package enum Take: String, Sendable, Hashable, ParameterChoice {
    case last, best
  }

  /// A factor on the learning rate of weights whose names match.
  package struct Rate: Sendable, Hashable {
    /// A name, in which `*` stands for any run of characters.
    package var pattern: String
    /// 0 leaves the weights as they are.
    package var factor: Double

    package init(pattern: String, factor: Double) {
      self.pattern = pattern
      self.factor = factor
    }
  }

  package var length = TrainingLength.iterations(1)
  package var batch = 8
  package var optimiser = Optimiser.sgd
  package var learningRate = 0.001
  package var momentum = 0.9
  package var nesterov = false
  package var betas = [0.9, 0.999]
  /// Share of the old mean of squares that RMSProp keeps.
  package var rho = 0.95
  /// What is added under the root; nil takes the optimiser's own.
  package var epsilon: Double?
  package var warmup = 0
  package var schedule = Schedule.steps
  package var milestones: [Int] = []
  package var decay = 0.1
  package var weightDecay = 0.0005
  package var rates: [Rate] = []
  /// The share of its old value that a smoothed weight keeps; 0 smooths nothing.
  package var ema = 0.0
  /// The greatest norm of all gradients together; 0 clips nothing.
  package var clip = 0.0
  package var autocast = Autocast.none
  /// Sides of the input that steps draw from; none trains at the model's own.
  package var sizes: [Int] = []
  package var augment = "none"
  package var checkpointEvery = 500
  /// Minutes after which a checkpoint is written whatever the step; 0 leaves it to ``checkpointEvery``.
  package var checkpointMinutes = 10.0
  package var keep = 3
  package var evaluateEvery = 0
  package var take = Take.last
  /// Evaluations without a better one after which training ends; 0 trains to the end.
  package var patience = 0
  package var logEvery = 10
  /// Nil takes the recipe's.
  package var seed: UInt64?
  /// Threads of one operator; 0 takes one for each core.
  package var threads = 0
  package var channelsLast = true

  package init() {}
}
