package import Graphs

/// Named arrays and texts in one file, in the layout of `safetensors`, which other programs read too.
///
/// Eight bytes of length, a JSON header with each array's type, shape and place, then the arrays. The text `crc32c`, where
/// it is there, is the checksum of the whole file with that text's digits taken as zeros.
package struct Safetensors: Sendable {
  /// The arrays, by name, in the order of the file.
  package var arrays: [(name: String, array: Constant)]
  /// Texts by name.
  package var metadata: [String: String]

  /// Arrays and texts for a file.
  package init(arrays: [(name: String, array: Constant)], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  /// The key of the texts.
  static let metadataKey = "__metadata__"
  /// The key among the texts under which the checksum stands.
  static let checksumKey = "crc32c"
  /// What stands for the checksum while it is reckoned.
  static let noChecksum = "00000000"

  private static let types: [(type: ElementType, name: String)] = [
    (.float64, "F64"), (.float32, "F32"), (.float16, "F16"), (.bfloat16, "BF16"), (.int64, "I64"),
    (.int32, "I32"), (.int16, "I16"), (.int8, "I8"), (.uint64, "U64"), (.uint32, "U32"),
    (.uint16, "U16"), (.uint8, "U8"), (.bool, "BOOL"), (.float8e4m3fn, "F8_E4M3"),
    (.float8e5m2, "F8_E5M2"),
  ]

  static func name(of type: ElementType) -> String? { types.first { $0.type == type }?.name }
  static func type(named name: String) -> ElementType? { types.first { $0.name == name }?.type }

  /// The eight bytes before a header.
  static func length(of header: [UInt8]) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: UInt64(header.count) >> (8 * UInt64($0))) }
  }

  /// A checksum as the header stores it.
  static func text(_ sum: UInt32) -> String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
