import Files
import Foundation
import Testing

/// Strict JSON: what is refused, and where the fault is said to be.
struct JSONReaderTests {
  private func fault(_ text: String, levels: Int = 32) -> JSONFault? {
    do throws(JSONFault) {
      _ = try JSONReader.read(Array(text.utf8), levels: levels)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value"),
    ("{\"a\": 1,\n \"b\": 2,}", "line 2, column 9: expected a key in quotes"),
    ("{\n  \"a\" 1}", "line 2, column 7: expected a colon"),
    ("[1,\r\n2\r\n3]", "line 3, column 1: expected a comma or a closing bracket"),
    ("{\"é€😀\": tru}", "line 1, column 12: expected true"),
    ("\u{FEFF}[1 2]", "line 1, column 4: expected a comma or a closing bracket"),
    ("[\"a\nb\"]", "line 1, column 4: expected no control character"),
    ("[01]", "line 1, column 3: expected a comma or a closing bracket"),
    ("[-]", "line 1, column 3: expected a value"),
    ("[1.]", "line 1, column 4: expected a digit"),
    ("[1e]", "line 1, column 4: expected a digit"),
    ("[+1]", "line 1, column 2: expected a value"),
    ("[NaN]", "line 1, column 2: expected a value"),
    ("[1e999]", "line 1, column 7: expected a finite number"),
    ("[\"\\x\"]", "line 1, column 5: expected an escape"),
    ("[\"\\ud800\"]", "line 1, column 9: expected a low surrogate"),
    ("[\"\\udc00\"]", "line 1, column 9: expected a Unicode scalar"),
    ("[\"abc", "line 1, column 6: expected a closing quote"),
    ("{} {}", "line 1, column 4: expected the end"),
    ("// a\n{}", "line 1, column 1: expected a value"),
  ])
  func `a fault is said with its line and column`(text: String, words: String) {
    #expect(fault(text)?.description == words)
  }

  @Test func `bytes that are no UTF-8, and other encodings, are refused`() {
    for bytes: [UInt8] in [
      [0x22, 0xC3, 0x28, 0x22], [0xFF, 0xFE, 0x7B, 0], [0x7B, 0, 0x7D, 0], [0, 0x7B, 0, 0x7D],
    ] {
      #expect(throws: JSONFault.self) { try JSONReader.read(bytes) }
    }
  }

  @Test func `a key that is there twice is refused at its second place`() throws {
    let found = try #require(fault("{\"a\": 1,\n \"b\": {\"a\": 1},\n  \"a\": 2}"))
    #expect(found.problem == .duplicateKey("a"))
    #expect(found.line == 3 && found.column == 3)
    // Another spelling of the same key is the same key.
    #expect(fault("{\"a\": 1, \"\\u0061\": 2}")?.problem == .duplicateKey("a"))
  }

  @Test(arguments: [1, 2, 16, 32])
  func `values nest as deep as is allowed and not deeper`(levels: Int) {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(fault(nested(levels), levels: levels) == nil)
    let found = fault(nested(levels + 1), levels: levels)
    #expect(found?.problem == .tooDeep(levels: levels))
    #expect(found?.line == 1 && found?.column == levels + 1)
    let endless = String(repeating: "{\"a\":", count: 1 << 20)
    #expect(fault(endless, levels: levels)?.problem == .tooDeep(levels: levels))
  }

  @Test func `numbers keep their kind, and those beyond 64 bits their digits`() throws {
    let text = "[0, -0, 12, 9223372036854775807, 9223372036854775808, 1.0, 1e2, -2.5E-1]"
    let value = try JSONReader.read(Array(text.utf8))
    #expect(
      value == [
        .int(0), .int(0), .int(12), .int(.max), .digits("9223372036854775808"), .double(1),
        .double(100), .double(-0.25),
      ]
    )
    let items = try #require(value.items)
    #expect(items.map(\.whole) == [0, 0, 12, .max, nil, 1, 100, nil])
    #expect(items[4].number == 0x1p63 && items[7].number == -0.25)
  }

  @Test func `what is written is read back, and read as Foundation reads it`() throws {
    let value: JSONValue = [
      "text": "a\"b\\c\n\u{1}\u{7F}é€😀/", "none": .null, "list": [1, [true, false], [:]],
      "double": .double(0.1), "digits": .digits("18446744073709551615"),
    ]
    for text in [value.text, value.line] {
      #expect(try JSONReader.read(Array(text.utf8)) == value)
      let other = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      #expect(other?["text"] as? String == value["text"]?.string)
      #expect(other?["digits"] as? UInt64 == .max)
    }
  }

  @Test func `escapes stand for characters, two of them for one beyond 16 bits`() throws {
    let text = #"["\u00e9\u20AC", "\ud83d\uDE00", "\b\f\n\r\t\/\"\\", "\u0000"]"#
    #expect(
      try JSONReader.read(Array(text.utf8)) == [
        "é€", "😀", "\u{8}\u{C}\n\r\t/\"\\", "\0",
      ]
    )
  }
}
