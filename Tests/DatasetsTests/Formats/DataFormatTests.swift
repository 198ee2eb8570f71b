import Datasets
import Foundation
import Graphs
import TestSupport
import Testing

struct DataFormatTests {
  @Test func `names are told apart, and a misspelt one is none's`() {
    #expect(Set(DataFormat.all.map(\.name)).count == DataFormat.all.count)
    #expect(DataFormat(rawValue: "vox") == nil)
    #expect(Set(DetectionMetric.all.map(\.name)).count == DetectionMetric.all.count)
    #expect(DetectionMetric(rawValue: "12point") == nil)
  }

  @Test(arguments: DataFormat.all)
  func `every format says what it is, and names lists of an empty folder that are an error`(
    format: DataFormat
  ) throws {
    #expect(format.doc.hasSuffix("."))
    let scratch = try ScratchFolder()
    if let whole = format.wholeList {
      #expect(try format.lists(scratch.url.path) == [whole])
    } else {
      #expect(throws: DataError.self) { try format.lists(scratch.url.path) }
    }
    #expect(format.layout?.isThere(scratch.url.path) != true)
    #expect(throws: DataError.self) {
      try format.read(DataPart(root: scratch.url.path, list: format.wholeList ?? "train"))
    }
  }

  @Test func `each format is judged as its own benchmark does`() {
    let metrics = DataFormat.all.map { "\($0) \($0.metric)" }
    #expect(metrics == ["voc 11point", "wider wider", "coco coco", "yolo coco", "images coco"])
    #expect(DataFormat.all.filter(\.trainsToLastPixel) == [.coco])
    #expect(DataFormat.all.filter { !$0.isLabelled } == [.images])
  }

  @Test func `WIDER FACE's lists may be files, with images where they are named`() throws {
    let scratch = try ScratchFolder()
    for folder in ["pictures", "other"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder),
        withIntermediateDirectories: true
      )
      _ = try scratch.write("", to: "\(folder)/a.jpg")
    }
    _ = try scratch.write("a.jpg\n1\n1 2 3 4\n", to: "list.txt")
    let root = scratch.url.path
    let below = DataPart(root: root, list: "list.txt", images: "pictures")
    #expect(
      try DataFormat.wider.read(below).entries.map(\.path) == [scratch.path("pictures/a.jpg")]
    )
    let absolute = DataPart(
      root: "/",
      list: scratch.path("list.txt"),
      images: scratch.path("other")
    )
    #expect(
      try DataFormat.wider.read(absolute).entries.map(\.path) == [scratch.path("other/a.jpg")]
    )
  }

  @Test func `classes that are not those of COCO's file are refused, with what is there`() throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write(
      """
      {"images": [{"id": 7, "file_name": "a.jpg", "width": 20, "height": 10}],
       "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
       "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 5, 4], "area": 20, "iscrowd": 0}]}
      """,
      to: "a.json"
    )
    var part = DataPart(root: scratch.url.path, list: "a.json", classes: ["cat", "dog"])
    #expect(try DataFormat.coco.read(part).classes == ["cat", "dog"])
    part.classes = ["dog", "cat"]
    let error = #expect(throws: DataError.self) { try DataFormat.coco.read(part) }
    #expect(
      error.map { "\($0)" } == "'classes' are not those of \(scratch.path("a.json")): cat, dog"
    )
  }
}
