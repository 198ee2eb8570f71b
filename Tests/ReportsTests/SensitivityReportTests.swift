import Files
import Pruning
import Reports
import TestSupport
import Testing

/// Losses by group and ratio, from a result that was written by hand.
struct SensitivityReportTests {
  private func point(
    _ group: String,
    _ ratio: Double,
    _ loss: Double,
    _ ends: String = ""
  ) -> String {
    """
    {"group": "\(group)", "ratio": \(ratio), "channels": 8, "kept": 4, "cut": "00", "images": 4,
     "metric": 0.5, "loss": \(loss)\(ends)}
    """
  }

  private func result(
    _ points: [String],
    draws: Int = 0,
    isApproximate: Bool = false,
    leftOut: String = "[]"
  ) throws -> SensitivityResult {
    let folder = try ScratchFolder()
    return try SensitivityResult.read(
      folder.write(
        """
        {"version": 1, "model": "net.onnx", "modelHash": "1", "imagesHash": "2", "metric": "mAP",
         "images": 4, "baseline": 0.8, "draws": \(draws), "seed": 0, "confidence": 0.95,
         "isApproximate": \(isApproximate), "leftOut": \(leftOut),
         "points": [\(points.joined(separator: ","))]}
        """,
        to: "result.json"
      )
    )
  }

  @Test func `a group is a row and a ratio a column, empty where nothing was measured`() throws {
    let text = SensitivityReport(
      try result([
        point("conv1", 0.25, 0.0123), point("conv2", 0.25, -0.005), point("conv2", 0.5, 1),
      ])
    ).text
    #expect(text.hasPrefix("mAP of net.onnx on 4 images: 0.8000\n"))
    #expect(
      text.contains(
        """
        group   0.25     0.5
        -----  -----  ------
        conv1   1.23
        conv2  -0.50  100.00
        """
      )
    )
    #expect(!text.contains("interval") && !text.contains("approximate"))
    #expect(!text.contains("Multiply-adds"))
  }

  @Test func `intervals stand beside the loss, and approximations are called so`() throws {
    let text = SensitivityReport(
      try result(
        [point("c", 0.5, 0.02, ", \"low\": -0.01, \"high\": 0.0456")],
        draws: 100,
        isApproximate: true
      )
    ).text
    #expect(text.contains("with the 95 % interval; approximate: points were dropped early\n"))
    #expect(text.contains("2.00 [-1.0, 4.6]"))
  }

  @Test func `work, checks and the choice have lines of their own`() throws {
    var work = CutWork()
    (work.images, work.executed, work.limit, work.naive) = (4, 1_500_000, 1_250_000, 6_000_000)
    let report = SensitivityReport(
      try result([point("c", 0.5, 0.25)], leftOut: #"[{"output": "rows", "reason": "because"}]"#),
      work: work,
      checks: [.init(group: "c", ratio: 0.5, difference: 1e-6, metrics: [0.6, 0.5])],
      chosen: [("c", 0.123456)]
    )
    let lines = report.text.split(separator: "\n").map(String.init)
    #expect(
      lines.contains(
        "Multiply-adds executed: 1.50 M; the limit of exact sharing 1.25 M; each cut by itself 6.00 M"
      )
    )
    #expect(lines.contains("Recut c at 0.5: outputs differ by 1e-06, metric 0.6 and 0.5"))
    #expect(lines.contains("Outputs left out: 'rows' (because)"))
    #expect(lines.last == "c: 0.1235")
    let json = report.json
    #expect(json["schema"]?.string == "espalier.sensitivity/1")
    #expect(json["multiplyAdds"]?["naive"]?.whole == 6_000_000)
    #expect(json["checks"]?.items?.first?["metricOfCutGraph"]?.number == 0.5)
    #expect(json["chosen"]?["c"]?.number == 0.123456)
    #expect(json["result"]?["points"]?.items?.first?["loss"]?.number == 0.25)
  }

  @Test func `work of nothing is not told, and without work there is no key`() throws {
    let result = try result([point("c", 0.5, 0.25)])
    #expect(!SensitivityReport(result, work: CutWork()).text.contains("Multiply-adds"))
    #expect(SensitivityReport(result).json["multiplyAdds"] == nil)
  }

  // MARK: The picture

  @Test func `a curve goes through its measurements`() throws {
    // 520 wide from 64 on and 360 high from 24 on, for losses from 0 to 1: a half is in the middle.
    let svg = SensitivityChart.svg(
      try result([point("a", 0.5, 0.5), point("a", 1, 1), point("b", 0.25, 0)])
    )
    #expect(svg.contains("<path d=\"M64.0 384.0L324.0 204.0L584.0 24.0\""))
    #expect(svg.contains("<path d=\"M64.0 384.0L194.0 384.0\""))
    #expect(svg.contains("Loss of mAP on 4 images, baseline 0.8000<"))
    #expect(svg.hasSuffix("</svg>\n"))
  }

  @Test func `names cannot break the picture, and intervals are bars`() throws {
    let svg = SensitivityChart.svg(
      try result([point("a<b&c", 0.5, 0.5, ", \"low\": 0, \"high\": 1")])
    )
    #expect(svg.contains(">a&lt;b&amp;c</text>") && !svg.contains("a<b"))
    #expect(svg.contains("<path d=\"M324.0 384.0V24.0\""))
  }

  @Test func `a loss below zero lies below the line of zero`() throws {
    // From -1 to 1: zero is in the middle, at 24 + 180.
    let svg = SensitivityChart.svg(try result([point("a", 0.5, -1), point("a", 1, 1)]))
    #expect(svg.contains("<path d=\"M64.0 204.0L324.0 384.0L584.0 24.0\""))
  }
}
