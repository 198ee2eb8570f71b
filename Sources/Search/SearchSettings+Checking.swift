package import PluginHost
import PluginKit

extension SearchSettings {
  /// Refuses a space whose parameters cannot be set beside the step's own keys, and constraints whose table or runtime is not there.
  ///
  /// - Parameters:
  ///   - keys: of the step and its searcher.
  ///   - registry: where the space is found.
  ///   - folder: where relative paths start.
  /// - Throws: `StrategyFailure`, ``SearchError/unusable(_:)``; what a table or a runtime refuses.
  package func check(keys: Set<String>, in registry: PluginRegistry, folder: String) throws {
    let made = try madeSpace(by: registry)
    let own = try StrategyFailure.naming(space) { () throws(PluginHostError) in
      try registry.description(of: made.provenance.strategy).parameters.map(\.name)
    }
    if let name = own.first(where: keys.contains) {
      throw SearchError.unusable(
        "the parameter '\(name)' of the space \(space) has the name of a key of the step 'search'; "
          + "its author gives it another name"
      )
    }
    _ = try NetworkCosts(constraints, base: NetworkFigures(macs: 0, parameters: 0), folder: folder)
  }
}
