package import PluginKit

/// A search space of a loaded plugin as the Swift protocol.
package final class PluginSpace: SearchSpace {
  package let provenance: Provenance
  private let instance: any SpaceImplementation

  init(_ instance: any SpaceImplementation, provenance: Provenance) {
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

/// How a search space is called: in this process, or in one of its own.
protocol SpaceImplementation: Sendable {
  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension]
  func start(
    _ dimensions: [SearchDimension],
    in context: any SearchContext
  ) throws(PluginError) -> [Int]
  func isFeasible(_ tokens: [Int], in context: any SearchContext) throws(PluginError) -> Bool
  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork
}

extension SpaceInstance: SpaceImplementation {}

extension PluginRegistry {
  /// Makes a search space by its strategy's id.
  package func space(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginSpace {
    let (offer, provenance) = try resolve(id, settings, as: .space)
    if case .isolated(let strategy) = offer {
      let space = IsolatedSpace(strategy, settings: provenance.settings)
      return PluginSpace(space, provenance: provenance)
    }
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
