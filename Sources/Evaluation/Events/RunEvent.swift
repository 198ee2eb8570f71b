package import Datasets
package import Models
package import PluginKit

/// What happens in a run, as it happens: figures and names, which a recorder puts into words.
package enum RunEvent: Sendable {
  /// What progress says of a step.
  package struct Step: Sendable, Hashable {
    /// The step's key in recipes.
    package let name: String
    /// The strategies that it names, in their order.
    package let strategies: [String]
    package let length: TrainingLength?

    /// A step's key, its strategies, and its length where it trains.
    package init(_ name: String, strategies: [String] = [], length: TrainingLength? = nil) {
      self.name = name
      self.strategies = strategies
      self.length = length
    }
  }

  /// Work that is counted.
  package enum Work: Sendable, Hashable {
    /// Images that ranges are taken from.
    case calibration
    /// Choices of a strategy's parameter.
    case choice(parameter: String, value: String)
    /// Layers whose weights or biases are tuned.
    case tuning(layer: String)
    /// Layers that are fitted after a cut.
    case repair(layer: String)
    /// Cuts and batches of a sensitivity analysis.
    case cuts
    /// Images that a model is judged on.
    case evaluation
    /// Images that gradients of the loss are taken over.
    case gradients
  }

  /// How training stands after an iteration.
  package struct Iteration: Sendable, Hashable {
    /// Iterations done, and in all.
    package var done: Int
    package var all: Int
    package var loss: Double
    package var imagesPerSecond: Double
    package var secondsLeft: Double?
    /// The last metric, where the model was evaluated.
    package var metric: Double?

    package init(
      done: Int,
      all: Int,
      loss: Double,
      imagesPerSecond: Double,
      secondsLeft: Double?,
      metric: Double?
    ) {
      self.done = done
      self.all = all
      self.loss = loss
      self.imagesPerSecond = imagesPerSecond
      self.secondsLeft = secondsLeft
      self.metric = metric
    }
  }

  /// The progress of a search after a trial.
  package struct Trial: Sendable, Hashable {
    /// Trials done, and in all.
    package var done: Int
    package var all: Int
    /// Which proposal it was, from 0.
    package var number: Int
    package var tokens: [Int]
    package var reward: Double?
    /// The best reward so far.
    package var best: Double?
    /// Why it has no reward.
    package var reason: String?
    /// Whether it is one of the longer trainings at the end.
    package var isFull: Bool
    package var secondsLeft: Double?

    package init(
      done: Int,
      all: Int,
      number: Int,
      tokens: [Int],
      reward: Double?,
      best: Double?,
      reason: String?,
      isFull: Bool,
      secondsLeft: Double?
    ) {
      self.done = done
      self.all = all
      self.number = number
      self.tokens = tokens
      self.reward = reward
      self.best = best
      self.reason = reason
      self.isFull = isFull
      self.secondsLeft = secondsLeft
    }
  }

  /// How far the timing of single layers is.
  package struct Timing: Sendable, Hashable {
    /// The layer that is timed now, by its key in latency tables.
    package let key: String
    /// Layers that were timed before it, and in all.
    package let done: Int
    package let all: Int
    /// Nil before the first is done.
    package let secondsLeft: Double?

    package init(key: String, done: Int, all: Int, secondsLeft: Double?) {
      self.key = key
      self.done = done
      self.all = all
      self.secondsLeft = secondsLeft
    }
  }

  /// Why weights of a file or a graph were not taken over.
  package enum WeightsLeft: Sendable, Hashable {
    case shape, missing
  }

  /// A network that was cut to a target and measured, in the figure's own words.
  package struct Narrowed: Sendable, Hashable {
    package let asked: String
    package let predicted: String
    package let measured: String

    package init(asked: String, predicted: String, measured: String) {
      self.asked = asked
      self.predicted = predicted
      self.measured = measured
    }
  }

  /// A step of a recipe begins; the first has the number 1.
  case step(Step, number: Int, of: Int)
  case work(Work, done: Int, of: Int)
  case iteration(Iteration)
  case trial(Trial)
  /// A searcher found no network that it had not tried.
  case searchExhausted(searcher: String, proposals: Int)
  /// A search keeps fewer trials under way than there are workers.
  case idleWorkers(Int, parallel: Int)
  /// A worker ended before its unit, which starts again.
  case workerLost(unit: String, reason: String)
  case timing(Timing)
  case narrowed(Narrowed)
  /// A model was evaluated after an iteration.
  case evaluation(metric: String, Double, iteration: Int, of: Int)
  /// A number of layers was left float to reach a goal.
  case floatLayers(Int, isEnough: Bool)
  /// Training resumes from this checkpoint.
  case resuming(checkpoint: String)
  /// A checkpoint of a step that is done again from its start, for lack of one.
  case noCheckpoint(step: Int, folder: String)
  /// A checkpoint that was set aside, and what is wrong with it.
  case damagedCheckpoint(String)
  case writing(String)
  /// The images of a list.
  case images(list: String, summary: String, problems: [DataProblem])
  /// Weights taken over from a file.
  case weights(file: String, used: Int)
  case weightsLeft(WeightsLeft, names: [String])
  /// A batch that is made of several passes, since the model takes no other number of images at once.
  case passes(model: String, batch: Int, FixedBatch)
  case outputsLeftOut([ComparedOutputs.LeftOut])
  /// A step's strategy failed, and another does the step; nil leaves it out.
  case strategyFailed(String, reason: String, instead: String?)
  /// What a step's gate found.
  case gate(step: String, [GateCheck])
  /// What a plugin says.
  case plugin(LogLevel, String)
}

/// How long to train.
package enum TrainingLength: Sendable, Hashable {
  case iterations(Int)
  case epochs(Int)
}
