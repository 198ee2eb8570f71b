import Datasets
import Evaluation
import Files
import Reports
import Testing

/// Figures of models on labelled images, from figures that were made up.
struct EvaluationReportTests {
  private func column(
    _ title: String,
    _ value: Double,
    classes: [DetectionFigures.Class] = [],
    others: [(name: String, value: Double)] = [],
    summary: (at50: Double, over50To95: Double)? = nil
  ) -> EvaluationReport.Column {
    var times = EvaluationResult.Times()
    (times.decode, times.forward, times.postprocess) = (0.01, 0.25, 0.002)
    return .init(
      title: title,
      metricName: "mAP",
      figures: DetectionFigures(value: value, classes: classes, others: others),
      summary: summary,
      times: times,
      imagesPerSecond: 7.25,
      contentHash: "abc"
    )
  }

  private var detailed: EvaluationReport.Column {
    column(
      "320",
      0.41235,
      classes: [
        .init(name: "cat", asked: 1200, ap: 0.5), .init(name: "dog", asked: 0, ap: nil),
      ],
      others: [("AP50", 0.75), ("APsmall", -1)]
    )
  }

  @Test func `COCO's two figures stand below the metric's own`() {
    let both = report([column("320", 0.5, summary: (0.61237, 0.345))])
    let lines = both.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(
      lines.contains(["mAP50", "61.24"]) && lines.contains(["mAP50-95", "34.50"]),
      "\(both.text)"
    )
    #expect(both.json["sizes"]?.items?[0]["mAP50"]?.number == 0.61237)
    #expect(both.json["sizes"]?.items?[0]["mAP50-95"]?.number == 0.345)
    let none = report([column("320", 0.5)])
    #expect(!none.text.contains("mAP50"))
    #expect(none.json["sizes"]?.items?[0]["mAP50"] == .null)
  }

  private func report(_ columns: [EvaluationReport.Column], images: Int = 4) -> EvaluationReport {
    EvaluationReport(model: "m.onnx", list: "val", images: images, columns: columns)
  }

  private func cells(_ text: String, _ start: String) -> [String]? {
    text.split(separator: "\n").first { $0.hasPrefix(start) }?.split(separator: " ")
      .map(String.init)
  }

  @Test func `shares are in percent, and a dash stands where nothing is asked for`() {
    let text = report([
      detailed,
      column("608", 0.5, classes: detailed.figures.classes, others: detailed.figures.others),
    ]).text
    #expect(cells(text, "mAP") == ["mAP", "1", "200", "41.24", "50.00"])
    #expect(cells(text, "  cat") == ["cat", "1", "200", "50.00", "50.00"])
    #expect(cells(text, "  dog") == ["dog", "0", "-", "-"])
    #expect(cells(text, "APsmall") == ["APsmall", "-", "-"])
    #expect(cells(text, "input size") == ["input", "size", "objects", "320", "608"])
  }

  @Test func `times are in milliseconds an image`() {
    let text = report([detailed]).text
    // A hundredth, a quarter and two thousandths of a second over four images.
    #expect(cells(text, "  ms/image, decode")?.last == "2.50")
    #expect(cells(text, "  ms/image, network")?.last == "62.50")
    #expect(cells(text, "  ms/image, boxes")?.last == "0.50")
    #expect(cells(text, "images/s")?.last == "7.3")
    // Of no image there is no time an image; what was spent stands as it is.
    #expect(cells(report([detailed], images: 0).text, "  ms/image, boxes")?.last == "2.00")
  }

  @Test func `another runtime is named in the head, our own is not`() {
    let other = EvaluationReport(
      model: "m.onnx",
      runtime: "ONNX Runtime 1",
      list: "val",
      images: 4,
      columns: [detailed]
    )
    #expect(other.text.hasPrefix("m.onnx in ONNX Runtime 1 on 'val', 4 images\n"))
    #expect(report([detailed]).text.hasPrefix("m.onnx on 'val', 4 images\n"))
    #expect(other.json["runtime"]?.string == "ONNX Runtime 1")
    #expect(report([detailed]).json["runtime"] == .null)
    #expect(report([]).text.isEmpty)
  }

  @Test func `JSON has shares from 0 to 1, seconds, and null where nothing is asked for`() throws {
    let json = report([detailed]).json
    #expect(json["schema"]?.string == "espalier.evaluation/1")
    let size = try #require(json["sizes"]?.items?.first)
    #expect(size["value"]?.number == 0.41235 && size["metric"]?.string == "mAP")
    let classes = try #require(size["classes"]?.items)
    #expect(classes[0]["ap"]?.number == 0.5 && classes[0]["objects"]?.whole == 1200)
    #expect(classes[1]["ap"] == .null)
    #expect(size["others"]?["APsmall"]?.number == -1)
    #expect(size["seconds"]?["network"]?.number == 0.25)
    #expect(size["evaluation"]?.string == "sha256:abc")
  }

  // MARK: Beside a baseline

  private func row(
    _ name: String,
    _ value: Double,
    _ work: Int,
    _ bytes: Int?
  )
    -> ComparisonReport.Row
  {
    .init(
      name: name,
      columns: [column("320", value)],
      multiplyAdds: work,
      parameters: work / 10,
      bytes: bytes
    )
  }

  @Test func `models stand beside the first, better or worse`() {
    let report = ComparisonReport(
      [
        row("base", 0.5, 2000, 4096), row("worse", 0.4321, 1000, 2048),
        row("better", 0.5125, 3000, nil),
      ],
      list: "test",
      images: 9
    )
    let text = report.text
    #expect(
      text.hasPrefix(
        "mAP in percent on 'test', 9 images; multiply-adds and images/s at input size 320\n"
      )
    )
    #expect(cells(text, "base") == ["base", "50.00", "2.00", "K", "200", "4.00", "KiB", "7.3"])
    #expect(
      cells(text, "worse") == [
        "worse", "43.21", "-6.79", "1.00", "K", "-50.0", "%", "100", "-50.0", "%", "2.00", "KiB",
        "7.3",
      ]
    )
    #expect(
      cells(text, "better") == [
        "better", "51.25", "+1.25", "3.00", "K", "50.0", "%", "300", "50.0", "%", "-", "7.3",
      ]
    )
  }

  @Test func `a comparison's JSON has the figures themselves`() throws {
    let json = ComparisonReport([row("base", 0.5, 2000, nil)], list: "test", images: 9).json
    #expect(json["schema"]?.string == "espalier.comparison/1")
    let model = try #require(json["models"]?.items?.first)
    #expect(model["bytes"] == .null && model["multiplyAdds"]?.whole == 2000)
    #expect(model["sizes"]?.items?.first?["value"]?.number == 0.5)
    #expect(ComparisonReport([], list: "", images: 0).text.isEmpty)
  }
}
