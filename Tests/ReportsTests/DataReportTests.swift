import Datasets
import Files
import Reports
import Testing

/// What a data set holds, from counts that were made up.
struct DataReportTests {
  private func check(problems: Int = 0) -> DatasetCheck {
    var check = DatasetCheck(Dataset(classes: ["cat", "dog"], entries: []))
    check.boxesPerClass = [3000, 1000]
    check.emptyImages = 2
    check.crowdBoxes = 7
    check.sizes = [
      (PixelSize(width: 640, height: 480), 9), (PixelSize(width: 10, height: 20), 3),
      (PixelSize(width: 1, height: 1), 2), (PixelSize(width: 2, height: 1), 1),
      (PixelSize(width: 3, height: 1), 1),
    ]
    check.problems = (0..<problems).map {
      DataProblem(
        $0 == 0 ? .brokenImage : .outsideBox,
        path: "a/\($0).txt",
        line: $0 == 0 ? nil : $0,
        message: "is odd"
      )
    }
    return check
  }

  private func report(_ check: DatasetCheck, shown: Int = 20) -> DataReport {
    DataReport(root: "R", format: .coco, checks: [("train", check)], shown: shown)
  }

  @Test func `classes have their share of the boxes`() {
    let text = report(check()).text
    #expect(
      text.hasPrefix("R: coco\n\ntrain: 0 images, 4 000 boxes, 2 images without boxes, 7 crowds\n")
    )
    #expect(
      text.contains(
        """
        class  boxes     %
        -----  -----  ----
        cat    3 000  75.0
        dog    1 000  25.0
        """
      )
    )
    #expect(text.hasSuffix("\nnothing is wrong\n") && !text.contains("difficult"))
  }

  @Test func `the three commonest sizes are named, the others counted`() {
    #expect(report(check()).text.contains("sizes: 640x480 (9), 10x20 (3), 1x1 (2) and 2 others\n"))
  }

  @Test func `without boxes no class has a share`() {
    var empty = check()
    empty.boxesPerClass = [0, 0]
    #expect(report(empty).text.contains("cat        0  0.0\n"))
  }

  @Test func `problems are counted by kind, and as many listed as are asked for`() {
    let report = report(check(problems: 5), shown: 2)
    #expect(!report.isSound)
    #expect(
      report.text.contains("brokenImage      1\n") && report.text.contains("outsideBox       4\n")
    )
    #expect(report.text.contains("\na/0.txt: is odd\na/1.txt:1: is odd\n… and 3 more\n"))
    #expect(report.text.hasSuffix("\n5 problems\n"))
  }

  @Test func `JSON lists every problem`() throws {
    let json = report(check(problems: 30), shown: 1).json
    #expect(json["schema"]?.string == "espalier.data-check/1" && json["sound"] == .bool(false))
    let part = try #require(json["parts"]?.items?.first)
    #expect(part["problems"]?.items?.count == 30)
    #expect(part["problems"]?.items?.first?["line"] == .null)
    #expect(part["problems"]?.items?.last?["line"]?.whole == 29)
    #expect(part["problemCounts"] == ["brokenImage": 1, "outsideBox": 29])
    #expect(part["classes"]?.items?.last == ["name": "dog", "boxes": 1000])
    #expect(part["sizes"]?.items?.first == ["width": 640, "height": 480, "images": 9])
    #expect(report(check()).json["sound"] == .bool(true))
  }
}
