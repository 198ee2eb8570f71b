import Metrics
import TestSupport
import Testing

struct COCOMatchingTests {
  struct Case: Decodable {
    let images: Int
    let classes: Int
    let truths: [[Double]]
    let detections: [[Double]]
    let stats: [Double]
    let perClass: [Double]
    let sample: [Int]
    let sampleStats: [Double]

    var matching: COCOMatching {
      COCOMatching(
        truths: truths.map {
          TrueBox(
            image: Int($0[0]),
            category: Int($0[1]),
            box: Box(x: $0[2], y: $0[3], width: $0[4], height: $0[5]),
            area: $0[6],
            isCrowd: $0[7] == 1
          )
        },
        detections: detections.map(Self.detection),
        images: images,
        classes: classes
      )
    }

    static func detection(_ row: [Double]) -> DetectedBox {
      DetectedBox(
        image: Int(row[0]),
        category: Int(row[1]),
        box: Box(x: row[2], y: row[3], width: row[4], height: row[5]),
        score: row[6]
      )
    }
  }

  /// Drawn and scored once for all tests.
  private static let drawn = Result { try Reference.cases("coco_cases.py", 2, as: Case.self) }

  @Test(.requiresPython) func `the figures are pycocotools' on drawn cases`() throws {
    let cases = try Self.drawn.get()
    #expect(cases.count == 20)
    for (number, one) in cases.enumerated() {
      let result = one.matching.result()
      #expect(Reference.agree(result.overall.values, one.stats), "case \(number)")
      #expect(Reference.agree(result.perClass.map(\.ap), one.perClass), "case \(number)")
    }
  }

  @Test(.requiresPython) func `a sample of images scores as a set of its copies`() throws {
    let cases = try Self.drawn.get().filter { !$0.sample.isEmpty }
    #expect(cases.count >= 4)
    for one in cases {
      let matching = one.matching
      #expect(Reference.agree(matching.result(sample: one.sample).overall.values, one.sampleStats))
      let whole = matching.result(sample: Array(0..<one.images))
      #expect(whole == matching.result())
    }
  }

  @Test func `a crowd excuses any number of detections and is never missed`() {
    let crowd = TrueBox(
      image: 0,
      category: 0,
      box: Box(x: 0, y: 0, width: 100, height: 100),
      isCrowd: true
    )
    let face = TrueBox(image: 0, category: 0, box: Box(x: 200, y: 0, width: 40, height: 40))
    let found = [
      Box(x: 5, y: 5, width: 20, height: 20), Box(x: 50, y: 50, width: 20, height: 20), face.box,
    ]
    let detections = found.enumerated().map {
      DetectedBox(image: 0, category: 0, box: $1, score: 0.9 - 0.1 * Double($0))
    }
    let result = COCOMatching(truths: [crowd, face], detections: detections, images: 1, classes: 1)
      .result()
    #expect((result.overall.ap - 1).magnitude < 1e-9)
  }

  @Test func `nothing to find has no figure, nothing found is nought`() {
    let box = Box(x: 0, y: 0, width: 50, height: 50)
    let none = COCOMatching(
      truths: [],
      detections: [DetectedBox(image: 0, category: 0, box: box, score: 1)],
      images: 1,
      classes: 1
    )
    #expect(none.result().overall.values == [Double](repeating: -1, count: 12))
    let missed = COCOMatching(
      truths: [TrueBox(image: 0, category: 0, box: box)],
      detections: [],
      images: 1,
      classes: 1
    )
    #expect(missed.result().overall.values == [0, 0, 0, -1, 0, -1, 0, 0, 0, -1, 0, -1])
    let empty = COCOMatching(truths: [], detections: [], images: 0, classes: 0)
    #expect(empty.result().overall.ap == -1)
  }
}
