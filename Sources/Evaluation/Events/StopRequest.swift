import Synchronization

/// A wish to stop, which long work that keeps checkpoints asks for between its iterations.
///
/// It may be set from a signal handler.
package final class StopRequest: Sendable {
  private let state = Atomic<State>(.running)

  /// What the work is doing.
  private enum State: UInt8, AtomicRepresentable {
    /// Nothing that could be saved.
    case running
    /// Work that saves where it is before it stops.
    case saving
    /// The same, and it was asked to stop.
    case asked
  }

  package init() {}

  /// Runs work that asks ``isWanted`` from time to time and saves where it is.
  package func whileSaving<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.store(.saving, ordering: .relaxed)
    defer { state.store(.running, ordering: .relaxed) }
    return try body()
  }

  /// Whether the work was asked to stop.
  package var isWanted: Bool { state.load(ordering: .relaxed) == .asked }

  /// Asks the work to save and stop.
  ///
  /// - Returns: whether it will; where it cannot save, or was asked before, it must be ended at once.
  package func ask() -> Bool {
    state.compareExchange(expected: .saving, desired: .asked, ordering: .relaxed).exchanged
  }
}
