import Graphs
import Testing

struct ConstantValuesTests {
  @Test func `reads every half as the processor does`() {
    let patterns = (0...UInt16.max).map { $0 }
    let constant = Constant(type: .float16, shape: [patterns.count], bytes: Bytes(patterns))
    let values = constant.floats ?? []
    let wrong = zip(patterns, values).filter { pattern, value in
      let expected = Float(Float16(bitPattern: pattern))
      return expected.isNaN ? !value.isNaN : expected.bitPattern != value.bitPattern
    }
    #expect(values.count == 65536)
    #expect(wrong.isEmpty)
  }

  /// `numpy.array(values, numpy.float16).view(numpy.uint16)` of numpy 2.4.
  @Test func `reads the halves that numpy writes`() {
    let patterns: [UInt16] = [
      0x3C00, 0xC000, 0x3555, 0x7BFF, 0x0001, 0x8400, 0x7C00, 0xFC00, 0x8000,
    ]
    let expected: [Float] = [
      1, -2, 0.333251953125, 65504, 5.9604645e-08, -6.1035156e-05, .infinity, -.infinity, -0.0,
    ]
    let constant = Constant(type: .float16, shape: [9], bytes: Bytes(patterns))
    #expect(constant.floats == expected)
  }

  @Test func `reads other kinds of floats`() {
    let doubles = Constant(type: .float64, shape: [2], bytes: Bytes([1.5, -2.25]))
    #expect(doubles.floats == [1.5, -2.25])
    let brain = Constant(type: .bfloat16, shape: [2], bytes: Bytes([UInt16]([0x3FC0, 0xC010])))
    #expect(brain.floats == [1.5, -2.25])
    #expect(Constant([1]).floats == nil)
  }

  @Test func `reads integers of every width`() {
    func integers<T: BitwiseCopyable>(_ type: ElementType, _ values: [T]) -> [Int]? {
      Constant(type: type, shape: [values.count], bytes: Bytes(values)).integers
    }
    #expect(integers(.int8, [Int8]([-1, 2])) == [-1, 2])
    #expect(integers(.uint8, [UInt8]([255])) == [255])
    #expect(integers(.bool, [UInt8]([1, 0])) == [1, 0])
    #expect(integers(.int16, [Int16]([-300])) == [-300])
    #expect(integers(.uint16, [UInt16]([65535])) == [65535])
    #expect(integers(.int32, [Int32.min]) == [-2_147_483_648])
    #expect(integers(.uint32, [UInt32.max]) == [4_294_967_295])
    #expect(integers(.int64, [Int64.min]) == [Int.min])
    #expect(integers(.uint64, [UInt64.max, 3]) == [Int.max, 3])
    #expect(integers(.float32, [Float(1)]) == nil)
  }

  @Test func `a scalar is one element, of any rank`() {
    #expect(Constant(scalar: 4).scalar == 4)
    #expect(Constant([2.5], shape: [1, 1]).scalar == 2.5)
    #expect(Constant(type: .float64, shape: [], bytes: Bytes([0.1])).scalar == 0.1)
    #expect(Constant([1, 2]).scalar == nil)
    #expect(Constant(strings: [[65]], shape: []).scalar == nil)
  }
}
