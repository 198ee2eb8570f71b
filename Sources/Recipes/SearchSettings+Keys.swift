import PluginKit
import Search

extension SearchSettings {
  /// The keys that recipes may have, beside those of the searcher and the space's own.
  enum Keys {
    static let searcher = Parameter<String>(
      "searcher",
      default: SearcherKind.annealing.name,
      choices: SearcherKind.all.map(\.name),
      doc: "What proposes networks: "
        + SearcherKind.all.map { "\($0.name) (\($0.doc))" }.joined(separator: " ")
    )
    static let steps = Parameter<Int>(
      "steps",
      default: 0,
      in: 0...10_000_000,
      doc:
        "Networks to propose, at most, those that a constraint rules out too; 0 leaves it to 'trials'."
    )
    static let trials = Parameter<Int>(
      "trials",
      default: 0,
      in: 0...1_000_000,
      doc: "Networks to judge, at most; 0 leaves it to 'steps'."
    )
    static let parallel = Parameter<Int>(
      "parallel",
      default: 0,
      in: 0...1024,
      doc:
        "Trials under way at once; the networks visited depend on it. 0 takes as many as there are workers."
    )
    static let weights = Parameter<StartingWeights>(
      "weights",
      default: .inherited,
      doc: "Whether a cut of the run's network keeps its weights, or draws new ones."
    )
    static let images = Parameter<Int>(
      "images",
      default: 0,
      in: 0...10_000_000,
      doc: "Images of 'val' that networks are judged on; 0 takes all."
    )
    static let start = Parameter<[Int]>(
      "start",
      default: [],
      doc: "The tokens to begin with; none takes the space's start."
    )
    static let seed = Parameter<Int>(
      "seed",
      default: -1,
      in: -1...Int.max,
      doc: "Of proposals and trainings; -1 takes the recipe's."
    )
    /// Every declared key, for the JSON Schema.
    static let specs: [ParameterSpec] = [
      searcher.spec, steps.spec, trials.spec, parallel.spec, weights.spec, images.spec, start.spec,
      seed.spec,
    ]

    /// The names of all keys, those of mappings too.
    static let names = Set(specs.map(\.name) + ["space", "train", "constraint", "halving", "full"])

    /// Keys that decide which networks are tried, and not what one is worth.
    static let undecisive: Set<String> = [
      "searcher", "steps", "trials", "parallel", "start", "constraint",
    ]

    static let candidates = Parameter<Int>(
      "candidates",
      default: 9,
      in: 2...100_000,
      doc: "Networks that are proposed together."
    )
    static let rungs = Parameter<Int>(
      "rungs",
      default: 3,
      in: 2...20,
      doc: "Rounds of training; after each but the last only the best go on."
    )
    static let factor = Parameter<Int>(
      "factor",
      default: 3,
      in: 2...100,
      doc: "Keep one network in so many after each round, and train it so many times as long."
    )
    static let halving: [ParameterSpec] = [candidates.spec, rungs.spec, factor.spec]

    static let fullTrials = Parameter<Int>(
      "trials",
      default: 10,
      in: 2...100_000,
      doc: "Networks that are trained longer, spread evenly over the ranks of the reward."
    )
    static let full: [ParameterSpec] = [fullTrials.spec, weights.spec]
  }
}
