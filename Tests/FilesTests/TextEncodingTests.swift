import Files
import TestSupport
import Testing

/// How bytes become text.
struct TextEncodingTests {
  @Test(
    arguments: [
      ([], ""), ([0x61], "a"), ([0xEF, 0xBB, 0xBF, 0x61], "a"), ([0xEF, 0xBB, 0xBF], ""),
      // One mark is taken off, a second one is text.
      ([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], "\u{FEFF}"), ([0xC3, 0xA9], "é"),
      // No UTF-8, and two bytes of a mark alone.
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xEF, 0xBB], "\u{FFFD}"),
      // A zero behind the first two bytes is a character.
      ([0x61, 0x62, 0], "ab\0"),
    ] as [([UInt8], String)]
  )
  func `text is UTF-8, without the mark before it`(bytes: [UInt8], text: String) throws {
    #expect(try TextEncoding.decode(bytes) == text)
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x61], "UTF-16"),
      ([0x61, 0, 0x62, 0], "UTF-16"), ([0, 0x61], "UTF-16"), ([0xFF, 0xFE, 0, 0], "UTF-32"),
      ([0, 0, 0xFE, 0xFF], "UTF-32"),
    ] as [([UInt8], String)]
  )
  func `another encoding is refused by its name`(bytes: [UInt8], name: String) throws {
    let error = #expect(throws: TextEncoding.Foreign.self) { try TextEncoding.decode(bytes) }
    #expect(error?.description == "the text is \(name); save it as UTF-8")
    let folder = try ScratchFolder()
    let path = folder.path("x")
    try File.write(bytes, to: path)
    let fault = #expect(throws: FileError.self) { try File.text(of: path) }
    #expect(
      "\(fault, default: "")" == "cannot read '\(path)': the text is \(name); save it as UTF-8"
    )
  }

  @Test func `lines end in every way, and those of joined files begin without their mark`() {
    #expect(TextEncoding.lines(of: "a\nb\r\nc\rd") == ["a", "b", "c", "d"])
    #expect(TextEncoding.lines(of: "\u{FEFF}a\n\u{FEFF}b\n") == ["a", "b", ""])
    #expect(TextEncoding.lines(of: "") == [""])
    #expect(TextEncoding.withoutMark("\u{FEFF}a\u{FEFF}") == "a\u{FEFF}")
    #expect(TextEncoding.withoutMark("a") == "a")
  }
}
