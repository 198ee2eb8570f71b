public import PluginKit

/// Whole numbers of 8 bits: after training, and while training.
let plugin = Plugin(
  id: "espalier.quantize",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [.quantizer(Post.self), .quantizer(Aware.self)]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
