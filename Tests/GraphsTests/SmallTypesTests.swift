import Graphs
import TestSupport
import Testing

struct SmallTypesTests {
  @Test func `elements of 4 bits lie in bytes from the low end`() {
    // TensorProto.raw_data: the first element in the low half; an odd one out leaves the high half empty.
    let signed = Constant(type: .int4, shape: [3], bytes: Bytes([0x8F, 0x07] as [UInt8]))
    #expect(signed.integers == [-1, -8, 7])
    let unsigned = Constant(type: .uint4, shape: [3], bytes: Bytes([0x8F, 0x07] as [UInt8]))
    #expect(unsigned.integers == [15, 8, 7])
    let fractions = Constant(type: .float4e2m1, shape: [2], bytes: Bytes([0xF1] as [UInt8]))
    #expect(fractions.floats == [0.5, -6])
  }

  @Test func `elements of 2 bits lie in bytes from the low end`() {
    let signed = Constant(type: .int2, shape: [5], bytes: Bytes([0b11_10_01_00, 2] as [UInt8]))
    #expect(signed.integers == [0, 1, -2, -1, -2])
    let unsigned = Constant(type: .uint2, shape: [5], bytes: Bytes([0b11_10_01_00, 2] as [UInt8]))
    #expect(unsigned.integers == [0, 1, 2, 3, 2])
  }

  @Test(arguments: [ElementType.int2, .uint2, .int4, .uint4, .float4e2m1], 0...9)
  func `what is unpacked packs as it was`(type: ElementType, count: Int) throws {
    let full = [UInt8](repeating: 0b10_01_11_01, count: try #require(type.byteCount(of: count)))
    let constant = Constant(type: type, shape: [count], bytes: Bytes(full))
    let elements = try #require(constant.unpacked)
    #expect(elements.count == count)
    let again = unsafe elements.withUnsafeBytes {
      unsafe Constant(packing: $0, type: type, shape: [count])
    }
    #expect(again.unpacked == elements)
    #expect(again.bytes.count == constant.bytes.count)
  }

  @Test func `nothing is read of too few bytes, or unpacked of whole ones`() {
    let short = Constant(type: .int4, shape: [3], bytes: Bytes([0x8F] as [UInt8]))
    #expect(short.unpacked == nil)
    #expect(short.integers == nil)
    #expect(Constant([1, 2]).unpacked == nil)
    #expect(Constant(strings: [[65]], shape: []).unpacked == nil)
  }

  @Test(
    .enabled(if: Python.isPresent, "\(Python.reason)"),
    arguments: [
      (ElementType.float8e4m3fn, "float8_e4m3fn"), (.float8e4m3fnuz, "float8_e4m3fnuz"),
      (.float8e5m2, "float8_e5m2"), (.float8e5m2fnuz, "float8_e5m2fnuz"),
      (.float8e8m0, "float8_e8m0fnu"), (.float4e2m1, "float4_e2m1fn"),
    ]
  )
  func `every pattern reads as ml_dtypes has it`(type: ElementType, name: String) throws {
    let script = """
      import sys, numpy as np, ml_dtypes
      t = getattr(ml_dtypes, sys.argv[1]); n = int(sys.argv[2])
      print(*np.arange(n, dtype=np.uint8).view(t).astype(np.float32).view(np.uint32))
      """
    let patterns = (0..<(1 << type.bitCount)).map { UInt8($0) }
    let text = try Python.run(script, [name, "\(patterns.count)"])
    let expected = text.split(whereSeparator: \.isWhitespace).compactMap { UInt32($0) }
    let packed =
      type.bitCount == 8
      ? Constant(type: type, shape: [256], bytes: Bytes(patterns))
      : unsafe patterns.withUnsafeBytes {
        unsafe Constant(packing: $0, type: type, shape: [patterns.count])
      }
    let found = try #require(packed.floats)
    #expect(found.count == patterns.count && expected.count == patterns.count)
    for (pattern, (value, bits)) in zip(patterns, zip(found, expected)) {
      let reference = Float(bitPattern: bits)
      #expect(
        reference.isNaN ? value.isNaN : value.bitPattern == bits,
        "pattern \(pattern): \(value), not \(reference)"
      )
    }
  }
}
