package import PluginKit

extension PluginRegistry {
  /// Makes a pruner by its strategy's id.
  package func pruner(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginPruner {
    let (offer, provenance) = try resolve(id, settings, as: .pruner)
    if case .isolated(let strategy) = offer, strategy.plans {
      let pruner = IsolatedPruner(strategy, settings: provenance.settings)
      return PluginPruner(pruner, provenance: provenance)
    }
    guard case .table(let strategy) = offer, let vtable = strategy.vtable as? PrunerVtable,
      vtable.plans
    else { throw .doesNotPlan(id) }
    do throws(PluginError) {
      return PluginPruner(
        try PrunerInstance(strategy, vtable, settings: provenance.settings),
        provenance: provenance
      )
    } catch {
      throw .plugin(error)
    }
  }

  /// Makes a score of channels by its strategy's id.
  package func scorer(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> any ChannelScorer {
    let (offer, provenance) = try resolve(id, settings, as: .pruner)
    switch offer {
    case .isolated(let strategy):
      guard strategy.scores else { throw .doesNotScore(id) }
      let pruner = IsolatedPruner(strategy, settings: provenance.settings)
      return PluginScorer(pruner, provenance: provenance)
    case .functions(let functions):
      guard let function = functions[.score] ?? functions[.scoreChannel] else {
        throw .doesNotScore(id)
      }
      return FunctionScorer(function, settings: provenance.settings)
    case .table(let strategy):
      guard let vtable = strategy.vtable as? PrunerVtable, vtable.scores else {
        throw .doesNotScore(id)
      }
      do throws(PluginError) {
        return PluginScorer(
          try PrunerInstance(strategy, vtable, settings: provenance.settings),
          provenance: provenance
        )
      } catch {
        throw .plugin(error)
      }
    }
  }

  /// What a strategy that prunes does.
  func pruningRoles(of id: String) throws(PluginHostError) -> (plans: Bool, scores: Bool) {
    switch try load(id).offer(id) {
    case .table(let strategy)?:
      guard let vtable = strategy.vtable as? PrunerVtable else { return (false, false) }
      return (vtable.plans, vtable.scores)
    case .functions(let functions)?:
      return (false, functions[.score] != nil || functions[.scoreChannel] != nil)
    case .isolated(let strategy)?: return (strategy.plans, strategy.scores)
    case nil: return (false, false)
    }
  }
}
