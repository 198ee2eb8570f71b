import CSimdJSON

/// An id of a COCO file; two are equal where Python's are, by which the reference evaluator compares.
///
/// The number 1 and the text "1" are different ids, 1 and 1.0 are the same.
package enum COCOID: Sendable, Hashable {
  case whole(Int64)
  /// A number beyond 64 bits or with a fraction, by its digits.
  case number([UInt8])
  /// A text in UTF-8, compared byte by byte.
  case text([UInt8])

  /// The digits or the text.
  package var words: String {
    switch self {
    case .whole(let number): "\(number)"
    case .number(let bytes), .text(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Whether the id is a number in the file.
  package var isNumber: Bool {
    if case .text = self { false } else { true }
  }
}

extension COCOID: CustomStringConvertible {
  /// As the file has it, texts in quotation marks.
  package var description: String { isNumber ? words : "\"\(words)\"" }
}

extension COCOID: Comparable {
  /// Numbers by their values, then texts by their characters' numbers.
  package static func < (left: COCOID, right: COCOID) -> Bool {
    switch (left, right) {
    case (.whole(let left), .whole(let right)): left < right
    case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
    case (.text, _): false
    case (_, .text): true
    default: left.isBelow(right)
    }
  }

  /// The order of numbers of which one at least is not of 64 bits.
  private func isBelow(_ other: COCOID) -> Bool {
    let (own, others) = (words, other.words)
    let (value, otherValue) = (Double(own) ?? 0, Double(others) ?? 0)
    guard value == otherValue, own != others else { return value < otherValue }
    // Whole numbers that one double stands for: more digits are more.
    let isLess = (own.count, own) < (others.count, others)
    return value < 0 ? !isLess : isLess
  }
}

extension COCOFile {
  /// An id as it was read: a number, or a place among the other ids.
  func id(_ number: Int64, _ bit: Int, _ other: UInt32) -> COCOID {
    other & UInt32(bit) == 0 ? .whole(number) : otherIDs[Int(number)]
  }
}
