import Graphs
import ModelFormats
import Testing

/// Every form in which `onnx.proto` lets a tensor be stored, written by hand.
struct StorageTests {
  private func constant(_ fields: [UInt8]) throws -> Constant {
    try #require(try Wire.read(Wire.tensor(fields)).constants["w"])
  }

  private func packed(_ values: [Int]) -> [UInt8] {
    values.flatMap { Wire.varint(UInt64(bitPattern: Int64($0))) }
  }

  private static let two: [UInt8] = Wire.int(1, 2)
  private static let floats: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]

  @Test func `raw data is a slice of the input`() throws {
    let bytes = Bytes(Wire.tensor(Self.two + Wire.int(2, 1) + Wire.data(9, Self.floats)))
    let constant = try #require(try ONNX.graph(from: bytes).constants["w"])
    #expect(constant.floats == [1, -2])
    #expect(constant.shape == [2])
    #expect(constant.bytes.owner === bytes.owner)
  }

  @Test func `packed floats are a slice too, others are gathered`() throws {
    let bytes = Bytes(Wire.tensor(Self.two + Wire.int(2, 1) + Wire.data(4, Self.floats)))
    let constant = try #require(try ONNX.graph(from: bytes).constants["w"])
    #expect(constant.floats == [1, -2])
    #expect(constant.bytes.owner === bytes.owner)
    let unpacked = Wire.fixed32(4, 1) + Wire.fixed32(4, -2)
    #expect(try self.constant(Self.two + Wire.int(2, 1) + unpacked).floats == [1, -2])
    let mixed = Wire.data(4, Array(Self.floats[..<4])) + Wire.fixed32(4, -2)
    #expect(try self.constant(Self.two + Wire.int(2, 1) + mixed).floats == [1, -2])
    let pieces = Wire.data(4, Array(Self.floats[..<4])) + Wire.data(4, Array(Self.floats[4...]))
    #expect(try self.constant(Self.two + Wire.int(2, 1) + pieces).floats == [1, -2])
  }

  @Test(
    arguments: [
      (ElementType.int32, [-1, 7], [255, 255, 255, 255, 7, 0, 0, 0]),
      (.int16, [-2, 3], [254, 255, 3, 0]),
      (.int8, [-3, 4], [253, 4]),
      (.uint16, [65535, 1], [255, 255, 1, 0]),
      (.uint8, [200, 5], [200, 5]),
      (.bool, [1, 0], [1, 0]),
      (.bool, [2, 0], [1, 0]),
      (.float16, [0x3C00, 0xC000], [0, 0x3C, 0, 0xC0]),
      (.bfloat16, [0x3F80, 0xC000], [0x80, 0x3F, 0, 0xC0]),
      (.float8e4m3fn, [0x38, 0xB8], [0x38, 0xB8]),
      (.float8e5m2fnuz, [0x40, 0xC0], [0x40, 0xC0]),
      (.int4, [0x21], [0x21]),
      (.uint4, [0xF1], [0xF1]),
      (.int2, [0x0D], [0x0D]),
      (.float4e2m1, [0x72], [0x72]),
    ] as [(ElementType, [Int], [UInt8])]
  )
  func `int32_data holds the small types`(
    type: ElementType,
    values: [Int],
    expected: [UInt8]
  ) throws {
    let head = Self.two + Wire.int(2, Int(type.rawValue))
    let together = try constant(head + Wire.data(5, packed(values)))
    let single = try constant(head + values.flatMap { Wire.int(5, $0) })
    #expect(together.bytes.elements(as: UInt8.self) == expected)
    #expect(single == together)
    #expect(together.type == type)
  }

  @Test func `the wide fields hold the wide types`() throws {
    let long = try constant(Self.two + Wire.int(2, 7) + Wire.data(7, packed([-1, 1 << 40])))
    #expect(long.integers == [-1, 1 << 40])
    let word = try constant(Self.two + Wire.int(2, 12) + Wire.data(11, packed([4_000_000_000, 1])))
    #expect(word.integers == [4_000_000_000, 1])
    #expect(word.bytes.count == 8)
    let wide = try constant(Self.two + Wire.int(2, 13) + Wire.data(11, packed([-1, 1])))
    #expect(wide.bytes.elements(as: UInt64.self) == [UInt64.max, 1])
    let doubles: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]
    let double = try constant(Wire.int(1, 1) + Wire.int(2, 11) + Wire.data(10, doubles))
    #expect(double.floats == [1.5])
    let single = try constant(Wire.int(1, 1) + Wire.int(2, 11) + [10 << 3 | 1] + doubles)
    #expect(single.floats == [1.5])
    let complex = try constant(Wire.int(1, 1) + Wire.int(2, 14) + Wire.data(4, Self.floats))
    #expect(complex.bytes.elements(as: Float.self) == [1, -2])
  }

  @Test func `strings are runs of bytes`() throws {
    let strings = try constant(
      Self.two + Wire.int(2, 8) + Wire.text(6, "é") + Wire.data(6, [0xFF])
    )
    #expect(strings.strings == [[0xC3, 0xA9], [0xFF]])
  }

  @Test func `sizes may be packed, the type may come last, and no sizes are a scalar`() throws {
    let late = try constant(Wire.data(4, Self.floats) + Wire.data(1, [1, 2]) + Wire.int(2, 1))
    #expect(late.shape == [1, 2])
    let scalar = try constant(Wire.int(2, 1) + Wire.fixed32(4, 3))
    #expect(scalar.shape == [] && scalar.floats == [3])
    let empty = try constant(Wire.int(1, 0) + Wire.int(2, 1))
    #expect(empty.bytes.isEmpty && empty.shape == [0])
  }

  @Test func `what a tensor says beside its values is kept`() throws {
    let documented = Wire.text(12, "text") + Wire.data(16, Wire.text(1, "k") + Wire.text(2, "v"))
    let graph = try Wire.read(Wire.tensor(Wire.int(2, 1) + documented + Wire.fixed32(4, 3)))
    #expect(graph.constants["w"]?.unknownFields == documented)
    #expect(try ONNX.graph(from: ONNX.encode(graph)) == graph)
  }
}
