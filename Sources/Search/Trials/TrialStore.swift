/// Where a search keeps what it has done; one program writes to it.
package protocol TrialStore {
  /// The trials that are decided, by their numbers, as they were recorded.
  func trials() throws -> [Trial]

  /// Keeps a trial, in place of one of its number.
  func record(_ trial: Trial) throws

  /// The result of a unit, where it was done.
  func result(of unit: String) throws -> TrialResult?

  /// Keeps the result of a unit, in place of an earlier one.
  func record(_ result: TrialResult) throws
}
