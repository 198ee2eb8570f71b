public import PluginKit

/// Losses that bring a student's outputs and maps near a teacher's.
let plugin = Plugin(
  id: "espalier.distill",
  version: "1.0.0",
  vendor: "Espalier",
  strategies: [
    .distillLoss(Split.self), .distillLoss(L2.self), .distillLoss(SoftLabel.self),
    .distillLoss(FSP.self), .distillLoss(CWD.self), .distillLoss(Mimic.self),
  ]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
