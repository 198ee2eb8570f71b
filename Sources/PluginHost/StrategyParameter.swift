package import PluginKit

/// One parameter of a strategy, its value as it was written: the strategy's own types decide what it is read as.
package struct StrategyParameter: Sendable, Hashable {
  package let name: String
  package let value: ParameterValue

  /// A parameter's name and value.
  package init(_ name: String, _ value: ParameterValue) {
    self.name = name
    self.value = value
  }
}

extension [StrategyParameter] {
  /// The values by name; of a name that is given twice the last.
  package var values: [String: ParameterValue] {
    Dictionary(map { ($0.name, $0.value) }) { $1 }
  }
}
