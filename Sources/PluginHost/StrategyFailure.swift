/// A strategy that is not to be had, or that failed.
package struct StrategyFailure: Error, Sendable, CustomStringConvertible {
  package let error: PluginHostError
  /// The strategy's name, as it was asked for.
  package let strategy: String

  /// What the host says of the strategy of a name.
  package init(_ error: PluginHostError, of strategy: String) {
    self.error = error
    self.strategy = strategy
  }

  /// What happened, and the cure where there is one.
  package var description: String { "\(error)" }

  /// The result of `body`, whose errors are those of the strategy of this name.
  package static func naming<Result>(
    _ strategy: String,
    _ body: () throws(PluginHostError) -> Result
  ) throws(StrategyFailure) -> Result {
    do { return try body() } catch { throw StrategyFailure(error, of: strategy) }
  }
}
