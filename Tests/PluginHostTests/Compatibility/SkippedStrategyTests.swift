import PluginHost
import PluginKit
import Testing

/// What a host makes of interfaces that it does not know: the entry is left out, the rest of the plugin is used.
struct SkippedStrategyTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let note =
    "strategy \"org.example.space\" is skipped: this host does not know the interface \"esp.foo/1\"; update Espalier to use it"

  private func manifest(_ entries: [(id: String, interface: String)]) -> String {
    let list = entries.map { "{\"id\": \"\($0.id)\", \"interface\": \"\($0.interface)\"}" }
    return """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so", "sha256": "",
       "abi": "esp/1", "strategies": [\(list.joined(separator: ", "))]}
      """
  }

  private func read(_ text: String) throws(Refusal) -> Manifest {
    try Manifest(bytes: Array(text.utf8), path: "/x", isBuiltIn: false)
  }

  @Test(arguments: 0...2)
  func `2: an unknown interface leaves the other entries in use, wherever it stands`(
    place: Int
  ) throws {
    var entries = [("org.example.a", "esp.pruner/1"), ("org.example.b", "esp.distill/1")]
    entries.insert(("org.example.space", "esp.foo/1"), at: place)
    let manifest = try read(manifest(entries))
    #expect(manifest.strategyIDs == ["org.example.a", "org.example.b"])
    #expect(manifest.skipped.map(\.description) == [Self.note])
  }

  @Test func `the listing tells what is skipped, and asking for it does too`() throws {
    try workshop.write(
      manifest([("org.example.a", "esp.pruner/1"), ("org.example.space", "esp.foo/1")]),
      to: "x.manifest.json"
    )
    let registry = workshop.registry()
    #expect(registry.strategyIDs == ["org.example.a"])
    let candidate = try #require(registry.listing().first)
    #expect(candidate.description.contains("\n  \(Self.note)\n"))
    let error = try #require(throws: PluginHostError.self) {
      try registry.pruner(named: "org.example.space")
    }
    #expect("\(error)" == Self.note + " (it is of the plugin org.example.plugin)")
  }

  @Test func `a disabled plugin's skipped strategy is told as disabled`() throws {
    try workshop.write(manifest([("org.example.space", "esp.foo/1")]), to: "x.manifest.json")
    let registry = workshop.registry { $0.disabled = ["org.*"] }
    let error = try #require(throws: PluginHostError.self) {
      try registry.description(of: "org.example.space")
    }
    #expect("\(error)".contains("disabled by ESPALIER_PLUGINS_DISABLE"))
  }

  @Test func `a strategy that one plugin skips and another offers is the other's`() throws {
    try workshop.write(manifest([("org.example.space", "esp.foo/1")]), to: "a.manifest.json")
    try workshop.write(
      manifest([("org.example.space", "esp.pruner/1")])
        .replacing("org.example.plugin", with: "org.example.second"),
      to: "b.manifest.json"
    )
    #expect(workshop.registry().interface(of: "org.example.space") == .pruner)
  }

  @Test(arguments: [
    "\"pruner\"", "\"esp.pruner\"", "\"\"", "5", "null", "[\"esp.pruner/1\"]", "\"esp.pruner/\"",
    "\"esp.pruner/0\"", "\"esp.pruner/01\"", "\"esp.pruner/-1\"", "\"esp.pruner/+1\"",
    "\"esp.pruner/1.0\"", "\"esp.pruner/1/2\"", "\"esp.pruner/4294967296\"", "\"/1\"",
    "\"pruner/1\"", "\"esp..x/1\"", "\".esp/1\"", "\"Esp.pruner/1\"", "\"esp.pruner/١\"",
    "\"esp pruner.a/1\"", "\"esp.\(String(repeating: "p", count: 4090))/1\"",
    "\"esp.\(String(repeating: "p", count: 123))/1\"",
  ])
  func `refuses what is not written as an interface`(text: String) throws {
    for other in ["strategies", "functions"] {
      let manifest = """
        {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
         "abi": "\(other == "functions" ? "c-function" : "esp")/1",
         "\(other)": [{"id": "org.example.a", "interface": \(text)}]}
        """
      let error = try #require(throws: Refusal.self) { try read(manifest) }
      #expect(error.code == .manifestInterface, "\(error)")
      #expect(error.detail.hasPrefix("\(other)[0] has an \"interface\" that is not"))
      #expect("\(error)".contains("an interface is written as esp.pruner/1"))
    }
  }

  @Test func `an interface of 128 bytes with the greatest revision is skipped`() throws {
    let name = "esp." + String(repeating: "p", count: 113) + "/4294967295"
    #expect(name.utf8.count == 128)
    let manifest = try read(manifest([("org.example.a", name)]))
    #expect(manifest.strategyIDs == [])
    #expect(manifest.skipped.map { "\($0.interface)" } == [name])
  }

  @Test func `takes 1024 entries and refuses one more`() throws {
    var entries = (0..<1023).map { ("org.example.s\($0)", "esp.foo/\($0 + 1)") }
    entries.insert(("org.example.a", "esp.pruner/1"), at: 512)
    let found = try read(manifest(entries))
    #expect(found.strategyIDs == ["org.example.a"])
    #expect(found.skipped.count == 1023)
    entries.append(("org.example.last", "esp.foo/1"))
    let error = try #require(throws: Refusal.self) { try read(manifest(entries)) }
    #expect(error.code == .manifestField)
  }

  @Test(arguments: [
    [("org.example.a", "esp.pruner/1"), ("org.example.a", "esp.pruner/1")],
    [
      ("org.example.a", "esp.foo/1"), ("org.example.b", "esp.foo/1"),
      ("org.example.a", "esp.foo/1"),
    ],
    [("org.example.a", "esp.pruner/1"), ("org.example.a", "esp.distill/1")],
    [("org.example.a", "esp.pruner/1"), ("org.example.a", "esp.foo/1")],
    [("org.example.a", "esp.foo/1"), ("org.example.a", "esp.bar/1")],
    [
      ("org.example.a", "esp.foo/1"), ("org.example.a", "esp.prune/1"),
      ("org.example.a", "esp.pruner/1"),
    ],
  ])
  func `refuses an id that is listed twice, or with two interfaces, known or not`(
    entries: [(String, String)]
  ) throws {
    let error = try #require(throws: Refusal.self) { try read(manifest(entries)) }
    #expect(error.code == .manifestIdentifier)
    #expect(error.detail.contains("org.example.a"))
  }

  @Test(arguments: [
    ["esp.pruner/1", "esp.pruner/2"], ["esp.pruner/3", "esp.pruner/1", "esp.pruner/2"],
  ])
  func `of several revisions under one id the one that is known is used`(
    revisions: [String]
  ) throws {
    let manifest = try read(manifest(revisions.map { ("org.example.a", $0) }))
    #expect(manifest.interfaces.map(\.id) == ["org.example.a"])
    #expect(manifest.interfaces.map(\.interface) == [.pruner])
    #expect(
      manifest.skipped.map(\.description)
        == revisions.filter { $0 != "esp.pruner/1" }.map {
          "strategy \"org.example.a\" is used by \"esp.pruner/1\": this host does not know \"\($0)\"; update Espalier to use that"
        }
    )
  }

  @Test(arguments: [[1, 2, 3, 9], [9, 3, 2, 1], [2, 9, 1, 3]])
  func `the newest known revision is used, in whichever order`(revisions: [Int]) throws {
    let entries = try revisions.map {
      InterfaceChoice.Entry(id: "a", interface: try #require(InterfaceID("esp.pruner/\($0)")))
    }
    // A host of a later day, which knows 1 to 3.
    let choice = try InterfaceChoice(entries) { $0.revision <= 3 }
    #expect(entries.filter(choice.uses).map(\.interface.revision) == [3])
    let reasons = Dictionary(
      uniqueKeysWithValues: choice.skipped.map { ($0.interface.revision, $0.description) }
    )
    #expect(reasons.count == 3)
    #expect(
      reasons[1]
        == "strategy \"a\" is used by \"esp.pruner/3\", which is newer than \"esp.pruner/1\""
    )
    #expect(reasons[9]?.contains("this host does not know \"esp.pruner/9\"") == true)
  }

  // MARK: plain C functions

  private static let future = """
    {"id": "org.example.future", "symbol": "nowhere", "interface": "esp.foo/1", "role": "dream", "cores": [],
     "args": {"type": "f4*", "bind": "mind"}, "returns": 7, "require": {"device": "light"}}
    """

  @Test(arguments: 0...2)
  func `a function of an unknown interface is skipped unread`(place: Int) throws {
    var functions = [Self.l2("org.example.a"), Self.l2("org.example.b")]
    functions.insert(Self.future, at: place)
    let manifest = try read(FunctionManifest.manifest(functions.joined(separator: ", ")))
    #expect(manifest.strategyIDs == ["org.example.a", "org.example.b"])
    #expect(manifest.skipped.map(\.id) == ["org.example.future"])
  }

  private static func l2(_ id: String) -> String {
    """
    {"id": "\(id)", "symbol": "l2", "interface": "esp.pruner/1", "role": "score_channel",
     "args": [{"type": "f32*", "bind": "weight.data", "access": "read"}],
     "returns": {"type": "f64", "meaning": "score"}}
    """
  }

  @Test func `several functions of one unknown interface are one note`() throws {
    let second = Self.future.replacing("dream", with: "sleep")
    let manifest = try read(FunctionManifest.manifest(Self.future + ", " + second))
    #expect(manifest.strategyIDs == [] && manifest.skipped.count == 1)
    // Without an id it is the plugin's.
    let own = Self.future.replacing("\"id\": \"org.example.future\", ", with: "")
    #expect(try read(FunctionManifest.manifest(own)).skipped.map(\.id) == ["org.example.function"])
  }

  @Test func `a function's id and a second interface under it are refused all the same`() throws {
    let nameless = Self.future.replacing("org.example.future", with: "Future")
    #expect(throws: Refusal.self) { try read(FunctionManifest.manifest(nameless)) }
    let mixed = Self.l2("org.example.future") + ", " + Self.future
    let error = try #require(throws: Refusal.self) { try read(FunctionManifest.manifest(mixed)) }
    #expect(error.code == .manifestFunction)
    #expect(error.detail.contains("\"esp.pruner/1\" and \"esp.foo/1\""))
  }

  @Test(.requiresCompiler) func `a library need not export what is skipped`() throws {
    try workshop.compile(
      "#include <stdint.h>\ndouble l2(const float *w) { return w[0]; }\n"
    )
    let text = FunctionManifest.manifest(
      Self.future + ", " + Self.l2("org.example.a"),
      sha256: try workshop.hash(of: "plugin.so")
    )
    try workshop.write(text, to: "x.manifest.json")
    let registry = workshop.registry { $0.allowsUnvalidated = true }
    let model = SmallModel([("first", 3)], perChannel: 2)
    let scores = try registry.scorer(named: "org.example.a").score(model.groups[0], of: model)
    // Filter c begins with c + 1, with a sign in turns.
    #expect(scores == [1, -2, 3])
  }

  // MARK: keys

  @Test func `keys that begin with x- are ignored at every level`() throws {
    let own = "\"x-note\": {\"deep\": [1, {\"x\": null}]}, "
    let table = manifest([("org.example.a", "esp.pruner/1")])
    #expect(try read(table.replacing("{\"", with: "{\(own)\"")) == read(table))
    let function = FunctionManifest.all
    let levels = function.matches(of: /{"/).count
    #expect(levels >= 17)
    #expect(try read(function.replacing("{\"", with: "{\(own)\"")) == read(function))
  }

  @Test(arguments: ["x-", "X-note", "y-note", "-x-note", "xnote"])
  func `any other unknown key is refused, with the prefix as cure`(key: String) throws {
    let text = manifest([("org.example.a", "esp.pruner/1")])
    for place in ["{\"manifest\"", "{\"id\": \"org.example.a\""] {
      let error = try #require(throws: Refusal.self) {
        try read(text.replacing(place, with: "{\"\(key)\": 1, " + place.dropFirst()))
      }
      #expect(error.code == .manifestUnknownKey)
      #expect("\(error)".hasSuffix("keys of your own begin with x-"))
    }
  }

  // MARK: what is known

  @Test func `the error of an unknown pruner names pruners only`() throws {
    try workshop.write(
      manifest([("org.example.cut", "esp.pruner/1"), ("org.example.loss", "esp.distill/1")]),
      to: "x.manifest.json"
    )
    let registry = workshop.registry()
    func text(_ body: () throws(PluginHostError) -> Void) -> String {
      do throws(PluginHostError) {
        try body()
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      text { () throws(PluginHostError) in _ = try registry.pruner(named: "z") }
        == "the strategy \"z\" is not known; known with the interface esp.pruner/1 are org.example.cut"
    )
    #expect(
      text { () throws(PluginHostError) in _ = try registry.distillLoss(named: "org.example.los") }
        .hasSuffix(
          "did you mean \"org.example.loss\"?; known with the interface esp.distill/1 are org.example.loss"
        )
    )
    #expect(
      text { () throws(PluginHostError) in _ = try registry.quantizer(named: "org.example.los") }
        .contains("no plugin with the interface esp.quantizer/1 was found")
    )
    #expect(
      text { () throws(PluginHostError) in _ = try registry.description(of: "none") }
        .hasSuffix("; known are org.example.cut, org.example.loss")
    )
  }
}
