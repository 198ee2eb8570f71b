import Metrics
import TestSupport
import Testing

struct VOCMatchingTests {
  struct Case: Decodable {
    struct Figures: Decodable {
      let perClass: [Double?]
      let mean: Double?
    }

    let images: Int
    let classes: Int
    let truths: [[Double]]
    let detections: [[Double]]
    let apart: [[Double]]
    let threshold: Double
    let expected: [String: Figures]
    let sample: [Int]
    let sampleExpected: [String: Figures]

    func matching(_ rows: [[Double]]) -> VOCMatching {
      VOCMatching(
        truths: truths.map {
          TrueBox(
            image: Int($0[0]),
            category: Int($0[1]),
            box: Box(x: $0[2], y: $0[3], width: $0[4], height: $0[5]),
            isDifficult: $0[6] == 1
          )
        },
        detections: rows.map(COCOMatchingTests.Case.detection),
        images: images,
        classes: classes,
        threshold: threshold
      )
    }
  }

  private func check(_ result: VOCResult, _ expected: Case.Figures?, _ comment: Comment) throws {
    let expected = try #require(expected)
    #expect(result.perClass.map { $0.ap == nil } == expected.perClass.map { $0 == nil }, comment)
    #expect(
      Reference.agree(result.perClass.compactMap(\.ap), expected.perClass.compactMap(\.self)),
      comment
    )
    #expect(Reference.agree([result.mean ?? -1], [expected.mean ?? -1]), comment)
  }

  /// Drawn and scored once for all tests.
  private static let drawn = Result { try Reference.cases("voc_cases.py", 30, as: Case.self) }

  @Test(.requiresPython) func `every mode is the protocol's on drawn cases`() throws {
    let cases = try Self.drawn.get()
    for (number, one) in cases.enumerated() {
      let matching = one.matching(one.detections)
      for mode in VOCMode.allCases {
        try check(matching.result(mode), one.expected[mode.rawValue], "case \(number), \(mode)")
      }
    }
  }

  @Test(.requiresPython) func `a sample of images scores as a set of its copies`() throws {
    let cases = try Self.drawn.get()
    for (number, one) in cases.enumerated() {
      let matching = one.matching(one.apart)
      for mode in VOCMode.allCases {
        let result = matching.result(mode, sample: one.sample)
        try check(result, one.sampleExpected[mode.rawValue], "case \(number), \(mode)")
      }
    }
  }

  private static let object = Box(left: 0, top: 0, right: 9, bottom: 9)

  private func outcome(_ found: [Box], difficult: Bool = false) -> VOCResult.Class {
    let truth = TrueBox(image: 0, category: 0, box: Self.object, isDifficult: difficult)
    let other = TrueBox(image: 0, category: 0, box: Box(left: 50, top: 50, right: 59, bottom: 59))
    let detections = found.enumerated().map {
      DetectedBox(image: 0, category: 0, box: $1, score: 1 - 0.1 * Double($0))
    }
    let matching = VOCMatching(
      truths: [truth, other],
      detections: detections,
      images: 1,
      classes: 1
    )
    return matching.result(.everyPoint).perClass[0]
  }

  @Test func `an overlap of exactly one half is none`() {
    // 10 x 10 pixels against 10 x 20: one half, since edges are pixels of the box.
    #expect(outcome([Box(left: 0, top: 0, right: 9, bottom: 19)]).right == 0)
    #expect(outcome([Box(left: 0, top: 0, right: 9, bottom: 18)]).right == 1)
  }

  @Test func `a second detection of an object is wrong`() {
    let found = outcome([Self.object, Self.object])
    #expect(found.right == 1 && found.wrong == 1)
  }

  @Test func `difficult objects are neither asked for nor punished`() {
    let found = outcome([Self.object, Self.object], difficult: true)
    #expect(found.asked == 1 && found.right == 0 && found.wrong == 0)
  }
}
