import Datasets
import Foundation
import TestSupport
import Testing

struct DatasetCheckTests {
  @Test func `every image is decoded, and what is wrong counted by kind in order`() throws {
    let folder = try VOCFolder()
    let stems = ["a", "b", "c", "d"]
    for stem in stems { try folder.add(stem, objects: [("dog", "1", "1", "50", "50")]) }
    try folder.add("e", objects: [("dog", "7", "7", "7", "9")])
    try folder.list(stems + ["e"])
    let whole = try Pictures.read(folder.scratch.path("JPEGImages/b.jpg"))
    _ = try Pictures.write(
      Array(whole.prefix(whole.count / 2)),
      to: "JPEGImages/b.jpg",
      in: folder.scratch
    )
    try folder.image("c", size: PixelSize(width: 50, height: 50))
    try folder.write("", to: "JPEGImages/d.jpg")
    let check = DatasetCheck(try folder.read(), threads: 3)
    #expect(
      check.problems.map(\.kind) == [.degenerateBox, .brokenImage, .wrongSize, .brokenImage]
    )
    #expect(check.problemCounts.map(\.count) == [2, 1, 1])
    #expect(check.emptyImages == 1)
    #expect(check.boxesPerClass.reduce(0, +) == 4)
    #expect(check.sizes.map(\.count) == [3, 1])
    #expect(check.sizes[0].size == PixelSize(width: 100, height: 80))
    #expect(
      DatasetCheck(try folder.read(), limit: 100).problems.count { $0.kind == .tooLarge } == 4
    )
  }

  @Test func `layouts are known by their landmarks`() throws {
    let folder = try VOCFolder()
    #expect(try DataFormat.detected(in: folder.root) == .voc)
    let other = try ScratchFolder()
    #expect(
      throws: DataError.missing(
        path: other.url.path,
        wanted: "Annotations/ and JPEGImages/, XML beside images (voc), wider_face_split/ (wider), "
          + "annotations/*.json (coco) or data.yaml, images/ and labels/ (yolo); --format names the layout"
      )
    ) { try DataFormat.detected(in: other.url.path) }
    for (name, file, format) in [
      ("annotations", "a.json", DataFormat.coco),
      ("wider_face_split", "wider_face_val_bbx_gt.txt", .wider),
    ] {
      try FileManager.default.createDirectory(
        atPath: other.path(name),
        withIntermediateDirectories: true
      )
      _ = try other.write("", to: "\(name)/\(file)")
      #expect(try DataFormat.detected(in: other.url.path) == format)
    }
  }
}
