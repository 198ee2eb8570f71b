import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Testing

/// What is said of a strategy whose plugin was refused before anything of it was read.
@Suite(.requiresCompiler)
struct NamedPluginTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private var manifest: String { workshop.plugins + "/org.example.plugin.manifest.json" }

  private func error(
    of id: String,
    _ change: (inout PluginPolicy) -> Void = { _ in }
  ) -> PluginHostError? {
    do throws(PluginHostError) {
      _ = try workshop.registry(change).description(of: id)
      return nil
    } catch { return error }
  }

  @Test func `a plugin that was named and is refused ends with code, place and cure`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.plugins, 0o775)
    defer { unsafe chmod(workshop.plugins, 0o755) }
    let registry = workshop.registry { policy in
      policy.folders = []
      policy.manifests = [manifest]
    }
    let error = #expect(throws: PluginHostError.self) { try registry.requireNamed() }
    let refusal = try #require(error?.refusal)
    #expect(refusal.code == .folderUntrusted)
    for words in ["--plugin", "ESP-P206", refusal.path, refusal.code.cure] {
      #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }
  }

  @Test func `a plugin that was named is refused for its library too, without running it`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.plugins + "/plugin.so", 0o664)
    let registry = workshop.registry { $0.manifests = [manifest] }
    let error = #expect(throws: PluginHostError.self) { try registry.requireNamed() }
    #expect(error?.refusal?.code == .fileWritable)
    #expect(error?.refusal?.detail.contains("664") == true)
  }

  @Test func `a library, an archive or a script in place of a manifest is said to be one`() throws {
    try workshop.plugin()
    try workshop.write("#!/bin/sh\n", to: "run.sh")
    try Data([0x1F, 0x8B, 8, 0]).write(to: URL(filePath: workshop.plugins + "/packed"))
    unsafe chmod(workshop.plugins + "/packed", 0o644)
    for (name, word) in [
      ("plugin.so", "a library"), ("packed", "a packed plugin"), ("run.sh", "a script"),
    ] {
      let registry = workshop.registry { $0.manifests = [workshop.plugins + "/" + name] }
      let error = #expect(throws: PluginHostError.self) { try registry.requireNamed() }
      #expect(error?.refusal?.code == .manifestIsLibrary)
      #expect(error?.refusal?.detail.contains(word) == true)
    }
    // A folder with its manifest under another name.
    let folder = workshop.registry { $0.manifests = [workshop.plugins] }
    let error = #expect(throws: PluginHostError.self) { try folder.requireNamed() }
    #expect(error?.refusal?.detail.contains("org.example.plugin.manifest.json: name that") == true)
  }

  @Test func `an upper-case hash is shown as it is to be written`() throws {
    try workshop.plugin()
    try workshop.describe(sha256: String(repeating: "AB", count: 32))
    let found = try #require(error(of: "org.example.strategy")?.refusal)
    #expect(found.code == .manifestField)
    #expect(found.detail.contains(String(repeating: "ab", count: 32)))
  }

  @Test func `a plugin that was named and is right is not refused`() throws {
    try workshop.plugin()
    let registry = workshop.registry { $0.manifests = [manifest] }
    #expect(throws: Never.self) { try registry.requireNamed() }
    // What the search finds is not what the user named.
    try workshop.write("{ // mine\n}", to: "other.manifest.json")
    #expect(throws: Never.self) { try workshop.registry().requireNamed() }
  }

  @Test(arguments: ["nowhere/manifest.json", "nowhere"])
  func `a plugin that was named and is not there is refused`(name: String) {
    let registry = workshop.registry { $0.manifests = [workshop.plugins + "/" + name] }
    let error = #expect(throws: PluginHostError.self) { try registry.requireNamed() }
    #expect(error?.refusal?.code == .manifestUnreadable)
  }

  @Test func `a strategy whose only manifest was refused ends with that refusal`() throws {
    try workshop.plugin()
    unsafe chmod(manifest, 0o666)
    let found = try #require(error(of: "org.example.strategy"))
    #expect(found.refusal?.code == .fileWritable)
    #expect("\(found)".contains("\"org.example.strategy\" was refused: ESP-P205 \(manifest)"))
    #expect(!"\(found)".contains("not known"))
  }

  @Test func `a manifest with a comment is the one that has the strategy's name`() throws {
    try workshop.plugin()
    try workshop.write("// a comment\n{\"id\": \"org.example.own\"}", to: "a.manifest.json")
    try workshop.write("{\"id\": \"org.example.other\",}", to: "b.manifest.json")
    let found = try #require(error(of: "org.example.own"))
    #expect(found.refusal?.code == .manifestSyntax)
    #expect(found.refusal?.path.hasSuffix("/a.manifest.json") == true)
    // One that nobody names may be anybody's.
    let unknown = try #require(error(of: "org.example.third"))
    #expect("\(unknown)".contains("is not known; it may be that of a plugin that was refused"))
    #expect("\(unknown)".contains("/a.manifest.json") && "\(unknown)".contains("/b.manifest.json"))
    // A built-in's name is no stranger's.
    guard case .unknownStrategy("unifrom", _, _, nil, nil) = error(of: "unifrom") else {
      Issue.record("\(String(describing: error(of: "unifrom")))")
      return
    }
    #expect(error(of: "org.example.strategy") == nil)
  }

  @Test func `a manifest may begin with a byte order mark, in UTF-8 alone`() throws {
    try workshop.plugin()
    let data = try Data(contentsOf: URL(filePath: manifest))
    let text = String(decoding: data, as: UTF8.self)
    try workshop.write("\u{FEFF}" + text, to: "org.example.plugin.manifest.json")
    #expect(error(of: "org.example.strategy") == nil)
  }
}
