/// Why a model cannot be cut to a target; it is as it was.
package enum TargetError: Error, Sendable, Hashable {
  /// The model costs no more as it is.
  case reached(PruneTarget, present: Double)
  /// The least widths cost more.
  case unreachable(PruneTarget, least: Double, present: Double, block: Int, closed: [String])
  /// No group has a block of channels that may go.
  case nothingToCut(block: Int, groups: Int, closed: [String])
  /// `include` or `exclude` names no group.
  case noGroup(String, nearest: String?)
  /// No layer can be timed by itself.
  case noLayer(String)
  /// It was asked to stop.
  case stopped
  /// A file of times cannot be used.
  case times(path: String, line: Int, String)
}

extension TargetError: CustomStringConvertible {
  /// What is wrong, and the cure.
  package var description: String {
    switch self {
    case .reached(let target, let present):
      "the target \(target.text) is no less than the model costs as it is, \(target.figure.text(present)); name a smaller one"
    case .unreachable(let target, let least, let present, let block, let closed):
      "the target \(target.text) cannot be reached: with the least channels everywhere \(target.figure.text(least)) remain, "
        + "\(Self.percent(least / present)) of \(target.figure.text(present)); ask for more, lower 'keep_at_least' or "
        + "'--align' (blocks of \(block) now), or include more groups" + Self.text(of: closed)
    case .nothingToCut(let block, let groups, let closed):
      "none of the \(groups) channel groups to choose from has a block of \(block) channels that may go; '--align 1' makes smaller blocks"
        + Self.text(of: closed)
    case .noGroup(let name, let nearest):
      "no channel group that can be cut is called '\(name)'"
        + (nearest.map { "; the nearest is '\($0)'" } ?? "; `inspect --groups` lists them")
    case .noLayer(let model):
      "no layer of \(model) that a cut makes smaller can be timed by itself; take --target-macs instead"
    case .stopped: "stopped; the layers timed are kept, and the same command goes on from there"
    case .times(let path, let line, let text):
      "\(path):\(line): \(text); name another file, or remove this one to measure again"
    }
  }

  private static func percent(_ share: Double) -> String {
    "\((1000 * share).rounded() / 10) %"
  }

  private static func text(of closed: [String]) -> String {
    guard !closed.isEmpty else { return "" }
    let some = closed.prefix(5).joined(separator: "; ")
    return ". Never cut: \(some)"
      + (closed.count > 5 ? "; and \(closed.count - 5) more groups" : "")
  }
}
