import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Text files as editors of other systems save them.
struct ByteOrderMarkTests {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = folder.path(name)
    try FileManager.default.createDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private func marked(_ text: String) -> [UInt8] { Self.mark + Array(text.utf8) }

  private static let annotations = """
    {"images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
     "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}],
     "categories": [{"id": 1, "name": "cat"}]}
    """
  private static let results =
    #"[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]"#

  @Test func `a mark before COCO's files is no part of them, and places count it`() throws {
    let truth = try write(marked(Self.annotations), to: "truth.json")
    let found = try write(marked(Self.results), to: "found.json")
    let input = try ScoringInput.coco(truth: truth, detections: found)
    #expect(input.truths.count == 1 && input.detections.count == 1)
    #expect(input.problems.isEmpty)
    let broken = try write(marked("[{\"score\" 1}]"), to: "broken.json")
    let error = #expect(throws: DataError.self) { try COCOResults.Unresolved(broken) }
    let plain = try write(Array("   [{\"score\" 1}]".utf8), to: "plain.json")
    let other = #expect(throws: DataError.self) { try COCOResults.Unresolved(plain) }
    #expect(
      "\(error, default: "")".replacing("broken.json", with: "plain.json")
        == "\(other, default: "")"
    )
    // Nothing but a mark is an empty file.
    let empty = #expect(throws: DataError.self) {
      try COCOResults.Unresolved(try write(Self.mark, to: "empty.json"))
    }
    #expect("\(empty, default: "")".contains("the file is empty"))
  }

  @Test func `a mark before a list or an annotation of Pascal VOC loses no image`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "1", "1", "9", "9")])
    try folder.add("b", objects: [("dog", "1", "1", "9", "9")])
    // Two lists that were joined, each with its mark.
    try folder.write("\u{FEFF}a\r\n\u{FEFF}b\r\n", to: "ImageSets/Main/all.txt")
    let xml = try String(contentsOfFile: folder.scratch.path("Annotations/a.xml"), encoding: .utf8)
    try folder.write("\u{FEFF}" + xml, to: "Annotations/a.xml")
    let data = try folder.read()
    #expect(data.entries.map(\.id) == ["a", "b"])
    #expect(data.truths.count == 2)
    #expect(data.problems.isEmpty)
    // A class's list, with its second column.
    try folder.write("\u{FEFF}a 1\nb -1\n", to: "ImageSets/Main/all.txt")
    #expect(try folder.read().entries.map(\.id) == ["a"])
  }

  @Test func `XML in UTF-16 is read by its mark`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "1", "1", "9", "9")])
    let path = folder.scratch.path("Annotations/a.xml")
    let xml = try String(contentsOfFile: path, encoding: .utf8)
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      try Data(("\u{FEFF}" + xml).data(using: encoding) ?? Data()).write(to: URL(filePath: path))
      try folder.list(["a"])
      #expect(try folder.read().truths.count == 1)
      #expect(try folder.read().problems.isEmpty)
    }
  }

  @Test func `a mark before WIDER FACE's list, and before detections, loses no image`() throws {
    let image = try Pictures.noise(40, 30).jpeg(quality: 80)
    _ = try write(image, to: "images/0--Parade/a.jpg")
    let list = try write(
      marked("0--Parade/a.jpg\n1\n4 5 10 12 0 0 0 0 0 0\n"),
      to: "list_bbx_gt.txt"
    )
    let data = try WIDERFace.read(list: list, images: folder.path("images"))
    #expect(data.entries.map(\.id) == ["a"])
    #expect(data.problems.isEmpty)
    _ = try write(marked("a\n1\n4 5 10 12 0.9\n"), to: "found/0--Parade/a.txt")
    let scoring = try WiderFaceScoring(truth: list, detections: folder.path("found"))
    #expect(scoring.problems.isEmpty)
    #expect(scoring.images.map(\.found.count) == [1])
  }

  @Test func `a mark before rows of objects and detections loses no row`() throws {
    _ = try write(marked("dog 1 1 20 20\n"), to: "gt/one.txt")
    _ = try write(marked("dog 0.9 1 1 20 20\n"), to: "dt/one.txt")
    let input = try ScoringInput.voc(truth: folder.path("gt"), detections: folder.path("dt"))
    #expect(input.classes == ["dog"])
    #expect(input.problems.isEmpty)
    #expect(input.detections.count == 1)
  }

  @Test(arguments: [
    (String.Encoding.utf16LittleEndian, true, "UTF-16"), (.utf16BigEndian, true, "UTF-16"),
    (.utf16LittleEndian, false, "UTF-16"), (.utf16BigEndian, false, "UTF-16"),
    (.utf32LittleEndian, true, "UTF-32"), (.utf32BigEndian, true, "UTF-32"),
  ])
  func `a text in another encoding is named with the cure`(
    encoding: String.Encoding,
    hasMark: Bool,
    name: String
  ) throws {
    func bytes(_ text: String) throws -> [UInt8] {
      [UInt8](try #require(((hasMark ? "\u{FEFF}" : "") + text).data(using: encoding)))
    }
    let words = "the text is \(name); save it as UTF-8"
    let json = try write(try bytes(Self.results), to: "found.json")
    let list = try write(try bytes("0--Parade/a.jpg\n0\n"), to: "list.txt")
    _ = try write(try bytes("dog 1 1 20 20\n"), to: "gt/one.txt")
    _ = try write(Array("dog 0.9 1 1 20 20\n".utf8), to: "dt/one.txt")
    let errors = [
      #expect(throws: DataError.self) { try COCOResults.Unresolved(json) },
      #expect(throws: DataError.self) { try WIDERFace.read(list: list, images: folder.path("")) },
      #expect(throws: DataError.self) {
        try ScoringInput.voc(truth: folder.path("gt"), detections: folder.path("dt"))
      },
    ]
    for error in errors {
      #expect("\(error, default: "")".contains(words), "\(String(describing: error))")
    }
  }
}
