import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// COCO's files whose images lie elsewhere than in COCO's own folders.
struct COCOFoldersTests {
  private func json(_ files: [String]) -> String {
    let images = files.enumerated().map {
      #"{"id": \#($0 + 1), "file_name": "\#($1)", "width": 40, "height": 20}"#
    }
    let rows = files.indices.map {
      #"{"id": \#($0 + 1), "image_id": \#($0 + 1), "category_id": 1, "bbox": [1, 2, 5, 4], "area": 20, "iscrowd": 0}"#
    }
    return
      #"{"images": [\#(images.joined(separator: ","))], "annotations": [\#(rows.joined(separator: ","))], "categories": [{"id": 1, "name": "cat"}]}"#
  }

  private func paths(_ root: String, _ list: String, images: String? = nil) throws -> [String] {
    try DataFormat.coco.read(DataPart(root: root, list: list, images: images)).entries.map(\.path)
  }

  @Test func `images in folders below are found, with their folders in names and without`() throws {
    let scratch = try ScratchFolder()
    for name in ["images/a/1.jpg", "images/b/2.jpg", "images/b/deep/3.jpg"] {
      try scratch.image(name)
    }
    try scratch.put(
      json(["a/1.jpg", "2.jpg", "3.jpg", "gone.jpg"]),
      at: "annotations/instances_val.json"
    )
    #expect(
      try paths(scratch.root, "val") == [
        scratch.path("images/a/1.jpg"), scratch.path("images/b/2.jpg"),
        scratch.path("images/b/deep/3.jpg"), scratch.path("images/gone.jpg"),
      ]
    )
  }

  @Test func `a name that two images have is refused with both`() throws {
    let scratch = try ScratchFolder()
    for name in ["images/a/1.jpg", "images/b/1.jpg"] { try scratch.image(name) }
    try scratch.put(json(["1.jpg"]), at: "annotations/instances_val.json")
    let error = #expect(throws: DataError.self) { try paths(scratch.root, "val") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("a/1.jpg") && text.contains("b/1.jpg"), "\(text)")
    #expect(text.contains("instances_val.json"))
    // A folder that is named decides.
    #expect(try paths(scratch.root, "val", images: "images/b") == [scratch.path("images/b/1.jpg")])
    try scratch.put(json(["b/1.jpg"]), at: "annotations/instances_val.json")
    #expect(try paths(scratch.root, "val") == [scratch.path("images/b/1.jpg")])
  }

  @Test func `a file among the images of each part is a list`() throws {
    let scratch = try ScratchFolder()
    for part in ["train", "valid"] {
      try scratch.image("\(part)/x.jpg")
      try scratch.put(json(["x.jpg"]), at: "\(part)/_annotations.coco.json")
    }
    #expect(try DataFormat.detected(in: scratch.root) == .coco)
    #expect(try DataFormat.coco.lists(scratch.root) == ["train", "valid"])
    #expect(try paths(scratch.root, "val") == [scratch.path("valid/x.jpg")])
  }

  @Test func `a file by itself has all images, or a part of them by a seed`() throws {
    let scratch = try ScratchFolder()
    let names = (0..<20).map { "\($0).jpg" }
    for name in names { try scratch.image("pictures/\(name)") }
    try scratch.put(json(names), at: "labels.json")
    let file = scratch.path("labels.json")
    #expect(try DataFormat.detected(in: file) == .coco)
    #expect(try DataFormat.coco.lists(file) == [SeededSplit.whole])
    let all = try paths(file, "all")
    #expect(all == names.map { scratch.path("pictures/\($0)") })
    var split: [String] = []
    for part in SeededSplit.names {
      let one = DataPart(
        root: file,
        list: part,
        splitting: SeededSplit(ratios: [1, 1, 1], seed: 0)
      )
      let dataset = try DataFormat.coco.read(one)
      #expect(dataset.truths.map(\.image) == Array(dataset.entries.indices))
      split += dataset.entries.map(\.path)
    }
    #expect(split.sorted() == all.sorted())
  }
}
