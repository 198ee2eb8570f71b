import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Lists that are written beside images.
struct DataSplittingTests {
  private let folder: ScratchFolder
  private let split = SeededSplit(ratios: [0.6, 0.2, 0.2], seed: 3)

  init() throws {
    folder = try ScratchFolder()
    let size = PixelSize(width: 64, height: 48)
    try SyntheticDataset(images: 20, seed: 4, size: size).write(to: folder.path("drawn"))
  }

  /// Writes a split, and reads what its result names.
  private func parts(_ root: String, _ format: DataFormat) throws -> [[String]] {
    let made = try DataSplitting(root, as: format, by: split)
    try made.write(replacing: false)
    #expect(throws: DataError.self) { try made.write(replacing: false) }
    try made.write(replacing: true)
    let result = String(made.result.drop { $0 != ":" }.dropFirst())
    return try split.parts.map { name in
      let dataset = try format.read(DataPart(root: result, list: name))
      #expect(dataset.notes.isEmpty && dataset.problems.isEmpty)
      #expect(Set(dataset.truths.map(\.category)).count == 4, "\(name)")
      return dataset.entries.map { URL(filePath: $0.path).lastPathComponent }
    }
  }

  private func expectWhole(_ parts: [[String]]) {
    #expect(parts.map(\.count).sorted() == [4, 4, 12])
    #expect(Set(parts.flatMap(\.self)).count == 20)
  }

  @Test func `XML beside images gets lists of stems`() throws {
    let flat = folder.path("flat")
    try FileManager.default.createDirectory(atPath: flat, withIntermediateDirectories: true)
    for (from, ending) in [("JPEGImages", "jpg"), ("Annotations", "xml")] {
      for number in 0..<20 {
        let name = String(format: "%06d.\(ending)", number)
        try FileManager.default.moveItem(
          atPath: folder.path("drawn/\(from)/\(name)"),
          toPath: "\(flat)/\(name)"
        )
      }
    }
    let before = try folder.tree("flat")
    expectWhole(try parts(flat, .voc))
    #expect(Set(try folder.tree("flat")).isSuperset(of: before))
  }

  @Test func `YOLO gets lists of paths, beside a description that is there one of its own`() throws
  {
    let set = ConvertedSet(try DataParts.read(folder.path("drawn"), as: .voc))
    let writer = try #require(FormatWriter.all.first { $0.format == .yolo })
    _ = try writer.write(set, to: folder.path("y"))
    let old = try String(contentsOfFile: folder.path("y/data.yaml"), encoding: .utf8)
    expectWhole(try parts(folder.path("y"), .yolo))
    #expect(try String(contentsOfFile: folder.path("y/data.yaml"), encoding: .utf8) == old)
    try FileManager.default.removeItem(atPath: folder.path("y/split.yaml"))
    try FileManager.default.removeItem(atPath: folder.path("y/data.yaml"))
    expectWhole(try parts(folder.path("y"), .yolo))
    #expect(try folder.tree("y").contains("data.yaml"))
  }

  @Test func `COCO gets files with all that the one file says`() throws {
    let whole = ConvertedSet(
      [("all", try DataFormat.voc.read(DataPart(root: folder.path("drawn"), list: "trainval")))]
    )
    let writer = try #require(FormatWriter.all.first { $0.format == .coco })
    _ = try writer.write(whole, to: folder.path("c"))
    let file = folder.path("c/annotations/instances_all.json")
    var json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
        as? [String: Any]
    )
    json["info"] = ["year": 2026]
    var rows = try #require(json["annotations"] as? [[String: Any]])
    for row in rows.indices { rows[row]["segmentation"] = [[1.5, 2, 3, 4, 5, row]] }
    json["annotations"] = rows
    try JSONSerialization.data(withJSONObject: json).write(to: URL(filePath: file))
    let made = try DataSplitting(folder.path("c"), as: .coco, by: split)
    try made.write(replacing: false)
    var seen: [Int] = []
    for (path, _) in made.files {
      let part = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
          as? [String: Any]
      )
      #expect((part["info"] as? [String: Int])?["year"] == 2026)
      let images = Set((part["images"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int })
      let own = part["annotations"] as? [[String: Any]] ?? []
      #expect(own.allSatisfy { images.contains($0["image_id"] as? Int ?? -1) })
      seen += own.compactMap { ($0["segmentation"] as? [[Double]])?[0].last.map { Int($0) } }
    }
    #expect(seen.sorted() == Array(rows.indices))
    let lists = try DataFormat.coco.lists(folder.path("c"))
    #expect(lists == ["all", "all_test", "all_train", "all_val"])
    let read = try DataFormat.coco.read(DataPart(root: folder.path("c"), list: "all_val"))
    #expect(read.entries.count == 3 && read.problems.isEmpty)
    #expect(FileManager.default.fileExists(atPath: read.entries.first?.path ?? ""))
    #expect(throws: DataError.self) { try DataSplitting(folder.path("c"), as: .coco, by: split) }
  }
}
