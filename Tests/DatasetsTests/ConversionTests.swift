import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Data sets written in other formats.
struct ConversionTests {
  private let drawn: ScratchFolder

  init() throws {
    drawn = try ScratchFolder()
    let size = PixelSize(width: 96, height: 80)
    try SyntheticDataset(images: 15, seed: 4, size: size).write(to: drawn.path("voc"))
  }

  private func set(_ root: String, _ format: DataFormat = .voc) throws -> ConvertedSet {
    ConvertedSet(try DataParts.read(root, as: format))
  }

  private func write(_ set: ConvertedSet, _ format: DataFormat, _ name: String) throws -> [String] {
    let writer = try #require(FormatWriter.all.first { $0.format == format })
    return try writer.write(set, to: drawn.path(name))
  }

  private func all(_ name: String, _ format: DataFormat) throws -> [String] {
    try DataParts.read(drawn.path(name), as: format).flatMap { boxLines($0.dataset) }.sorted()
  }

  @Test func `boxes come back from every format and way`() throws {
    let first = try all("voc", .voc)
    #expect(first.count > 30)
    let names = ["coco": DataFormat.coco, "yolo": .yolo, "voc": .voc]
    for (one, format) in names where one != "voc" {
      _ = try write(set(drawn.path("voc")), format, one)
      for (other, second) in names where other != one {
        _ = try write(set(drawn.path(one), format), second, "\(one)-\(other)")
        _ = try write(set(drawn.path("\(one)-\(other)"), second), .voc, "\(one)-\(other)-back")
        #expect(try all("\(one)-\(other)-back", .voc) == first, "\(one) \(other)")
      }
    }
    // The files, too, have whole numbers again.
    let text = try String(
      contentsOfFile: drawn.path("yolo-coco-back/Annotations/000001.xml"),
      encoding: .utf8
    )
    #expect(!text.contains(".0") && !text.contains("99"), "\(text)")
  }

  @Test func `a box covers its last pixel in formats that state the edge behind it`() throws {
    let scratch = try ScratchFolder()
    try scratch.image("a.jpg")
    try scratch.put(
      """
      <annotation><filename>a.jpg</filename><size><width>40</width><height>20</height></size>
      <object><name>x</name><bndbox><xmin>4</xmin><ymin>5</ymin><xmax>13</xmax><ymax>9</ymax></bndbox></object></annotation>
      """,
      at: "a.xml"
    )
    let set = ConvertedSet([
      ("train", try DataFormat.voc.read(DataPart(root: scratch.root, list: "all")))
    ])
    _ = try write(set, .yolo, "y")
    _ = try write(set, .coco, "c")
    let row = try String(contentsOfFile: drawn.path("y/labels/train/a.txt"), encoding: .utf8)
    // Pixels 4 to 13 of 40, 5 to 9 of 20: ten wide around 9, five high around 7.5.
    #expect(row == "0 0.225 0.375 0.25 0.25\n")
    let json = try String(
      contentsOfFile: drawn.path("c/annotations/instances_train.json"),
      encoding: .utf8
    )
    #expect(json.contains(#""bbox":[4,5,10,5],"area":50"#), "\(json)")
  }

  /// AP by pycocotools, objects of some ids excused.
  private static let script = #"""
    import contextlib, io, json, sys
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    excused = set(json.loads(sys.argv[3]))
    class Excusing(COCOeval):
        def _prepare(self):
            super()._prepare()
            for rows in self._gts.values():
                for row in rows: row["ignore"] = row["ignore"] or row["id"] in excused
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(sys.argv[1]); found = truth.loadRes(sys.argv[2])
        evaluation = Excusing(truth, found, "bbox")
        evaluation.evaluate(); evaluation.accumulate(); evaluation.summarize()
    print(json.dumps(list(evaluation.stats)))
    """#

  /// Every object moved a little, and boxes that are nothing.
  private func detections(_ dataset: Dataset) -> [DetectedBox] {
    var random = SampleRandom(seed: 9, round: 0, sample: 0, purpose: 0)
    return dataset.counted(lastPixel: false).truths.flatMap { truth in
      (0..<3).map { _ in
        var box = truth.box
        box.x += random.uniform(-4...4)
        box.width *= random.uniform(0.7...1.3)
        return DetectedBox(
          image: truth.image,
          category: random.index(below: 8) == 0 ? 0 : truth.category,
          box: box,
          score: random.uniform(0...1)
        )
      }
    }
  }

  private func figures(_ dataset: Dataset, _ found: [DetectedBox]) -> [Double] {
    let counted = dataset.counted(lastPixel: !DetectionMetric.coco.countsLastPixel)
    return DetectionMetric.coco.matching(counted, found).figures(counted, sample: nil).others
      .map(\.value)
  }

  @Test(.enabled(Comment(rawValue: Python.reason)) { Python.isPresent }, arguments: [0, 3])
  func `COCO's figures are pycocotools' before and after conversion, whichever format they are of`(
    every: Int
  ) throws {
    var voc = try DataFormat.voc.read(DataPart(root: drawn.path("voc"), list: "train"))
    voc.classes = ["bar", "blob", "disc", "ring"]
    let found = detections(voc)
    let set = ConvertedSet([("train", voc)])
    _ = try write(set, .coco, "coco")
    _ = try write(set, .yolo, "yolo")
    var excused: [Int] = []
    var id = 0
    for entry in voc.entries.indices {
      for object in voc.entries[entry].objects.indices {
        id += 1
        let isExcused = every > 0 && id.isMultiple(of: every)
        voc.entries[entry].objects[object].isDifficult = isExcused
        if isExcused { excused.append(id) }
      }
    }
    let rows = found.map {
      [
        "image_id": $0.image + 1, "category_id": $0.category + 1, "score": $0.score,
        "bbox": [$0.box.x, $0.box.y, $0.box.width, $0.box.height],
      ] as [String: Any]
    }
    try drawn.put([UInt8](JSONSerialization.data(withJSONObject: rows)), at: "found.json")
    let text = try Python.run(
      Self.script,
      [
        drawn.path("coco/annotations/instances_train.json"), drawn.path("found.json"), "\(excused)",
      ]
    )
    let expected = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
    var all = [voc]
    if every == 0 {
      all.append(try DataFormat.coco.read(DataPart(root: drawn.path("coco"), list: "train")))
      all.append(try DataFormat.yolo.read(DataPart(root: drawn.path("yolo"), list: "train")))
    }
    for dataset in all {
      let ours = figures(dataset, found)
      #expect(ours.count == 12)
      #expect(
        zip(ours, expected).allSatisfy { abs($0 - $1) < 1e-9 },
        "\(dataset.edges) \(ours) \(expected)"
      )
    }
    #expect(expected[0] > 0.1 && expected[0] < 0.9)
  }

  @Test func `what a format cannot hold is counted and said`() throws {
    var dataset = try DataFormat.voc.read(DataPart(root: drawn.path("voc"), list: "train"))
    for entry in dataset.entries.indices { dataset.entries[entry].objects[0].isCrowd = entry < 4 }
    dataset.entries[5].objects[0].isDifficult = true
    dataset.entries[6].objects[0].area = 3
    dataset.entries[7].objects[0].box.width = 0
    dataset.entries[7].objects[0].area = 0
    let boxes = dataset.truths.count
    let difficult = dataset.truths.count(where: \.isDifficult)
    let set = ConvertedSet([("train", dataset)])
    let yolo = try write(set, .yolo, "y")
    #expect(yolo.contains("4 crowds are left out: the format has none"))
    #expect(yolo.contains { $0.hasPrefix("\(difficult) difficult objects are ordinary") })
    #expect(yolo.contains("1 areas of masks are their boxes' now"), "\(yolo)")
    #expect(try all("y", .yolo).count == boxes - 4)
    let voc = try write(set, .voc, "v")
    #expect(voc.contains { $0.hasPrefix("4 crowds are difficult") })
    #expect(voc.contains { $0.hasPrefix("1 boxes of one pixel or less") })
    let back = try DataFormat.voc.read(DataPart(root: drawn.path("v"), list: "train"))
    #expect(back.truths.count(where: \.isDifficult) == difficult + 4)
    let coco = try write(set, .coco, "c")
    #expect(coco.contains { $0.hasPrefix("\(difficult) difficult") })
    let again = try DataFormat.coco.read(DataPart(root: drawn.path("c"), list: "train"))
    #expect(again.truths.count(where: \.isCrowd) == 4)
    #expect(again.truths.contains { $0.area == 3 })
  }

  @Test func `images are linked, or copied on request`() throws {
    let set = try set(drawn.path("voc"))
    let writer = try #require(FormatWriter.all.first { $0.format == .yolo })
    for copies in [false, true] {
      let root = drawn.path("y\(copies)")
      _ = try writer.write(set, to: root, copies: copies)
      let attributes = try FileManager.default.attributesOfItem(
        atPath: "\(root)/images/train/000000.jpg"
      )
      #expect((attributes[.referenceCount] as? Int ?? 0 > 1) == !copies)
    }
  }

  @Test func `a folder that holds something stays, unless it is to go`() throws {
    let set = try set(drawn.path("voc"))
    let writer = try #require(FormatWriter.all.first { $0.format == .yolo })
    try drawn.put("mine", at: "full/notes.txt")
    #expect(throws: DataError.self) { try writer.write(set, to: drawn.path("full")) }
    #expect(try drawn.tree("full") == ["notes.txt"])
    _ = try writer.write(set, to: drawn.path("full"), replacing: true)
    #expect(try drawn.tree("full").contains("data.yaml"))
    #expect(try !drawn.tree("full").contains("notes.txt"))
    // What is read must not go with it.
    #expect(throws: DataError.self) {
      try writer.write(set, to: drawn.path("voc"), replacing: true)
    }
    #expect(throws: DataError.self) { try writer.write(set, to: drawn.path(""), replacing: true) }
    #expect(try drawn.tree("voc").contains("ImageSets/Main/train.txt"))
  }

  @Test func `what fails in the middle leaves nothing`() throws {
    let set = try set(drawn.path("voc"))
    try FileManager.default.removeItem(atPath: drawn.path("voc/JPEGImages/000014.jpg"))
    let before = try drawn.tree("")
    #expect(throws: (any Error).self) { try write(set, .coco, "c") }
    #expect(try drawn.tree("") == before)
  }

  @Test func `images of one name get names of their own`() throws {
    let scratch = try ScratchFolder()
    try scratch.put("train: images/train\nval: images/val\nnames: [x]\n", at: "data.yaml")
    for name in ["train/a/1.jpg", "train/b/1.png", "val/1.jpg"] {
      try scratch.image("images/\(name)")
    }
    let set = ConvertedSet(try DataParts.read(scratch.root, as: .yolo))
    let notes = try write(set, .voc, "v")
    #expect(
      try drawn.tree("v/JPEGImages") == ["1.jpg", "b_1.png", "val_1.jpg"]
    )
    #expect(notes.contains { $0.hasPrefix("2 images share their names") }, "\(notes)")
  }

  @Test func `names of classes are written so that they are read as they were`() throws {
    var dataset = try DataFormat.voc.read(DataPart(root: drawn.path("voc"), list: "train"))
    dataset.classes = ["a: b", "no", "<c> & 'd'", "1"]
    let set = ConvertedSet([("train", dataset)])
    for format in [DataFormat.yolo, .coco, .voc] {
      _ = try write(set, format, "n\(format)")
      let part = DataPart(root: drawn.path("n\(format)"), list: "train")
      let found = try format.read(part).classes
      #expect(format == .voc ? found == dataset.classes.sorted() : found == dataset.classes)
    }
  }
}
