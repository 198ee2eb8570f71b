import Foundation
import Recipes
import TestSupport
import Testing

struct YAMLTextTests {
  /// The value without places, as one text: kinds of scalars told apart.
  private static func form(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text, let isPlain): "\(isPlain ? "plain" : "quoted")(\(text.debugDescription))"
    case .sequence(let items): "[\(items.map(form).joined(separator: ","))]"
    case .mapping(let entries):
      "{\(entries.map { "\($0.key.debugDescription):\(form($0.value))" }.joined(separator: ","))}"
    }
  }

  private static func expectSame(_ text: String) throws {
    let node = try YAMLReader.read(text)
    let again = try YAMLReader.read(node.yaml)
    #expect(form(again) == form(node), "\(node.yaml)")
  }

  @Test(arguments: [
    "a: 1\nb: {c: [1, [2, {d: e}], {}], f: []}\n", "- - 1\n  - {a: b, c: [d]}\n- {}\n- []\n",
    "plain", "''", "a:\nb: ~\nc: ''\nd: null\n", "{0: 0, 500: 1, '': x, 'a b': y, '- z': 1, -1: 2}",
    "a: 'it''s: #not a comment'\nb: \"tab\\t line\\n quote\\\" back\\\\slash \\u2028 \\x7f \\0 end \"\n",
    "a: &x {b: [1, 2]}\nc: *x\n", "a: b c  d\n", "a: yes: no\n".replacing(": no", with: " no"),
    "a: é ü 漢 😀\n'ключ': \"😀\"\n", "a: |\n  two\n  lines\nb: >\n  folded\n  text\n",
    "[a-b, -c, ?d, e:f, g#h]",
  ])
  func `what is written reads as the same value`(text: String) throws {
    try Self.expectSame(text)
  }

  @Test func `every example recipe survives being written`() throws {
    let folder = TestData.packageRoot.appendingPathComponent("Examples/recipes")
    let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var count = 0
    while let url = walker?.nextObject() as? URL {
      guard url.pathExtension == "yml" else { continue }
      try Self.expectSame(String(contentsOf: url, encoding: .utf8))
      count += 1
    }
    #expect(count > 15)
  }
}
