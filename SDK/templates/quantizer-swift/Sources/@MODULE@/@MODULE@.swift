public import PluginKit

/// Ranges by the extremes, shrunk by a share.
struct @MODULE@: Strategy, Quantizer {
  static let share = Parameter<Double>(
    "share", default: 1, in: 0.1...1, tunable: true, doc: "What remains of the extremes.")
  static let description = StrategyDescription(
    id: "@ID@", name: "@NAME@", version: "1.0.0", doc: "@DOC@", parameters: [share.spec])

  private let share: Double

  init(settings: Settings) throws(PluginError) { share = try settings[Self.share] }

  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    guard tensor.kind == .weight else {
      let seen = try model.statistics(of: tensor)
      return [range(from: Double(min(seen.low, 0)), to: Double(max(seen.high, 0)))]
    }
    let weight = try model.weight(of: tensor)
    guard tensor.rangeCount > 1 else { return [weight.withValues { extremes(of: $0) }] }
    var ranges: [QuantizationRange] = []
    weight.forEachSlice(along: tensor.axis ?? 0) { _, values in ranges.append(extremes(of: values)) }
    return ranges
  }

  private func extremes(of values: Span<Float>) -> QuantizationRange {
    var (low, high): (Float, Float) = (0, 0)
    for index in values.indices {
      low = min(low, values[index])
      high = max(high, values[index])
    }
    return range(from: Double(low), to: Double(high))
  }

  private func range(from low: Double, to high: Double) -> QuantizationRange {
    low == high ? QuantizationRange(low: 0, high: 1) : QuantizationRange(low: low * share, high: high * share)
  }
}

let plugin = Plugin(id: "@ID@", version: "1.0.0", vendor: "You", strategies: [.quantizer(@MODULE@.self)])

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
