package import PluginKit

/// A search space of a loaded plugin as the Swift protocol.
package final class PluginSpace: SearchSpace {
  package let provenance: Provenance
  private let instance: SpaceInstance

  init(_ instance: SpaceInstance, provenance: Provenance) {
    self.instance = instance
    self.provenance = provenance
  }

  package func dimensions(
    in context: any SearchContext
  ) throws(PluginError) -> [SearchDimension] {
    try instance.dimensions(in: context)
  }

  package func start(in context: any SearchContext) throws(PluginError) -> [Int] {
    try instance.start(try dimensions(in: context), in: context)
  }

  package func isFeasible(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> Bool {
    try instance.isFeasible(tokens, in: context)
  }

  package func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    try instance.network(tokens, in: context)
  }
}

extension PluginRegistry {
  /// Makes a search space by its strategy's id.
  package func space(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginSpace {
    let (offer, provenance) = try resolve(id, settings, as: .space)
    guard case .table(let strategy) = offer, let vtable = strategy.vtable as? SpaceVtable else {
      throw unknown(id, as: .space)
    }
    do throws(PluginError) {
      return PluginSpace(
        try SpaceInstance(strategy, vtable, settings: provenance.settings),
        provenance: provenance
      )
    } catch {
      throw .plugin(error)
    }
  }
}
