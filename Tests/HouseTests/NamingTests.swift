import Testing

struct NamingTests {
  @Test func `no type hides behind an empty word`() throws {
    for file in SourceTree.files(in: "Sources", endings: ["swift"]) {
      let pattern = #/(?:class|struct|enum|protocol|actor) (\w*(?:Manager|Helper|Utils|Common))\b/#
      for match in try SourceTree.text(file).matches(of: pattern) {
        Issue.record("\(file) declares \(match.1)")
      }
    }
  }

  @Test func `every operator family is in the set, in alphabetical order`() throws {
    let list = try SourceTree.text("Sources/Operators/OperatorSet.swift")
    let registered = list.matches(of: #/(\w+)\.operators,/#).map { String($0.1) }
    let declared = try SourceTree.files(in: "Sources/Operators/Kinds", endings: ["swift"]).flatMap {
      try SourceTree.text($0).matches(of: #/package enum (\w+) \{/#).map { String($0.1) }
    }
    #expect(registered == registered.sorted())
    #expect(Set(declared) == Set(registered))
  }

  @Test func `nothing in the sources is left for later`() throws {
    for folder in ["Sources", "Plugins"] {
      for file in SourceTree.files(in: folder, endings: ["swift", "cpp", "c", "h"]) {
        let found = try SourceTree.text(file).matches(of: #/\b(TODO|FIXME|XXX|fatalError\(|try!)/#)
        #expect(found.isEmpty, "\(file) has \(found.map { String($0.0) })")
      }
    }
  }
}
