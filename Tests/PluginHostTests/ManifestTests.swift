import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Testing

/// The manifest's schema, through the registry: what is refused, with which code, in which words.
struct ManifestTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let good = """
    {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
     "abi": "esp/1", "strategies": [{"id": "org.example.strategy", "interface": "esp.pruner/1"}]}
    """

  private func verdict(_ text: String) throws -> PluginCandidate.Verdict {
    try workshop.write(text, to: "x.manifest.json")
    return try #require(workshop.registry().listing().first).verdict
  }

  private func refusal(_ text: String) throws -> Refusal? {
    if case .refused(let refusal) = try verdict(text) { refusal } else { nil }
  }

  @Test(arguments: [
    ("", Refusal.Code.manifestSyntax),
    ("{", .manifestSyntax),
    ("{\"manifest\": 1,}", .manifestSyntax),
    ("{\"manifest\": 01}", .manifestSyntax),
    ("{'manifest': 1}", .manifestSyntax),
    ("{} {}", .manifestSyntax),
    ("\u{FEFF}{}", .manifestField),
    ("\u{FEFF}\u{FEFF}{}", .manifestSyntax),
    ("{\"a\": \"\\ud800\"}", .manifestSyntax),
    ("{\"a\": 1e999}", .manifestSyntax),
    ("[]", .manifestField),
    ("{\"manifest\": 1, \"manifest\": 1}", .manifestDuplicateKey),
    ("{\"manifest\": 2}", .manifestVersion),
    ("{\"manifest\": \"1\"}", .manifestField),
    ("{\"manifest\": 1, \"libary\": \"x\"}", .manifestUnknownKey),
  ])
  func `26: refuses what is not a manifest`(text: String, code: Refusal.Code) throws {
    #expect(try refusal(text)?.code == code)
  }

  @Test(arguments: [
    ("\"plugin.so\"", "\"../plugin.so\"", Refusal.Code.manifestLibraryPath),
    ("\"plugin.so\"", "\"/usr/lib/plugin.so\"", .manifestLibraryPath),
    ("\"plugin.so\"", "\"a//b.so\"", .manifestLibraryPath),
    ("\"plugin.so\"", "\"a/./b.so\"", .manifestLibraryPath),
    ("\"plugin.so\"", "\"a\\u0000b.so\"", .manifestField),
    ("\"plugin.so\"", "7", .manifestField),
    ("\"org.example.plugin\"", "\"plugin\"", .manifestIdentifier),
    ("\"org.example.plugin\"", "\"org..plugin\"", .manifestIdentifier),
    ("\"org.example.plugin\"", "\"Org.Example\"", .manifestIdentifier),
    ("\"org.example.strategy\"", "\"uniform\"", .manifestIdentifier),
    ("\"esp/1\"", "\"esp/2\"", .manifestInterface),
    ("\"esp.pruner/1\"", "\"pruner\"", .manifestInterface),
    ("\"1.0.0\"", "\"1.0.0\", \"sha256\": \"abc\"", .manifestField),
    ("\"1.0.0\"", "\"1.0.0\", \"isolation\": \"elsewhere\"", .manifestField),
    ("\"1.0.0\"", "\"1.0.0\", \"functions\": []", .manifestField),
    ("[{\"id\": \"org.example.strategy\", \"interface\": \"esp.pruner/1\"}]", "[]", .manifestField),
    ("\"esp.pruner/1\"}", "\"esp.pruner/1\", \"nmae\": 1}", .manifestUnknownKey),
    (
      "\"esp.pruner/1\"}",
      "\"esp.pruner/1\"}, {\"id\": \"org.example.strategy\", \"interface\": \"esp.pruner/1\"}",
      .manifestIdentifier
    ),
  ])
  func `refuses a manifest with one thing wrong`(
    old: String,
    new: String,
    code: Refusal.Code
  ) throws {
    #expect(try refusal(Self.good.replacing(old, with: new))?.code == code)
  }

  @Test func `names the nearest known key`() throws {
    let refusal = try #require(try refusal(Self.good.replacing("\"library\"", with: "\"libary\"")))
    #expect(
      refusal.detail == "the manifest has the unknown key \"libary\"; did you mean \"library\"?"
    )
  }

  @Test func `26: refuses deep nesting`() throws {
    let deep = String(repeating: "[", count: 200_000)
    #expect(try refusal("{\"a\": " + deep)?.detail.contains("more than 32 levels") == true)
  }

  @Test func `26: refuses a file of a hundred megabytes without reading it`() throws {
    try workshop.write("", to: "x.manifest.json")
    try #require(unsafe truncate(workshop.plugins + "/x.manifest.json", 100 << 20) == 0)
    let clock = ContinuousClock()
    let time = clock.measure {
      guard case .refused(let refusal) = workshop.registry().listing().first?.verdict else {
        Issue.record("not refused")
        return
      }
      #expect(refusal.code == .manifestTooLarge)
    }
    #expect(time < .seconds(1))
  }

  @Test func `refuses a manifest that cannot be read`() {
    let registry = workshop.registry { $0.manifests = ["/nonexistent/manifest.json"] }
    guard case .refused(let refusal) = registry.listing().first?.verdict else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code == .manifestUnreadable)
  }

  @Test func `finds manifests in the folder and in the folders below`() throws {
    try workshop.write(Self.good, to: "x.manifest.json")
    try workshop.makeFolder("plugins/sub")
    try workshop.write(
      Self.good.replacing("org.example.plugin", with: "org.example.b"),
      to: "sub/manifest.json"
    )
    #expect(
      workshop.registry().listing().compactMap(\.manifest?.id) == [
        "org.example.b", "org.example.plugin",
      ]
    )
  }

  @Test func `prints every check and the verdict`() throws {
    try workshop.write(Self.good, to: "x.manifest.json")
    let text = try #require(workshop.registry().listing().first).description
    #expect(text.contains("1 parse: ok, org.example.plugin 1.0.0"))
    #expect(text.contains("2 file: no, ESP-P201"))
    #expect(
      text.contains(
        "refused: ESP-P201 \(workshop.plugins)/plugin.so: there is no such file or folder; build"
      )
    )
  }

  @Test func `26: reads any bytes without a crash, in bounded time`() throws {
    let seeds = [
      Self.good, FunctionManifest.l2, FunctionManifest.all,
      "{\"manifest\":1e5,\"a\":[null,true,-0.5e-3,\"\\u00e9\\ud83d\\ude00\"]}",
    ].map { Array($0.utf8) }
    var random = SeededRandom(seed: 26)
    var accepted = 0
    for round in 0..<30_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(Array("{}[]\",:\\0e-".utf8).randomElement(using: &random) ?? 0, at: at)
        case 3: bytes.removeSubrange(at...)
        default:
          let end = Int.random(in: at..<bytes.count, using: &random)
          bytes.insert(contentsOf: bytes[at...end], at: at)
        }
      }
      do {
        _ = try Manifest(bytes: bytes, path: "/fuzz", isBuiltIn: false)
        accepted += 1
      } catch {
        #expect(error.code.rawValue.hasPrefix("ESP-P1"))
      }
    }
    #expect(accepted > 0)
  }
}
