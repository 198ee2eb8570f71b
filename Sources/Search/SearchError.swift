/// Why a search cannot go on; its trials are kept.
package enum SearchError: Error, Sendable, Hashable {
  /// The folder holds the trials of another search.
  case otherSearch(what: String, stored: String, wanted: String)
  /// The space proposes other networks than it did.
  case otherTrials(number: Int, stored: [Int], found: [Int])
  /// None of the first trials got a reward.
  case allFail(count: Int, last: String)
  /// No network got a reward.
  case nothingFound(proposed: Int, infeasible: Int, failed: Int, last: String?)
  /// Workers keep dying.
  case worker(String, exitCode: Int32? = nil)
  /// A network of an earlier round of successive halving is not there any more.
  case lostRound(String)
  case unusable(String)
}

extension SearchError: CustomStringConvertible {
  /// What happened, and the cure.
  package var description: String {
    switch self {
    case .otherSearch(let what, let stored, let wanted):
      "the run's trials are of another search: its \(what) was \(stored), now it is \(wanted); "
        + "name another folder by --run, or restore the recipe"
    case .otherTrials(let number, let stored, let found):
      "trial \(number) was of the tokens \(Self.text(stored)), now the searcher proposes "
        + "\(Self.text(found)): the space or this program changed; name another folder by --run"
    case .allFail(let count, let last):
      "\(count) trials failed and none got a reward, so the search ends; the last said: \(last); when that is mended, "
        + "--resume tries them again"
    case .nothingFound(let proposed, let infeasible, let failed, let last):
      "no network got a reward: of \(proposed) proposed \(infeasible) are infeasible and \(failed) failed"
        + (last.map { "; the last reason: \($0)" } ?? "")
        + "; loosen 'constraint', or give more 'steps'"
    case .worker(let reason, _): "a worker cannot work: \(reason)"
    case .lostRound(let file):
      "\(file), the network of an earlier round, was removed; name another folder by --run"
    case .unusable(let reason): reason
    }
  }

  private static func text(_ tokens: [Int]) -> String {
    tokens.map(String.init).joined(separator: ",")
  }
}
