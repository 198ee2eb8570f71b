import Synchronization

/// How many lines plugins said.
final class LogCount: Sendable {
  private let lines = Atomic(0)
  func add() { lines.add(1, ordering: .relaxed) }
  var count: Int { lines.load(ordering: .relaxed) }
}
