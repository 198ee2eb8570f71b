import Compression
import PluginHost
import PluginKit

/// `espalier schema`: the JSON Schema of recipes.
enum Schema {
  static let verb = Verb(
    name: "schema",
    summary: "Print the JSON Schema of recipes, installed strategies' parameters included.",
    options: [.plugin, .allowUnvalidated, .allowUnpinned, .safeMode],
    notes: "Plugins that can be loaded are; others are left out with a warning."
  ) { invocation, console in
    let registry = invocation.registry(console)
    defer { registry.shutDown() }
    var strategies: [StrategyDescription] = []
    var quantizers: [StrategyDescription] = []
    for id in registry.strategyIDs {
      do {
        let description = try registry.description(of: id)
        switch registry.interface(of: id) {
        case .quantizer: quantizers.append(description)
        default: strategies.append(description)
        }
      } catch {
        console.note("warning: \(error)")
      }
    }
    console.write(RecipeSchema.schema(strategies: strategies, quantizers: quantizers).text)
    return .success
  }
}
