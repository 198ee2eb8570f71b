import PluginKit

/// The benchmark's `sensity`: one ratio a convolution, read by its authors off sensitivity curves.
struct Sensity: BenchmarkList {
  static let description = StrategyDescription(
    id: "sensity",
    name: "sensity",
    version: "1.0.0",
    doc: "Removes the benchmark's sensitivity-based share of each filter of YOLOv3's head blocks.",
    parameters: [Score.parameter.spec]
  )

  /// The ratios by block, in the order of ``YOLOHead/parts``.
  static let table: [[Double]] = [
    [0.1, 0.2, 0.2, 0.2, 0.2, 0.1],
    [0.2, 0.3, 0.3, 0.3, 0.2, 0.1],
    [0.3, 0.4, 0.4, 0.4, 0.4, 0.3],
  ]

  /// The ratio of each convolution of the blocks.
  static let ratios: [String: Double] = {
    var ratios: [String: Double] = [:]
    for (block, row) in table.enumerated() {
      for (part, ratio) in zip(YOLOHead.parts, row) { ratios[YOLOHead.weight(block, part)] = ratio }
    }
    return ratios
  }()

  let score: String?

  init(settings: Settings) throws(PluginError) { score = try settings[Score.parameter] }
}
