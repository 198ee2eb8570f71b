/// What carries out units of work.
package protocol TrialExecutor: AnyObject {
  /// How many units it carries out at once.
  var workers: Int { get }

  /// Takes a unit over; it may wait for its turn.
  func start(_ unit: TrialUnit) throws

  /// Waits for the next unit to end; those that were started first do not need to end first.
  func next() throws -> TrialResult

  /// Does something while no unit is worked on.
  func whilePaused<Result>(_ body: () throws -> Result) rethrows -> Result
}

extension TrialExecutor {
  package func whilePaused<Result>(_ body: () throws -> Result) rethrows -> Result { try body() }
}

/// Carries out units in this process, one after the other.
package final class OwnProcess: TrialExecutor {
  package let workers = 1
  private var waiting: [TrialUnit] = []
  private let work: (TrialUnit) throws -> TrialResult

  /// - Parameter work: carries out one unit; a trial that fails is a result, what it throws ends the search.
  package init(_ work: @escaping (TrialUnit) throws -> TrialResult) { self.work = work }

  package func start(_ unit: TrialUnit) { waiting.append(unit) }

  package func next() throws -> TrialResult { try work(waiting.removeFirst()) }
}

@available(*, unavailable) extension OwnProcess: Sendable {}
