import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct SyntheticFacesTests {
  private static let size = PixelSize(width: 256, height: 192)

  @Test func `the folder reads back with the faces that were drawn, whatever the threads`() throws {
    let drawing = SyntheticDataset(.faces, images: 30, seed: 7, size: Self.size)
    let scratch = try ScratchFolder()
    try drawing.write(to: scratch.path("one"), threads: 1)
    try drawing.write(to: scratch.path("three"), threads: 3)
    let names = try FileManager.default.subpathsOfDirectory(atPath: scratch.path("one")).sorted()
    #expect(
      try names == FileManager.default.subpathsOfDirectory(atPath: scratch.path("three")).sorted()
    )
    for name in names where name.hasSuffix(".jpg") || name.hasSuffix(".txt") {
      #expect(
        try Pictures.read(scratch.path("one/\(name)"))
          == Pictures.read(scratch.path("three/\(name)"))
      )
    }
    var number = 0
    for (list, count) in [("train", 24), ("val", 6)] {
      let part = DataPart(root: scratch.path("one"), list: list, policy: .refuse)
      let data = try DataFormat.wider.read(part)
      #expect(data.entries.count == count)
      #expect(DatasetCheck(data).problems.isEmpty)
      for entry in data.entries {
        let scene = SyntheticKind.faces.scene(Self.size, 7, number)
        let boxes = scene.objects.map { object in
          let box = object.box
          return Box(x: box.left, y: box.top, width: box.width + 1, height: box.height + 1)
        }
        #expect(entry.objects.map(\.box) == boxes)
        #expect(entry.objects.map(\.isDifficult) == scene.objects.map { $0.visible < 0.3 })
        number += 1
      }
    }
  }

  @Test func `the lists have the official ten columns, within their ranges`() throws {
    let drawing = SyntheticDataset(.faces, images: 40, seed: 1, size: Self.size)
    let scratch = try ScratchFolder()
    try drawing.write(to: scratch.path("faces"))
    let list = scratch.path("faces/wider_face_split/wider_face_train_bbx_gt.txt")
    let lines = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
    let rows = lines.map { $0.split(separator: " ").compactMap { Int($0) } }.filter {
      $0.count > 1
    }
    #expect(rows.allSatisfy { $0.count == 10 })
    // Blur, expression, illumination, invalid, occlusion, pose.
    for (column, most) in zip(4..., [2, 0, 1, 1, 2, 1]) {
      let values = Set(rows.map { $0[column] })
      #expect(values == Set(0...most), "column \(column)")
    }
  }

  @Test func `widths are even over the logarithm, from 8 pixels on, and hidden faces say so`() {
    let size = PixelSize(width: 640, height: 640)
    let scenes = (0..<60).map { SyntheticKind.faces.scene(size, 3, $0) }
    let faces = scenes.flatMap(\.objects)
    #expect(faces.count > 200)
    let whole = faces.filter { $0.visible > 0.97 && !$0.isTurned }
    let octaves = whole.map { log2($0.box.width / 8) }
    #expect(octaves.allSatisfy { $0 > -0.6 && $0 < 5.2 })
    for octave in 0..<4 {
      let share =
        Double(octaves.count { Int($0.rounded(.down)) == octave })
        / Double(octaves.count)
      #expect(share > 0.06, "octave \(octave)")
    }
    let hidden = Double(faces.count { $0.visible < 0.9 }) / Double(faces.count)
    #expect((0.1...0.6).contains(hidden))
    #expect(scenes.contains { $0.objects.isEmpty } || scenes.count < 60)
    #expect(Set(scenes.map(\.event)) == ["Group", "Crowd", "Dark"])
  }

  @Test func `faces may lie in Pascal VOC's layout too`() throws {
    let drawing = SyntheticDataset(.faces, images: 10, seed: 2, size: Self.size, format: .voc)
    let scratch = try ScratchFolder()
    try drawing.write(to: scratch.path("faces"))
    let data = try PascalVOC.read([PascalVOC.Part(root: scratch.path("faces"), list: "trainval")])
    #expect(data.entries.count == 8)
    #expect(data.classes == ["face"])
    #expect(DatasetCheck(data).problems.isEmpty)
  }
}
