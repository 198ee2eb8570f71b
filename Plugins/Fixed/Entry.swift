public import PluginKit

/// Fixed ratios: one for all, the benchmark's two lists, or any list.
let plugin = Plugin(
  id: "espalier.fixed",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [
    .pruner(Uniform.self), .pruner(R578.self), .pruner(Sensity.self), .pruner(List.self),
  ]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
