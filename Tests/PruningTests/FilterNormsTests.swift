import Graphs
import Pruning
import Testing

struct FilterNormsTests {
  @Test(arguments: [
    (0, [6.0, 15, 24, 33]), (1, [10.0 + 12, 26, 30]), (2, [78.0]),
  ])
  func `sums absolute values along an axis`(axis: Int, expected: [Double]) {
    // 1 -2 3 | -4 5 -6 | 7 -8 9 | -10 11 -12
    let values = (1...12).map { Float($0 % 2 == 0 ? -$0 : $0) }
    #expect(FilterNorms.l1(Constant(values, shape: [4, 3, 1]), axis: axis) == expected)
  }

  @Test func `reads what is not aligned, in runs of any length`() {
    for count in [1, 7, 8, 9, 31, 64] {
      let values = (0..<count).map { Float($0) - 3.5 }
      let shifted = Bytes([UInt8(9)] + Bytes(values).elements(as: UInt8.self))[1..<1 + 4 * count]
      let weight = Constant(type: .float32, shape: [1, count], bytes: shifted)
      #expect(FilterNorms.l1(weight, axis: 0) == [values.reduce(0) { $0 + Double(abs($1)) }])
    }
  }

  @Test func `sums in double precision`() {
    // A float sum would stay at 2^24.
    let weight = Constant([16_777_216] + Array(repeating: Float(1), count: 16), shape: [1, 17])
    #expect(FilterNorms.l1(weight, axis: 0) == [16_777_232])
  }

  @Test func `knows the short types`() {
    func weight(_ type: ElementType, _ bytes: Bytes) -> Constant {
      Constant(type: type, shape: [2, 2], bytes: bytes)
    }
    // binary16: 1, -2, the least subnormal 2^-24, -0.5
    let half = Bytes([0x3C00, 0xC000, 0x0001, 0xB800] as [UInt16])
    #expect(FilterNorms.l1(weight(.float16, half), axis: 0) == [3, 0.5 + 0x1p-24])
    let brain = Bytes([0x3F80, 0xC000, 0x0000, 0xBF00] as [UInt16])
    #expect(FilterNorms.l1(weight(.bfloat16, brain), axis: 0) == [3, 0.5])
    #expect(
      FilterNorms.l1(weight(.int8, Bytes([-128, 127, 1, -1] as [Int8])), axis: 0) == [255, 2]
    )
    #expect(FilterNorms.l1(weight(.float64, Bytes([-1.5, 2, 3, -4])), axis: 1) == [4.5, 6])
    #expect(FilterNorms.l1(Constant([1, 2]), axis: 0) == nil)
  }
}
