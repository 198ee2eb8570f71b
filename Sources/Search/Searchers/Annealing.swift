import Datasets
import Glibc
import PluginKit

/// Simulated annealing as PaddleSlim's SANAS has it, which found BlazeFace-NAS.
///
/// Each proposal replaces one token of the current network, at a random place by a random value. A better network becomes the
/// current one; a worse one does with probability exp((r - r_current) / T), T being T0 · rate^(parallel · trials).
struct Annealing: Searcher {
  private let problem: SearchProblem
  private let temperature: Double
  private let rate: Double
  private var visited = VisitedNetworks()
  private var current: [Int]
  private var currentReward = -1.0
  private var rewarded = 0

  init(_ problem: SearchProblem, temperature: Double, rate: Double) {
    self.problem = problem
    self.temperature = temperature
    self.rate = rate
    current = problem.start
  }

  mutating func propose(_ random: inout SampleRandom) -> [Int]? {
    if visited.isEmpty { return visited.first { problem.start } }
    return visited.first { problem.replacingOne(of: current, &random) }
  }

  mutating func observe(_ tokens: [Int], reward: Double?, _ random: inout SampleRandom) {
    // A candidate without a reward has used up its step, and leaves the temperature as it is.
    guard let reward else { return }
    rewarded += 1
    let heat = temperature * pow(rate, Double(problem.parallel * rewarded))
    let probability = exp((reward - currentReward) / heat)
    guard reward > currentReward || random.unit() <= probability else { return }
    (current, currentReward) = (tokens, reward)
  }
}

extension SearcherKind {
  private static let temperature = Parameter<Double>(
    "temperature",
    default: 10.24,
    in: 1e-9...1e9,
    doc: "Where annealing begins: how easily a worse network is accepted."
  )
  private static let rate = Parameter<Double>(
    "rate",
    default: 0.85,
    in: 0.000_001...1,
    doc: "What the temperature is multiplied by after every trial."
  )

  /// What the benchmark searches by.
  package static let annealing = SearcherKind(
    "annealing",
    doc:
      "Simulated annealing: one token changed at a time, worse networks accepted ever more rarely.",
    options: [temperature.spec, rate.spec]
  ) { (settings, problem) throws(PluginError) in
    Annealing(problem, temperature: try settings[temperature], rate: try settings[rate])
  }
}
