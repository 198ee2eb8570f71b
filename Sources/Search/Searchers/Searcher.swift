package import Datasets
package import PluginKit

/// What proposes networks, and learns from what they were worth.
///
/// All of its state comes from what it was told and from the random numbers that it is handed, so that a search that is begun
/// again goes the same way.
package protocol Searcher: Sendable {
  /// Proposes a network.
  ///
  /// - Parameter random: the numbers of this proposal.
  /// - Returns: its tokens; nil where no network is left.
  mutating func propose(_ random: inout SampleRandom) -> [Int]?

  /// Takes notice of what proposed tokens came to, in the order of the proposals.
  ///
  /// - Parameters:
  ///   - tokens: what was proposed.
  ///   - reward: what the network is worth, more being better; nil where it has none, infeasible networks and failed ones.
  ///   - random: numbers of this trial, apart from those of its proposal.
  mutating func observe(_ tokens: [Int], reward: Double?, _ random: inout SampleRandom)
}

/// What a searcher works on.
package struct SearchProblem: Sendable, Hashable {
  /// The dimensions that tokens are of.
  package var dimensions: [SearchDimension]
  /// The tokens to begin with.
  package var start: [Int]
  /// Trials that are under way at once, at most.
  package var parallel: Int

  package init(dimensions: [SearchDimension], start: [Int], parallel: Int = 1) {
    self.dimensions = dimensions
    self.start = start
    self.parallel = max(1, parallel)
  }

  /// Tokens drawn evenly.
  func draw(_ random: inout SampleRandom) -> [Int] {
    dimensions.map { $0.range.lowerBound + random.index(below: $0.range.count) }
  }

  /// Tokens of which one, at a random place, is drawn again.
  func replacingOne(of tokens: [Int], _ random: inout SampleRandom) -> [Int] {
    var tokens = tokens
    let place = random.index(below: tokens.count)
    let range = dimensions[place].range
    tokens[place] = range.lowerBound + random.index(below: range.count)
    return tokens
  }
}

/// The networks that were proposed, none of them twice.
struct VisitedNetworks: Sendable {
  /// Draws after which a searcher gives up finding a network that was not proposed.
  static let attempts = 50_000

  private var visited: Set<[Int]> = []

  var isEmpty: Bool { visited.isEmpty }

  /// The first of the networks drawn that was not proposed yet; nil where none was among many.
  mutating func first(_ draw: () -> [Int]) -> [Int]? {
    for _ in 0..<Self.attempts {
      let tokens = draw()
      if visited.insert(tokens).inserted { return tokens }
    }
    return nil
  }
}
