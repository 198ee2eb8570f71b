import Recipes
import Testing

struct YAMLReaderTests {
  @Test
  func `reads scalars by YAML 1.2's core schema`() throws {
    let root = try YAMLReader.read(
      "{a: 1, b: 0.5, c: true, d: no, e: ~, f: '1', g: .inf, h: 1e3, i: -7, j: 0x10, k: nan}"
    )
    let values = Dictionary(
      uniqueKeysWithValues: try #require(root.entries).map { ($0.key, $0.value) }
    )
    #expect(values["a"]?.int == 1)
    #expect(values["b"]?.double == 0.5)
    #expect(values["b"]?.int == nil)
    #expect(values["c"]?.bool == true)
    #expect(values["d"]?.bool == nil)
    #expect(values["d"]?.text == "no")
    #expect(values["e"]?.isNull == true)
    #expect(values["f"]?.int == nil)
    #expect(values["f"]?.text == "1")
    #expect(values["g"]?.double == nil)
    #expect(values["h"]?.double == 1000)
    #expect(values["i"]?.int == -7)
    #expect(values["j"]?.double == nil)
    #expect(values["k"]?.double == nil)
  }

  @Test
  func `knows the line and the column of every value`() throws {
    let root = try YAMLReader.read("a:\n  - x\n  - {b: 3}\n")
    let items = try #require(root.entries?.first?.value.items)
    #expect(items[0].mark == YAMLMark(line: 2, column: 5))
    let entry = try #require(items[1].entries?.first)
    #expect(entry.keyMark == YAMLMark(line: 3, column: 6))
    #expect(entry.value.mark == YAMLMark(line: 3, column: 9))
  }

  @Test
  func `follows aliases and gives them the place of the alias`() throws {
    let root = try YAMLReader.read("a: &r [0.5, 0.7]\nb: *r\n")
    let entries = try #require(root.entries)
    #expect(entries[1].value.items?.map(\.double) == [0.5, 0.7])
    #expect(entries[1].value.mark.line == 2)
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", YAMLMark(line: 2, column: 1)),
    ("a: [1, 2\nb: 3\n", YAMLMark(line: 2, column: 2)),
    ("a: *x\n", YAMLMark(line: 1, column: 4)),
    ("a: &x [*x]\n", YAMLMark(line: 1, column: 8)),
    ("[a]: 1\n", YAMLMark(line: 1, column: 1)),
    ("a: 1\n---\nb: 2\n", YAMLMark(line: 2, column: 1)),
    ("a:\n\t- 1\n", YAMLMark(line: 2, column: 1)),
  ])
  func `names the place of what is wrong`(text: String, mark: YAMLMark) {
    let error = #expect(throws: YAMLError.self) { try YAMLReader.read(text) }
    #expect(error?.mark == mark, "\(String(describing: error))")
  }

  @Test(arguments: ["", "# nothing\n", "---\n"])
  func `refuses or returns nothing for texts without a value`(text: String) {
    let value = try? YAMLReader.read(text)
    #expect(value?.isNull ?? true)
  }

  @Test
  func `bounds what aliases unfold to`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect {
      try YAMLReader.read(text)
    } throws: { error in
      guard case YAMLError.tooManyValues = error else { return false }
      return true
    }
  }

  @Test
  func `bounds the depth, also where aliases make it`() {
    let nested = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    var chained = "a0: &a0 [x]\n"
    for level in 1..<200 { chained += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    for text in [nested, chained] {
      #expect {
        try YAMLReader.read(text)
      } throws: { error in
        guard case YAMLError.tooDeep = error else { return false }
        return true
      }
    }
  }

  @Test
  func `bounds the length`() {
    var limits = YAMLReader.Limits()
    limits.bytes = 10
    #expect(throws: YAMLError.tooLong(bytes: 11, limit: 10)) {
      try YAMLReader.read("a: 12345678", limits: limits)
    }
  }

  @Test
  func `survives every prefix and every single damaged byte of a document`() {
    let text = "model: a.onnx\nsteps:\n  - prune: {strategy: &s list, x: [*s, \"q\\n\"]}\n# end\n"
    let bytes = Array(text.utf8)
    for count in 0...bytes.count {
      _ = try? YAMLReader.read(String(decoding: bytes.prefix(count), as: UTF8.self))
    }
    for index in bytes.indices {
      for damage: UInt8 in [0, 0xFF, 0x7B, 0x26, 0x2A, 0x0A, 0x27] {
        var copy = bytes
        copy[index] = damage
        _ = try? YAMLReader.read(String(decoding: copy, as: UTF8.self))
      }
    }
  }
}
