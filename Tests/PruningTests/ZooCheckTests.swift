import PluginKit
import Pruning
import Testing

struct ZooCheckTests {
  @Test func `the six rows come out of cuts of our own networks`() throws {
    let rows = try ZooCheck.rows { strategy, _ in PruningPlan(cuts: Self.ratios(strategy)) }
    #expect(rows.map { Self.percent($0.flopsCut) } == [18.41, 43.69, 28.76, 67.56, 34.55, 69.57])
    // The page prints 66.90 where rounding gives 66.91.
    #expect(rows.map { Self.percent($0.sizeCut) } == [15.46, 36.61, 28.54, 66.91, 28.75, 67.00])
    #expect(rows.map(\.agrees) == Array(repeating: true, count: 6))
    #expect(
      rows.map { $0.multiplyAdds[1] } == [
        31_661_405, 21_850_515, 17_477_053, 7_958_003, 14_200_138_243, 6_601_650_320,
      ]
    )
    #expect(
      rows.map { $0.values[1] } == [
        38_873_523, 29_050_193, 17_548_482, 8_016_992, 17_266_782, 7_887_392,
      ]
    )
  }

  /// The benchmark's two lists.
  static func ratios(_ strategy: String) -> [String: PruningPlan.Cut] {
    let table: [[Double]] =
      strategy == "r578"
      ? [0.5, 0.7, 0.8].map { Array(repeating: $0, count: 6) }
      : [
        [0.1, 0.2, 0.2, 0.2, 0.2, 0.1], [0.2, 0.3, 0.3, 0.3, 0.2, 0.1],
        [0.3, 0.4, 0.4, 0.4, 0.4, 0.3],
      ]
    var cuts: [String: PruningPlan.Cut] = [:]
    for (block, row) in table.enumerated() {
      for (part, ratio) in zip(["0.0", "0.1", "1.0", "1.1", "2", "tip"], row) {
        cuts["yolo_block.\(block).\(part).conv.weights"] = .ratio(ratio)
      }
    }
    return cuts
  }

  private static func percent(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
