import Graphs

extension ElementType {
  /// The number of the `TensorProto` field that holds values of this type one by one.
  var valueField: Int {
    switch self {
    case .float32, .complex64: 4
    case .string: 6
    case .int64: 7
    case .float64, .complex128: 10
    case .uint32, .uint64: 11
    default: 5
    }
  }

  /// True where that field holds numbers of a fixed width, little endian, so that a packed one is raw data.
  var isFixedWidth: Bool { valueField == 4 || valueField == 10 }

  /// The width of those numbers in bytes.
  var fixedWidth: Int { valueField == 4 ? 4 : 8 }

  /// The bytes of raw data that one number of the field makes; packed types have several elements a number.
  var valueWidth: Int { isFixedWidth ? fixedWidth : Swift.max(1, bitCount / 8) }
}

/// Where the next number of a typed field goes as raw data.
///
/// Numbers beyond the end of the target are counted and left out.
@safe struct ValueCursor {
  private let target: UnsafeMutableRawBufferPointer
  private let width: Int
  private let isBool: Bool
  /// Bytes written, and those that would have been.
  private(set) var written = 0

  /// A cursor at the start of `target`.
  init(target: UnsafeMutableRawBufferPointer, width: Int, isBool: Bool) {
    unsafe self.target = unsafe target
    self.width = width
    self.isBool = isBool
  }

  /// Takes floats or doubles, packed or one by one.
  mutating func takeFixed(
    _ field: WireReader.Field,
    of reader: inout WireReader,
    width: Int
  ) throws(ONNXError) {
    guard field.type == .bytes else {
      try reader.expect(width == 4 ? .fixed32 : .fixed64, field)
      return put(width == 4 ? UInt64(try reader.fixed32()) : try reader.fixed64())
    }
    var packed = try reader.fixedList(field, width: width)
    while packed.left > 0 {
      put(width == 4 ? UInt64(try packed.fixed32()) : try packed.fixed64())
    }
  }

  /// Takes integers, packed or one by one.
  mutating func takeVarints(
    _ field: WireReader.Field,
    of reader: inout WireReader
  ) throws(ONNXError) {
    guard field.type == .bytes else {
      try reader.expect(.varint, field)
      return put(try reader.varint())
    }
    var packed = try reader.inner(field, reader.message)
    while packed.left > 0 { put(try packed.varint()) }
  }

  private mutating func put(_ value: UInt64) {
    defer { written += width }
    guard unsafe written + width <= target.count else { return }
    switch width {
    case 1:
      let byte = isBool ? (value == 0 ? 0 : 1) : UInt8(truncatingIfNeeded: value)
      unsafe target.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
    case 2:
      let half = UInt16(truncatingIfNeeded: value)
      unsafe target.storeBytes(of: half, toByteOffset: written, as: UInt16.self)
    case 4:
      let word = UInt32(truncatingIfNeeded: value)
      unsafe target.storeBytes(of: word, toByteOffset: written, as: UInt32.self)
    default: unsafe target.storeBytes(of: value, toByteOffset: written, as: UInt64.self)
    }
  }
}
