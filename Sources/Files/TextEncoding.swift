/// How the bytes of a file become text: UTF-8, after the byte order mark that some editors put before it.
package enum TextEncoding {
  /// An encoding that is not read.
  package struct Foreign: Error, Sendable, Hashable, CustomStringConvertible {
    /// Its name, such as `UTF-16`.
    package let name: String

    /// What was found, and the cure.
    package var description: String { "the text is \(name); save it as UTF-8" }
  }

  /// The text of a file's bytes; bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Throws: ``Foreign`` for UTF-16 and UTF-32, by their marks or by the zero byte beside an ASCII letter.
  package static func decode(_ bytes: [UInt8]) throws(Foreign) -> String {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return String(decoding: bytes.dropFirst(3), as: UTF8.self)
    }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw Foreign(name: "UTF-32")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      || bytes.prefix(2).contains(0)
    {
      throw Foreign(name: "UTF-16")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The lines of a text, without the marks that joined files leave at their beginnings.
  package static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      line.first == mark ? line.dropFirst() : line
    }
  }

  /// A text without the mark at its beginning.
  package static func withoutMark(_ text: String) -> String {
    text.first == mark ? String(text.dropFirst()) : text
  }

  private static let mark: Character = "\u{FEFF}"
}
