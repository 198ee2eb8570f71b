/// A strategy by its name, with parameters of its own.
package struct StrategyChoice: Sendable, Hashable {
  package let strategy: String
  package let parameters: [StrategyParameter]

  /// A strategy's name and parameters.
  package init(_ strategy: String, parameters: [StrategyParameter] = []) {
    self.strategy = strategy
    self.parameters = parameters
  }
}
