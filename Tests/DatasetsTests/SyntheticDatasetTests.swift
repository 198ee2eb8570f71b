import Datasets
import Foundation
import TestSupport
import Testing

struct SyntheticDatasetTests {
  @Test func `the drawn folder is sound, whatever the threads the same bytes, and reads back`()
    throws
  {
    let drawing = SyntheticDataset(images: 20, seed: 4, size: PixelSize(width: 160, height: 128))
    let scratch = try ScratchFolder()
    try drawing.write(to: scratch.path("one"), threads: 1)
    try drawing.write(to: scratch.path("three"), threads: 3)
    let names = try FileManager.default.subpathsOfDirectory(atPath: scratch.path("one")).sorted()
    #expect(names.count { $0.hasSuffix(".jpg") } == 20)
    for name in names where name.contains(".") {
      #expect(
        try Pictures.read(scratch.path("one/\(name)"))
          == Pictures.read(scratch.path("three/\(name)"))
      )
    }
    for (list, count) in [("train", 12), ("val", 4), ("trainval", 16), ("test", 4)] {
      let data = try PascalVOC.read([PascalVOC.Part(root: scratch.path("one"), list: list)])
      #expect(data.entries.count == count)
      #expect(data.classes == SyntheticKind.shapes.classes)
      #expect(DatasetCheck(data).problems.isEmpty)
    }
  }

  @Test func `objects differ sixfold in size, all classes occur, some are cut by the edge`() {
    let size = PixelSize(width: 320, height: 320)
    let scenes = (0..<40).map { SyntheticKind.shapes.scene(size, 1, $0) }
    let objects = scenes.flatMap(\.objects).map(\.box)
    #expect(Set(objects.map(\.category)) == [0, 1, 2, 3])
    let sides = objects.map { max($0.width, $0.height) }.sorted()
    #expect(sides[sides.count * 9 / 10] > 3 * sides[sides.count / 10])
    #expect(objects.contains { $0.left == 0 || $0.right == 319 })
    #expect(objects.allSatisfy { $0.left >= 0 && $0.right <= 319 && $0.width > 3 })
    #expect(scenes[0].picture != scenes[1].picture)
  }

  @Test func `a folder that holds something is left alone`() throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write("mine", to: "notes.txt")
    let drawing = SyntheticDataset(images: 5, seed: 0, size: PixelSize(width: 64, height: 64))
    #expect(throws: DataError.self) { try drawing.write(to: scratch.url.path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["notes.txt"])
  }
}
