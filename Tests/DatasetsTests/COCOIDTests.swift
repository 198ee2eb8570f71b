import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Ids of COCO files, which the reference evaluator takes as Python compares them.
struct COCOIDTests {
  /// Images, categories and boxes over ids as JSON writes them; every second detection is found.
  private static func files(
    images: [String],
    categories: [String],
    found: [String]
  ) -> (
    truth: String, found: String
  ) {
    let imageList = images.enumerated().map { index, id in
      #"{"id": \#(id), "file_name": "\#(index).jpg", "width": 64, "height": 48}"#
    }
    let categoryList = categories.enumerated().map { #"{"id": \#($1), "name": "class \#($0)"}"# }
    var annotations: [String] = []
    var results: [String] = []
    for (place, image) in images.enumerated() {
      for (kind, category) in categories.enumerated() {
        let box = "[\(place + 2), \(kind + 3), \(20 + place), \(25 + kind)]"
        annotations.append(
          #"{"id": \#(annotations.count + 1), "image_id": \#(image), "category_id": \#(category), "bbox": \#(box), "area": 500, "iscrowd": 0}"#
        )
        let shift = (place + kind).isMultiple(of: 2) ? box : "[40, 20, 5, 6]"
        results.append(
          #"{"image_id": \#(found[place]), "category_id": \#(category), "bbox": \#(shift), "score": 0.\#(9 - kind)\#(place)}"#
        )
      }
    }
    return (
      #"{"images": [\#(imageList.joined(separator: ", "))], "annotations": [\#(annotations.joined(separator: ", "))], "categories": [\#(categoryList.joined(separator: ", "))]}"#,
      "[\(results.joined(separator: ", "))]"
    )
  }

  private func input(_ truth: String, _ found: String) throws -> ScoringInput {
    let folder = try ScratchFolder()
    return try ScoringInput.coco(
      truth: try folder.write(truth, to: "truth.json"),
      detections: try folder.write(found, to: "found.json")
    )
  }

  private func figures(_ input: ScoringInput) -> [Double] {
    COCOMatching(
      truths: input.truths,
      detections: input.detections,
      images: input.images.count,
      classes: input.classes.count
    ).result().overall.values
  }

  private static let script = """
    import contextlib, io, json, sys
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(sys.argv[1])
        run = COCOeval(truth, truth.loadRes(sys.argv[2]), "bbox")
        run.evaluate(); run.accumulate(); run.summarize()
    print(json.dumps(list(run.stats)))
    """

  @Test(
    .enabled(Comment(rawValue: Python.reason)) { Python.isPresent },
    arguments: [
      ([#""img_b""#, #""img_a""#], ["1", "2"], nil),
      ([#""2""#, #""10""#, #""1""#], [#""cat""#, #""dog""#], nil),
      ([#""\u00e9""#, #""e\u0301""#], ["1"], [#""é""#, #""\u0065\u0301""#]),
      (["9223372036854775807", "5"], ["3"], nil),
      (["9223372036854775809", "18446744073709551615"], ["3", "4"], nil),
      (["9223372036854775808", "9223372036854775809"], ["18446744073709551614"], nil),
      (["1e3", "7.0"], ["2.0"], ["1000", "7"]),
      (["0.5", "1.5"], ["1"], nil),
      (["-5", "3"], ["-1", "0"], nil),
    ] as [([String], [String], [String]?)]
  )
  func `ids of every form are scored as pycocotools does`(
    images: [String],
    categories: [String],
    found: [String]?
  ) throws {
    let files = Self.files(images: images, categories: categories, found: found ?? images)
    let folder = try ScratchFolder()
    let truth = try folder.write(files.truth, to: "truth.json")
    let results = try folder.write(files.found, to: "found.json")
    let text = try Python.run(Self.script, [truth, results])
    let expected = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
    let input = try ScoringInput.coco(truth: truth, detections: results)
    #expect(input.problems.isEmpty, "\(input.problems)")
    #expect(input.images.count == images.count)
    let own = figures(input)
    #expect(zip(own, expected).allSatisfy { ($0 - $1).magnitude <= 1e-9 }, "\(own) \(expected)")
  }

  @Test(arguments: [
    ([#""img_a""#], [#""img_a""#]),
    (["340282366920938463463374607431768211456"], ["340282366920938463463374607431768211456"]),
    (["1e30"], ["1000000000000000019884624838656"]),
    (["9223372036854775808"], ["9223372036854775808.0"]),
    (["-9223372036854775808"], ["-9223372036854775808.0"]),
    (["-9223372036854775809"], ["-9223372036854775809"]),
    (["-0"], ["0.0"]),
    (["1", #""1""#, "18446744073709551616"], ["1.0", #""1""#, "18446744073709551616"]),
  ])
  func `ids that Python holds equal are one, with AP 1`(images: [String], found: [String]) throws {
    let files = Self.files(images: images, categories: [#""cat""#], found: found)
    var input = try input(
      files.truth,
      files.found.replacing("[40, 20, 5, 6]", with: "[3, 3, 21, 25]")
    )
    #expect(input.problems.isEmpty, "\(input.problems)")
    #expect(input.truths.count == images.count)
    #expect(abs(figures(input)[0] - 1) < 1e-9)
    input.detections = []
    #expect(figures(input)[0] == 0)
  }

  @Test(arguments: [
    ("1", #""1""#), (#""1""#, "1"), (#""img_a""#, #""img_A""#),
    ("9223372036854775808", "9223372036854775809"), ("18446744073709551616", "1.9e19"),
    (#""é""#, #""e\u0301""#), ("1", "1.5"),
  ])
  func `ids that Python holds apart do not meet`(truth: String, found: String) throws {
    let files = Self.files(images: [truth], categories: ["1"], found: [found])
    let error = #expect(throws: DataError.self) { try input(files.truth, files.found) }
    #expect("\(error, default: "")".contains("is not among the annotations' images"))
  }

  @Test func `images come by their numbers, then by their texts, and keep their form`() throws {
    let folder = try ScratchFolder()
    let files = Self.files(
      images: [
        #""b""#, "18446744073709551616", "-18446744073709551617", "7", #""7""#,
        "-18446744073709551616",
      ],
      categories: ["1"],
      found: ["1", "1", "1", "1", "1", "1"]
    )
    let read = try COCOAnnotations(try folder.write(files.truth, to: "truth.json"))
    #expect(
      read.dataset.entries.map(\.id) == [
        "-18446744073709551617", "-18446744073709551616", "7", "18446744073709551616", "7", "b",
      ]
    )
    #expect(
      read.dataset.entries.map(\.idForm) == [.number, .number, .number, .number, .text, .text]
    )
  }

  @Test func `annotations' ids of any form are compared too`() throws {
    let folder = try ScratchFolder()
    let row = #""image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]"#
    let ids = [#""a""#, #""a""#, "18446744073709551616", "18446744073709551616", "1", #""1""#]
    let rows = ids.map { #"{"id": \#($0), \#(row)}"# }.joined(separator: ",\n")
    let path = try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "cat"}], "annotations": [
      \(rows)]}
      """,
      to: "truth.json"
    )
    let read = try COCOAnnotations(path)
    #expect(read.dataset.truths.count == 6)
    #expect(read.dataset.problems.map(\.kind) == [.duplicate, .duplicate])
    #expect(read.dataset.problems.map(\.line) == [3, 5])
  }
}
