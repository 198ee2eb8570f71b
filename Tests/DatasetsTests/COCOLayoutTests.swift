import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct COCOLayoutTests {
  @Test func `a folder in COCO's layout is read split by split`() throws {
    let scratch = try ScratchFolder()
    let folders = ["annotations", "val2017"].map { scratch.url.appendingPathComponent($0) }
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    let text = """
      {"images": [{"id": 7, "file_name": "a.jpg", "width": 20, "height": 10}],
       "categories": [{"id": 3, "name": "cat"}],
       "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 5, 4], "area": 20, "iscrowd": 0}]}
      """
    try Data(text.utf8).write(to: folders[0].appendingPathComponent("instances_val2017.json"))
    #expect(try DataFormat.detected(in: scratch.url.path) == .coco)
    let parts = try DataParts.read(scratch.url.path, as: .coco)
    #expect(parts.map(\.part) == ["val2017"])
    let dataset = try #require(parts.first).dataset
    #expect(dataset.classes == ["cat"])
    #expect(dataset.entries.map(\.path) == [scratch.path("val2017/a.jpg")])
    #expect(dataset.entries.first?.objects.first?.box.width == 5)
  }

  @Test func `a folder without annotations names where they should be`() throws {
    let scratch = try ScratchFolder()
    #expect(throws: DataError.self) { try DataParts.read(scratch.url.path, as: .coco) }
  }
}
