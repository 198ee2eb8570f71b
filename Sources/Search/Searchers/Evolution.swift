import Datasets
import PluginKit

/// Regularised evolution (Real and others, 2019): the best of a sample of the population has a child, and the oldest dies.
///
/// A child differs from its parent in one token. The first of the population are drawn evenly, the start among them.
struct Evolution: Searcher {
  private let problem: SearchProblem
  /// Networks that live at once.
  private let size: Int
  /// Networks that compete to be a parent.
  private let sample: Int
  private var visited = VisitedNetworks()
  /// The living, the oldest first.
  private var population: [(tokens: [Int], reward: Double)] = []
  private var proposed = 0

  init(_ problem: SearchProblem, population: Int, sample: Int) {
    self.problem = problem
    size = population
    self.sample = sample
  }

  mutating func propose(_ random: inout SampleRandom) -> [Int]? {
    defer { proposed += 1 }
    if visited.isEmpty { return visited.first { problem.start } }
    // Until as many have lived as the population holds, and while none lives, there is nobody to choose from.
    guard population.count == size || proposed >= 4 * size, !population.isEmpty else {
      return visited.first { problem.draw(&random) }
    }
    let parent = parent(&random)
    return visited.first { problem.replacingOne(of: parent, &random) }
      ?? visited.first { problem.draw(&random) }
  }

  mutating func observe(_ tokens: [Int], reward: Double?, _: inout SampleRandom) {
    guard let reward else { return }
    population.append((tokens, reward))
    if population.count > size { population.removeFirst() }
  }

  /// The best of a sample, drawn with repeats; of equals the one drawn first.
  private func parent(_ random: inout SampleRandom) -> [Int] {
    var best = population[random.index(below: population.count)]
    for _ in 1..<max(1, sample) {
      let other = population[random.index(below: population.count)]
      if other.reward > best.reward { best = other }
    }
    return best.tokens
  }
}

extension SearcherKind {
  private static let population = Parameter<Int>(
    "population",
    default: 16,
    in: 2...100_000,
    doc: "How many networks live at once."
  )
  private static let sample = Parameter<Int>(
    "sample",
    default: 4,
    in: 1...100_000,
    doc: "How many networks compete to be the parent of the next."
  )

  /// Regularised evolution.
  package static let evolution = SearcherKind(
    "evolution",
    doc: "Regularised evolution: children of the best of a sample, the oldest network dies.",
    options: [population.spec, sample.spec]
  ) { (settings, problem) throws(PluginError) in
    Evolution(problem, population: try settings[population], sample: try settings[sample])
  }
}
