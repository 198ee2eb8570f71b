extension Benchmark {
  /// One line of the pruning table.
  package struct Row: Sendable, Hashable {
    /// How recipes and reports call the row, such as `yolov3_mobilenet_v1 COCO r578`.
    package var name: String { "\(architecture.name) \(data) \(strategy)" }
    package var architecture: Architecture
    /// `COCO` or `VOC`.
    package var data: String
    package var classes: Int
    /// The built-in strategy whose list of ratios the row uses.
    package var strategy: String
    /// What the printed share of FLOPs counts.
    package var convention: FLOPsConvention
    /// The share of FLOPs cut that the page prints, in percent.
    package var printedFlopsCut: Double
    /// The share of size cut that the page prints, in percent.
    package var printedSizeCut: Double
    /// The exact multiply-adds behind the row, by convention.
    package var multiplyAdds: [FLOPsConvention: Pair<Int>]
    /// The exact number of values in all parameters.
    package var values: Pair<Int>

    /// True when a measurement gives the printed figures; the page rounds some and truncates others.
    package func agrees(with measured: Measurement) -> Bool {
      abs(measured.flopsCut - printedFlopsCut) < 0.01
        && abs(measured.sizeCut - printedSizeCut) < 0.01
        && measured.multiplyAdds == multiplyAdds[convention] && measured.values == values
    }
  }

  /// The table, in the page's order.
  package static let rows: [Row] = [
    coco(
      .yolov3(.resnet50vdDCN),
      "sensity",
      18.41,
      15.46,
      (38_804_064, 31_661_405),
      at608: (48_002_164_224, 40_294_959_707),
      values: (46_023_086, 38_873_523)
    ),
    coco(
      .yolov3(.resnet50vdDCN),
      "r578",
      43.69,
      36.61,
      (38_804_064, 21_850_515),
      at608: (48_002_164_224, 32_191_906_416),
      values: (46_023_086, 29_050_193)
    ),
    coco(
      .yolov3(.mobilenetV1()),
      "sensity",
      28.76,
      28.54,
      (24_531_648, 17_477_053),
      at608: (22_160_432_640, 14_565_975_643),
      values: (24_609_981, 17_548_482)
    ),
    coco(
      .yolov3(.mobilenetV1()),
      "r578",
      67.56,
      66.90,
      (24_531_648, 7_958_003),
      at608: (22_160_432_640, 6_727_971_440),
      values: (24_609_981, 8_016_992)
    ),
    voc(
      .yolov3(.mobilenetV1()),
      "sensity",
      34.55,
      28.75,
      at608: (21_694_656_000, 14_200_138_243),
      values: (24_286_881, 17_266_782)
    ),
    voc(
      .yolov3(.mobilenetV1()),
      "r578",
      69.57,
      67.00,
      at608: (21_694_656_000, 6_601_650_320),
      values: (24_286_881, 7_887_392)
    ),
  ]

  /// COCO rows were counted on a program whose image size was open, which came to one pixel.
  private static func coco(
    _ architecture: Architecture,
    _ strategy: String,
    _ flopsCut: Double,
    _ sizeCut: Double,
    _ onePixel: (Int, Int),
    at608: (Int, Int),
    values: (Int, Int)
  ) -> Row {
    Row(
      architecture: architecture,
      data: "COCO",
      classes: 80,
      strategy: strategy,
      convention: .onePixel,
      printedFlopsCut: flopsCut,
      printedSizeCut: sizeCut,
      multiplyAdds: [.onePixel: pair(onePixel), .input(ImageSize(608)): pair(at608)],
      values: pair(values)
    )
  }

  /// VOC rows were counted at a fixed image size; 608, 416 and 320 give the same share.
  private static func voc(
    _ architecture: Architecture,
    _ strategy: String,
    _ flopsCut: Double,
    _ sizeCut: Double,
    at608: (Int, Int),
    values: (Int, Int)
  ) -> Row {
    Row(
      architecture: architecture,
      data: "VOC",
      classes: 20,
      strategy: strategy,
      convention: .input(ImageSize(608)),
      printedFlopsCut: flopsCut,
      printedSizeCut: sizeCut,
      multiplyAdds: [.input(ImageSize(608)): pair(at608)],
      values: pair(values)
    )
  }

  private static func pair(_ counts: (Int, Int)) -> Pair<Int> {
    Pair(full: counts.0, pruned: counts.1)
  }
}
