public import PluginKit

/// Published scores of channels, each also a pruner.
let plugin = Plugin(
  id: "espalier.criteria",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [
    .pruner(Taylor.self), .pruner(GroupFisher.self), .pruner(FPGM.self), .pruner(LAMP.self),
  ]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
