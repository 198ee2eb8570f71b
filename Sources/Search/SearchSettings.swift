package import PluginHost
package import PluginKit
package import Training

/// What to search, by what, and what a network is worth: the keys of the step `search`.
package struct SearchSettings: Sendable {
  /// Where a network's weights come from before it is trained.
  package enum StartingWeights: String, Sendable, Hashable, ParameterChoice {
    /// As the space hands the network over: cut out of the run's network, or drawn by the space.
    case inherited
    /// Drawn anew, also where the network is a cut of the run's own.
    case drawn
  }

  /// Successive halving (Jamieson and Talwalkar 2016): many networks trained a little, the best of them further.
  package struct Halving: Sendable, Hashable {
    /// Networks that are proposed together.
    package var candidates: Int
    /// Rounds of training; after each but the last only the best go on.
    package var rungs: Int
    /// One of so many is left after a round, and trains so many times as long.
    package var factor: Int

    package init(candidates: Int, rungs: Int, factor: Int) {
      self.candidates = candidates
      self.rungs = rungs
      self.factor = factor
    }
  }

  /// A second, longer training of some of the networks, by which the best is chosen and the first reward is judged.
  package struct Full: Sendable, Hashable {
    /// How many networks: half of them the best by the first reward, the others spread evenly over the ranks below.
    package var trials: Int
    package var train: TrainSettings
    package var weights: StartingWeights

    package init(trials: Int, train: TrainSettings, weights: StartingWeights) {
      self.trials = trials
      self.train = train
      self.weights = weights
    }
  }

  /// The space: a strategy.
  package var space: String
  package var parameters: [StrategyParameter]
  /// The strategy whose scores choose the channels of a cut, where it has parameters; `parameters` name it too.
  package var score: StrategyChoice?
  package var searcher: SearcherKind
  /// Every option of the searcher, defaults filled in.
  package var options = Settings()
  /// Proposals, at most: those that a constraint rules out count too; nil leaves it to ``trials``.
  package var steps: Int?
  /// Networks that get a reward, at most.
  package var trials: Int?
  /// The tokens to begin with; nil takes the space's.
  package var start: [Int]?
  /// Trials under way at once; nil takes as many as there are workers.
  package var parallel: Int?
  package var constraints: [SearchConstraint] = []
  /// How a network is trained before it is judged; nil judges it as it comes.
  package var train: TrainSettings?
  package var weights = StartingWeights.inherited
  /// Images of the list `val` that a network is judged on; 0 takes all.
  package var images = 0
  package var halving: Halving?
  package var full: Full?
  /// Nil takes the recipe's.
  package var seed: UInt64?

  package init(
    space: String,
    parameters: [StrategyParameter] = [],
    searcher: SearcherKind = .annealing
  ) {
    self.space = space
    self.parameters = parameters
    self.searcher = searcher
  }
}
