import Foundation
import TestSupport
import Testing

struct ZooTests {
  /// The page's figures and the integers recomputed from the benchmark's own programs (facts, 1.1 and 1.2).
  private static let page: [(row: String, flops: String, size: String, integers: [Int])] = [
    ("yolov3_resnet50vd_dcn COCO sensity", "18.41", "15.46", [38_804_064, 31_661_405]),
    ("yolov3_resnet50vd_dcn COCO r578", "43.69", "36.61", [38_804_064, 21_850_515]),
    ("yolov3_mobilenet_v1 COCO sensity", "28.76", "28.54", [24_531_648, 17_477_053]),
    ("yolov3_mobilenet_v1 COCO r578", "67.56", "66.91", [24_531_648, 7_958_003]),
    ("yolov3_mobilenet_v1 VOC sensity", "34.55", "28.75", [21_694_656_000, 14_200_138_243]),
    ("yolov3_mobilenet_v1 VOC r578", "69.57", "67.00", [21_694_656_000, 6_601_650_320]),
  ]

  @Test
  func `the benchmark's pruning table comes out`() throws {
    let result = try BuiltProgram.espalier(["zoo", "--check", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [[String: Any]]
    )
    #expect(rows.count == 6)
    for (row, expected) in zip(rows, Self.page) {
      #expect(row["row"] as? String == expected.row)
      let shares = [row["flopsCut"], row["sizeCut"]].compactMap { $0 as? Double }
      #expect(shares.map { String(format: "%.2f", $0) } == [expected.flops, expected.size])
      #expect(row["multiplyAdds"] as? [Int] == expected.integers)
      #expect((row["convention"] as? String)?.isEmpty == false)
    }
  }

  @Test
  func `without its shared library a built-in strategy is unknown`() throws {
    let folder = try ScratchFolder()
    let program = BuiltProgram.path("espalier")
    try FileManager.default.copyItem(atPath: program, toPath: folder.path("espalier"))
    let model = try SmallDetector.write(into: folder)
    let result = try Subprocess.run(
      folder.path("espalier"),
      ["prune", model, "--strategy", "uniform", "--dry-run"]
    )
    #expect(result.status == 4)
    #expect(result.errors.contains("\"uniform\" is not known"))
  }
}
