import Foundation
import TestSupport
import Testing

/// What is said of strategies, in docs and in help, is what they say of themselves.
struct StrategyTableTests {
  private static let safe = ["--safe-mode"]
  private static let environment = ["ESPALIER_PLUGIN_PATH": "", "ESPALIER_PLUGINS_DISABLE": ""]

  /// A table between its two marks.
  private struct Block: Equatable {
    let mark: String
    let lines: [String]
  }

  private static func blocks(of text: String) -> [Block] {
    var blocks: [Block] = []
    var lines: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("<!-- strategies: ") { lines = [] }
      lines?.append(line)
      guard line == "<!-- end -->", let table = lines, let mark = table.first else { continue }
      blocks.append(Block(mark: mark, lines: table))
      lines = nil
    }
    return blocks
  }

  private static func espalier(_ arguments: String...) throws -> Subprocess {
    try BuiltProgram.espalier(arguments + safe, environment: environment)
  }

  @Test func `the tables in docs are those of the built-in strategies, each in one page`() throws {
    // A manifest that lists other strategies than its library is refused here, with the cure.
    let printed = try Self.espalier("plugin", "list", "--markdown")
    try #require(printed.status == 0, "\(printed.errors)")
    let docs = TestData.packageRoot.appendingPathComponent("docs")
    var found: [String: [String]] = [:]
    let wanted = Self.blocks(of: printed.text)
    #expect(wanted.count == 4, "an interface has no table: \(wanted.map(\.mark))")
    for page in try FileManager.default.contentsOfDirectory(atPath: docs.path).sorted() {
      let text = try String(contentsOf: docs.appendingPathComponent(page), encoding: .utf8)
      for block in Self.blocks(of: text) {
        found[block.mark, default: []].append(page)
        #expect(
          wanted.contains(block),
          "docs/\(page): the table \(block.mark) is not what the strategies say; run `make tables`"
        )
      }
    }
    for block in wanted {
      #expect(
        found[block.mark]?.count == 1,
        "\(block.mark) stands in \(found[block.mark] ?? []): one page of docs/ owns it, others link there"
      )
    }
  }

  @Test func `every folder of Plugins is a built-in that loads`() throws {
    let plugins = TestData.packageRoot.appendingPathComponent("Plugins")
    let listing = try Self.espalier("plugin", "list", "--json")
    let entries = try #require(try listing.object()["plugins"] as? [[String: Any]])
    let ready = Set(
      entries.filter { $0["state"] as? String == "ready" }.compactMap { $0["id"] as? String }
    )
    for folder in try FileManager.default.contentsOfDirectory(atPath: plugins.path) {
      let manifest = plugins.appendingPathComponent("\(folder)/manifest.json")
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: manifest))
      let id = try #require((object as? [String: Any])?["id"] as? String)
      #expect(
        ready.contains(id),
        "Plugins/\(folder) is not built: name it in `builtInPlugins` of Package.swift"
      )
    }
    #expect(ready.count >= 6)
  }

  @Test(arguments: ["prune", "distill", "quantize", "compress", "train", "sensitivity"])
  func `no line of help lists strategies by hand`(verb: String) throws {
    let listing = try Self.espalier("plugin", "list", "--json")
    let entries = try #require(try listing.object()["plugins"] as? [[String: Any]])
    let names = Set(entries.flatMap { $0["strategies"] as? [String] ?? [] })
    try #require(names.count > 10)
    let page = try BuiltProgram.espalier(["help", verb])
    try #require(page.status == 0)
    for line in page.text.split(separator: "\n") {
      let words = Set(line.matches(of: /[\w.]+/).map { String($0.output) })
      #expect(
        words.intersection(names).count < 3,
        "'\(line)' lists strategies: point to `espalier plugin list` instead"
      )
    }
  }
}
