public import PluginKit

/// Narrower versions of the run's own network.
let plugin = Plugin(
  id: "espalier.width",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [.space(Width.self)]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
