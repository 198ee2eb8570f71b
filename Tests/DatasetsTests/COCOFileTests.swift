import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct COCOFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func annotations(
    _ annotations: String,
    images: String =
      #"[{"id": 7, "file_name": "b.jpg", "width": 64, "height": 48}, {"id": 3, "file_name": "a\u00e9.jpg"}]"#,
    for use: COCOAnnotations.Use = .scoring,
    faults: FaultPolicy = .skip
  ) throws -> COCOAnnotations {
    let text = """
      {"info": {"x": [1, {"y": null}]},
       "images": \(images),
       "annotations": [
      \(annotations)
      ],
       "categories": [{"id": 90, "name": "zebra"}, {"id": 4, "name": "ant"}]}
      """
    let path = try folder.write(text, to: "truth.json")
    return try COCOAnnotations(path, images: "photos", for: use, faults: faults)
  }

  private func results(_ text: String, faults: FaultPolicy = .skip) throws -> COCOResults {
    let truth = try annotations(Self.good)
    let file = try COCOResults.Unresolved(try folder.write(text, to: "results.json"))
    return try COCOResults(file, for: truth, faults: faults)
  }

  private static let good =
    #"{"id": 1, "image_id": 7, "category_id": 90, "bbox": [1, 2.5, 30, 4e1], "area": 99.5, "iscrowd": 1, "segmentation": {"counts": [3, 4]}}"#

  @Test func `images and classes come in the order of their ids`() throws {
    let read = try annotations(Self.good)
    #expect(read.dataset.classes == ["ant", "zebra"])
    #expect(read.dataset.entries.map(\.path) == ["photos/aé.jpg", "photos/b.jpg"])
    #expect(read.dataset.entries.map(\.size) == [nil, PixelSize(width: 64, height: 48)])
    #expect(
      read.dataset.entries[1].objects == [
        TrueBox(
          image: 1,
          category: 1,
          box: Box(x: 1, y: 2.5, width: 30, height: 40),
          area: 99.5,
          isCrowd: true
        )
      ]
    )
    #expect(read.dataset.problems.isEmpty)
  }

  @Test(arguments: [
    (
      #"{"id": 1, "category_id": 4, "bbox": [1, 2, 3, 4]}"#, DataProblem.Kind.brokenAnnotation,
      "'image_id' is missing"
    ),
    (
      #"{"id": 1, "image_id": "7", "category_id": 4, "bbox": [1, 2, 3, 4]}"#, .missingImage,
      "'image_id' \"7\" is not among the images, which have 7; write both as numbers or both as texts"
    ),
    (
      #"{"id": 1, "image_id": null, "category_id": 4, "bbox": [1, 2, 3, 4]}"#, .brokenAnnotation,
      "'image_id' is not a number or a text"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": [4], "bbox": [1, 2, 3, 4]}"#, .brokenAnnotation,
      "'category_id' is not a number or a text"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": 4, "bbox": [1, 2, 3]}"#, .brokenAnnotation,
      "'bbox' is not a list of four numbers"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": 4, "bbox": [1, 2, null, 4]}"#, .brokenAnnotation,
      "'bbox' is not a list of four numbers"
    ),
    (
      #"{"id": 1, "image_id": 8, "category_id": 4, "bbox": [1, 2, 3, 4]}"#, .missingImage,
      "'image_id' 8"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": 5, "bbox": [1, 2, 3, 4]}"#, .unknownClass,
      "'category_id' 5"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": 4, "bbox": [1, 2, NaN, 4]}"#, .degenerateBox,
      "not finite"
    ),
    (
      #"{"id": 1, "image_id": 7, "category_id": 4, "bbox": [1, 2, -Infinity, 4]}"#, .degenerateBox,
      "not finite"
    ),
  ])
  func `an object that cannot be used is named with its line`(
    text: String,
    kind: DataProblem.Kind,
    words: String
  ) throws {
    let read = try annotations("\(Self.good),\n\(text)")
    #expect(read.dataset.truths.count == 1)
    let problem = try #require(read.dataset.problems.first)
    #expect(read.dataset.problems.count == 1)
    #expect(problem.kind == kind)
    #expect(problem.line == 5)
    #expect(problem.message.contains(words), "\(problem.message)")
    #expect(throws: DataError.self) { try annotations("\(Self.good),\n\(text)", faults: .refuse) }
  }

  @Test func `a box without an extent counts in scoring and not in training`() throws {
    let flat = #"{"id": 2, "image_id": 7, "category_id": 4, "bbox": [1, 2, 0, 4], "area": 0}"#
    #expect(try annotations(flat).dataset.truths.count == 1)
    let trained = try annotations(flat, for: .training)
    #expect(trained.dataset.truths.isEmpty)
    #expect(trained.dataset.problems.map(\.kind) == [.degenerateBox])
  }

  @Test func `ids that stand twice are told and lose no box`() throws {
    let read = try annotations(
      "\(Self.good),\n\(Self.good)",
      images: #"[{"id": 7, "file_name": "b.jpg"}, {"id": 7, "file_name": "c.jpg"}]"#
    )
    #expect(read.dataset.truths.count == 2)
    #expect(read.dataset.entries.map(\.path) == ["photos/b.jpg"])
    #expect(read.dataset.problems.map(\.kind) == [.duplicate, .duplicate])
  }

  @Test func `results are looked up, also with ids written as decimals`() throws {
    let read = try results(
      #"[{"image_id": 7.0, "category_id": 4, "bbox": [1, 2, 3, 4], "score": 1},"#
        + #"{"image_id": 3, "category_id": 90, "bbox": [1, 2, 3, 4], "score": NaN}, "#
        + #"{"image_id": 9, "category_id": 90, "bbox": [1, 2, 3, 4], "score": 0.5}]"#
    )
    #expect(read.detections.map(\.image) == [1])
    #expect(read.detections.map(\.category) == [0])
    #expect(read.problems.map(\.kind) == [.brokenAnnotation, .missingImage])
  }

  @Test func `results for other images are an error, not a score of nought`() throws {
    let error = #expect(throws: DataError.self) {
      try results(#"[{"image_id": 1, "category_id": 4, "bbox": [1, 2, 3, 4], "score": 1}]"#)
    }
    #expect("\(error, default: "")".contains("none of the 1 results"))
  }

  @Test(arguments: [
    ("", "empty"), ("[{}", "closed"), ("{}", "list of objects"), ("[1]", "object was expected"),
    ("[{\"score\": 1.2.3}]", "number"), ("[{\"score\" 1}]", "structure"), ("[{}] x", "behind it"),
    ("[{}] [1]", "behind the end"),
    ("[{\"a\": \"b}]", "quotation mark"),
  ])
  func `broken text is an error with its place`(text: String, words: String) throws {
    let error = #expect(throws: DataError.self) { try results(text) }
    guard case .problem(let problem) = error else {
      Issue.record("not a problem with a place")
      return
    }
    #expect(problem.line == 1)
    #expect(
      problem.message.contains(words) && problem.message.contains("byte"),
      "\(problem.message)"
    )
  }

  @Test func `text that is not UTF-8 is told by its byte`() throws {
    let path = folder.path("latin.json")
    var bytes = Data(#"{"images": [{"file_name": "Zürich"#.utf8)
    bytes += Data(repeating: 0x61, count: 10_000) + Data([0xE9, 0x22])
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: DataError.self) { try COCOAnnotations(path) }
    #expect("\(error, default: "")".contains("not UTF-8 (byte \(bytes.count - 2))"))
  }

  @Test func `files that are not there or lack a list are told`() throws {
    let gone = #expect(throws: DataError.self) { try COCOAnnotations(folder.path("none.json")) }
    #expect("\(gone, default: "")".contains("not there"))
    let path = try folder.write(#"{"images": [], "annotations": []}"#, to: "part.json")
    let part = #expect(throws: DataError.self) { try COCOAnnotations(path) }
    #expect("\(part, default: "")".contains("there is no 'categories'"))
  }

  @Test func `a file cut anywhere is refused and never read beyond`() throws {
    let whole = #"[{"image_id": 7, "category_id": 4, "bbox": [1, 2, 3, 4], "score": 1}]"#
    for count in 0..<whole.utf8.count {
      #expect(throws: DataError.self, "cut to \(count) bytes") {
        try results(String(whole.prefix(count)))
      }
    }
    #expect(try results(whole).detections.count == 1)
  }
}
