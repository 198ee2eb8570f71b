import FoundationEssentials
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

  package init(arrays: [(name: String, array: Constant)], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  /// The key under which the checksum stands.
  static let checksumKey = "crc32c"
  /// What stands for the checksum while it is reckoned.
  static let noChecksum = "00000000"

  private static let types: [(ElementType, String)] = [
    (.float64, "F64"), (.float32, "F32"), (.float16, "F16"), (.bfloat16, "BF16"), (.int64, "I64"),
    (.int32, "I32"), (.int16, "I16"), (.int8, "I8"), (.uint64, "U64"), (.uint32, "U32"),
    (.uint16, "U16"), (.uint8, "U8"), (.bool, "BOOL"),
  ]

  static func name(of type: ElementType) -> String? { types.first { $0.0 == type }?.1 }
  static func type(named name: String) -> ElementType? { types.first { $0.1 == name }?.0 }
}

/// Why a file is no safetensors file, or not the one that was written.
package enum SafetensorsError: Error, Sendable, Hashable {
  case truncated(path: String, bytes: Int)
  case header(path: String, String)
  case checksum(path: String, stored: String, found: String)
  case type(ElementType)
}

extension SafetensorsError: CustomStringConvertible {
  /// The file and what is wrong with it.
  package var description: String {
    switch self {
    case .truncated(let path, let bytes): "\(path): cut off after \(bytes) bytes"
    case .header(let path, let reason): "\(path): not a safetensors file: \(reason)"
    case .checksum(let path, let stored, let found):
      "\(path): damaged: its checksum is \(found), but \(stored) was written"
    case .type(let type): "arrays of type \(type) cannot be written as safetensors"
    }
  }
}
