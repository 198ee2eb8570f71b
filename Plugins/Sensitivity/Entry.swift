public import PluginKit

/// Ratios chosen from measured losses of the metric.
let plugin = Plugin(
  id: "espalier.sensitivity",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [.pruner(Sensitivity.self)]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
