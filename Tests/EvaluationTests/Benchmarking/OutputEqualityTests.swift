import Evaluation
import Graphs
import Models
import Testing

struct OutputEqualityTests {
  @Test
  func `labels and masks are compared by equality, what has another size is left out by name`() {
    let expected = [
      "scores": Constant([1, -4, 2], shape: [3]),
      "labels": Constant([1, 7, 9, 4] as [Int]),
      "mask": Constant(type: .bool, shape: [2], bytes: Bytes([0, 1] as [UInt8])),
      "boxes": Constant([1, 2], shape: [2]),
    ]
    var found = expected
    found["scores"] = Constant([1.5, -4, 2], shape: [3])
    // A label is as wrong by 1 as by 1000.
    found["labels"] = Constant([1, 1007, 9, 4] as [Int])
    found["boxes"] = Constant([1, 2, 3], shape: [3])
    let difference = OutputDifference(found, of: expected)
    #expect(difference.share == 0.125)
    #expect(difference.whole.map(\.output) == ["labels", "mask"])
    #expect(difference.whole.map(\.unequal) == [0.25, 0])
    #expect(difference.leftOut.map(\.output) == ["boxes"])
  }
}
