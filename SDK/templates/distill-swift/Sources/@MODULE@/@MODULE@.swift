public import PluginKit

/// The mean of squared differences; the gradient comes by itself.
struct @MODULE@: Strategy, DistillLoss {
  static let scale = Parameter<Double>(
    "scale", default: 1, in: 0.001...1000, tunable: true, doc: "What the loss is multiplied by.")
  static let description = StrategyDescription(
    id: "@ID@", name: "@NAME@", version: "1.0.0", doc: "@DOC@", parameters: [scale.spec])

  private let scale: Double

  init(settings: Settings) throws(PluginError) { scale = try settings[Self.scale] }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    var total = try Tensor.full([], 0)
    for pair in pairs {
      let difference = try pair.student - pair.teacher
      total = try total + (difference * difference).mean() * scale
    }
    return total
  }
}

let plugin = Plugin(id: "@ID@", version: "1.0.0", vendor: "You", strategies: [.distillLoss(@MODULE@.self)])

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
