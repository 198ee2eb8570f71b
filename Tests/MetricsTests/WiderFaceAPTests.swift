import Metrics
import TestSupport
import Testing

struct WiderFaceAPTests {
  struct Case: Decodable {
    struct Image: Decodable {
      let faces: [[Double]]
      let asked: [[Int]]
      let found: [[Double]]
      let scores: [Double]
    }

    let images: [Image]
    let expected: [Double]
  }

  @Test(.requiresPython) func `the figures are the protocol's on drawn cases`() throws {
    func box(_ row: [Double]) -> Box { Box(x: row[0], y: row[1], width: row[2], height: row[3]) }
    for (number, one) in try Reference.cases("wider_cases.py", 5, as: Case.self).enumerated() {
      let images = one.images.map {
        WiderFaceImage(
          faces: $0.faces.map(box),
          asked: $0.asked,
          found: $0.found.map(box),
          scores: $0.scores
        )
      }
      #expect(Reference.agree(WiderFaceAP(images).values, one.expected), "case \(number)")
    }
  }

  @Test func `one sure detection of the only face is everything`() {
    let face = Box(x: 10, y: 10, width: 20, height: 20)
    let image = WiderFaceImage(faces: [face], asked: [[0], [], [0]], found: [face], scores: [0.7])
    #expect(WiderFaceAP([image]).values == [1, 0, 1])
  }
}
