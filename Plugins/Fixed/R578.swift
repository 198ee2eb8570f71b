import PluginKit

/// The benchmark's `r578`: half of the first YOLO block, 0.7 of the second, 0.8 of the third.
struct R578: BenchmarkList {
  static let description = StrategyDescription(
    id: "r578",
    name: "r578",
    version: "1.0.0",
    doc: "Removes 0.5, 0.7 and 0.8 of the filters of YOLOv3's three head blocks.",
    parameters: [Score.parameter.spec]
  )

  /// The ratio of each convolution of the blocks.
  static let ratios: [String: Double] = {
    var ratios: [String: Double] = [:]
    for (block, ratio) in [0.5, 0.7, 0.8].enumerated() {
      for part in YOLOHead.parts { ratios[YOLOHead.weight(block, part)] = ratio }
    }
    return ratios
  }()

  let score: String?

  init(settings: Settings) throws(PluginError) { score = try settings[Score.parameter] }
}

/// The names of YOLOv3's head as the benchmark spells them.
enum YOLOHead {
  /// The convolutions of one block.
  static let parts = ["0.0", "0.1", "1.0", "1.1", "2", "tip"]

  /// The weight of one convolution.
  static func weight(_ block: Int, _ part: String) -> String {
    "yolo_block.\(block).\(part).conv.weights"
  }
}
