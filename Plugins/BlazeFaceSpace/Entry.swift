public import PluginKit

/// Face detectors of BlazeBlocks.
let plugin = Plugin(
  id: "espalier.blazeface",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [.space(BlazeFaceSpace.self)]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
