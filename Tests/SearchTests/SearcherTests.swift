import Foundation
import Graphs
import PluginKit
import Search
import TestSupport
import Testing

/// Searchers against a program that has their algorithms from the papers.
struct SearcherTests {
  private static let kinds = ["annealing", "evolution", "random"]
  private static let options: [String: ParameterValue] = [
    "population": .int(4), "sample": .int(3),
  ]

  /// The networks that a plain program visits.
  private func reference(_ kind: String, seed: UInt64, parallel: Int, steps: Int) throws -> [[Int]]
  {
    let path = TestData.packageRoot.appendingPathComponent("Tests/SearchTests/searchers.py")
    let text = try Python.run(
      String(contentsOf: path, encoding: .utf8),
      [kind, "\(seed)", "\(parallel)", "\(steps)"]
    )
    return try JSONDecoder().decode([[Int]].self, from: Data(text.utf8))
  }

  @Test(
    .enabled(Comment(rawValue: Python.reason)) { Python.isPresent },
    arguments: kinds,
    [0, 1, 2]
  )
  func `the networks visited are those of the algorithm`(kind: String, seed: UInt64) throws {
    let searcher = try #require(SearcherKind(rawValue: kind))
    let settings = SearchSettings.over(searcher, steps: 120, options: Self.options)
    var (loop, _) = try SearchLoop.arithmetic(settings, seed: seed)
    let visited = try loop.run().map(\.tokens)
    #expect(try visited == reference(kind, seed: seed, parallel: 1, steps: 120))
  }

  @Test(.enabled(Comment(rawValue: Python.reason)) { Python.isPresent }, arguments: kinds)
  func `three at once visit what the algorithm does, whichever ends first`(kind: String) throws {
    let searcher = try #require(SearcherKind(rawValue: kind))
    let settings = SearchSettings.over(searcher, steps: 100, options: Self.options)
    let wanted = try reference(kind, seed: 5, parallel: 3, steps: 100)
    for order: UInt64 in 0..<4 {
      let workers = ShuffledWorkers(3, seed: order) { ArithmeticSpace.reward($0.tokens) }
      var (loop, _) = try SearchLoop.arithmetic(settings, parallel: 3, seed: 5, executor: workers)
      #expect(try loop.run().map(\.tokens) == wanted)
    }
  }

  @Test(arguments: kinds)
  func `a space is searched through and no network tried twice`(kind: String) throws {
    let searcher = try #require(SearcherKind(rawValue: kind))
    let space = ArithmeticSpace(sizes: [3, 2, 2, 4, 2])
    var (loop, _) = try SearchLoop.arithmetic(.over(searcher, steps: 10_000), space: space)
    let trials = try loop.run()
    #expect(Set(trials.map(\.tokens)).count == trials.count)
    let all = 3 * 2 * 2 * 4 * 2
    // Annealing changes one token at a time, so that it may be shut in.
    #expect(kind == "annealing" ? trials.count > all / 4 : trials.count == all)
  }
}
