import Files
import PluginHost
import PluginKit
import Recipes

/// `espalier schema`: the JSON Schema of recipes.
enum Schema {
  static let verb = Verb(
    name: "schema",
    summary: "Print the JSON Schema of recipes, installed strategies' parameters included.",
    options: [.plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict],
    notes: "Plugins that can be loaded are; others are left out with a warning."
  ) { invocation, console in
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let strategies = registry.offers { console.note("warning: \($0)") }
      .sorted { $0.description.id < $1.description.id }
    console.write(RecipeSchema.schema(strategies: strategies).text)
    return .success
  }
}
