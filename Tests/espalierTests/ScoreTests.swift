import Foundation
import TestSupport
import Testing

struct ScoreTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func files() throws -> (truth: String, found: String) {
    let truth = try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 3, "name": "cat"}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 10, 50, 50], "area": 2500, "iscrowd": 0}]}
      """,
      to: "truth.json"
    )
    let found = try folder.write(
      """
      [{"image_id": 1, "category_id": 3, "bbox": [10, 10, 50, 50], "score": 0.9},
       {"image_id": 1, "category_id": 9, "bbox": [10, 10, 50, 50], "score": 0.8}]
      """,
      to: "found.json"
    )
    return (truth, found)
  }

  @Test func `coco prints the figures, null where nothing is asked for`() throws {
    let (truth, found) = try files()
    let run = try BuiltProgram.espalier([
      "score", "coco", "--truth", truth, "--detections", found, "--json", "--per-class",
    ])
    #expect(run.status == 0)
    let report = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let figures = try #require(report["figures"] as? [String: Any])
    #expect(figures.count == 12)
    #expect(figures["APs"] is NSNull)
    let ap = try #require(figures["AP"] as? Double)
    #expect((ap - 1).magnitude < 1e-9)
    #expect(report["problemCount"] as? Int == 1)
    #expect(run.errors.contains("found.json:2: 'category_id' 9"))
    let classes = try #require(report["classes"] as? [[String: Any]])
    #expect(classes.map { $0["name"] as? String } == ["cat"])
  }

  /// The words of the line that heads the table of classes; nil where there is none.
  private static func heading(_ text: String) -> [Substring]? {
    text.split(separator: "\n").map { $0.split(separator: " ") }.first { $0.first == "class" }
  }

  @Test func `each class has the figures of its protocol, by their names`() throws {
    let (truth, found) = try files()
    let coco = try BuiltProgram.espalier([
      "score", "coco", "--truth", truth, "--detections", found, "--per-class",
    ])
    #expect(
      Self.heading(coco.text)
        == ["class", "objects", "AP", "AP50", "AP75", "APs", "APm", "APl", "AR100"]
    )
    for name in ["gt", "dt", "event"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name),
        withIntermediateDirectories: true
      )
    }
    _ = try folder.write("dog 0 0 9 9\n", to: "gt/one.txt")
    _ = try folder.write("dog 0.9 0 0 9 9\n", to: "dt/one.txt")
    let voc = try BuiltProgram.espalier([
      "score", "voc", "--truth", folder.path("gt"), "--detections", folder.path("dt"),
      "--per-class",
    ])
    #expect(Self.heading(voc.text) == ["class", "objects", "AP"])
    #expect(voc.text.split(separator: "\n").last?.split(separator: " ") == ["dog", "1", "1.0000"])
    let list = try folder.write(
      "event/one.jpg\n1\n0 0 20 20 0 0 0 0 0 0\n",
      to: "wider_face_val_bbx_gt.txt"
    )
    _ = try folder.write("one\n1\n0 0 20 20 0.9\n", to: "event/one.txt")
    let wider = ["score", "wider", "--truth", list, "--detections", folder.path(""), "--per-class"]
    #expect(Self.heading(try BuiltProgram.espalier(wider).text) == nil)
    let run = try BuiltProgram.espalier(wider + ["--json"])
    let report = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let rows = try #require(report["classes"] as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["all"])
    #expect((rows.first?["figures"] as? [String: Any])?.keys.sorted() == ["AP"])
  }

  @Test func `what cannot be used ends the scoring where that is asked for`() throws {
    let (truth, found) = try files()
    let run = try BuiltProgram.espalier([
      "score", "coco", "--truth", truth, "--detections", found, "--faults", "refuse",
    ])
    #expect(run.status == 3)
    #expect(run.text.isEmpty)
    #expect(run.errors.contains("found.json:2"))
  }

  @Test(arguments: [
    ["score", "coco", "--truth", "a.json"], ["score", "coco", "--faults", "maybe"],
    ["score", "voc", "--mode", "12point", "--truth", "a", "--detections", "b"],
    ["score", "voc", "--iou", "1.5", "--truth", "a", "--detections", "b"], ["score"],
  ])
  func `a command line that says too little or something else is a usage error`(
    arguments: [String]
  ) throws {
    #expect(try BuiltProgram.espalier(arguments).status == 2)
  }

  @Test func `files that are not there are told by name`() throws {
    let run = try BuiltProgram.espalier([
      "score", "wider", "--truth", folder.path("none"), "--detections", folder.path("none"),
    ])
    #expect(run.status == 3)
    #expect(run.errors.contains(folder.path("none")))
  }

  @Test func `voc takes the mode and the threshold`() throws {
    for name in ["gt", "dt"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name),
        withIntermediateDirectories: true
      )
    }
    _ = try folder.write("dog 0 0 9 9\n", to: "gt/one.txt")
    _ = try folder.write("dog 0.9 0 0 9 19\n", to: "dt/one.txt")
    func score(_ more: [String]) throws -> String {
      let paths = ["--truth", folder.path("gt"), "--detections", folder.path("dt")]
      return try BuiltProgram.espalier(["score", "voc"] + paths + more).text
    }
    // 10 x 10 pixels against 10 x 20.
    #expect(try score(["--mode", "integral"]).contains("0.0000"))
    #expect(try score(["--iou", "0.4"]).contains("1.0000"))
  }
}
