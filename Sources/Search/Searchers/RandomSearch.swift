import Datasets
import PluginKit

/// Networks drawn evenly, none twice; the start is the first.
struct RandomSearch: Searcher {
  let problem: SearchProblem
  private var visited = VisitedNetworks()

  init(_ problem: SearchProblem) { self.problem = problem }

  mutating func propose(_ random: inout SampleRandom) -> [Int]? {
    if visited.isEmpty { return visited.first { problem.start } }
    return visited.first { problem.draw(&random) }
  }

  mutating func observe(_: [Int], reward _: Double?, _: inout SampleRandom) {}
}

extension SearcherKind {
  /// The measure of all others.
  package static let random = SearcherKind(
    "random",
    doc: "Networks drawn evenly: what other searchers are compared with."
  ) { (_, problem) throws(PluginError) in RandomSearch(problem) }
}
