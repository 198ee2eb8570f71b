package import PluginKit

extension PluginRegistry {
  /// Makes a pruner by its strategy's id.
  package func pruner(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginPruner {
    let (offer, provenance) = try resolve(id, settings, as: .pruner)
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
}
