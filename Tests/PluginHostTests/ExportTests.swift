import Files
import FoundationEssentials
import PluginHost
import Testing

/// What libraries of ours show to others: the case 30 of the conformance list.
struct ExportTests {
  private static let folder = Workshop.packageRoot + "/.build/release"

  static let builtIns: [String] =
    ((try? Folder.names(in: Workshop.packageRoot + "/Plugins")) ?? []).sorted()

  @Test(.requiresProgram, arguments: ExportTests.builtIns)
  func `30: a built-in exports its entry alone`(name: String) throws {
    let library = "\(Self.folder)/libEspalier\(name).so"
    let symbols = try runProcess(["/usr/bin/nm", "-D", "--defined-only", library])
    let lines = symbols.output.split(separator: "\n")
    #expect(
      lines.count == 1 && lines.first?.hasSuffix(" T esp_plugin_entry_v1") == true,
      "\(symbols.output)"
    )
    // What the host's own reader says.
    let bytes = Array(try Data(contentsOf: URL(filePath: library)))
    #expect(try ELFImage(bytes).exports == ["esp_plugin_entry_v1"])
  }

  /// Every function that the headers declare is one that plugins export; what the host offers is in tables.
  @Test func `30: every function the headers declare is exported`() throws {
    let headers = try Folder.names(in: Workshop.headers).filter { $0.hasSuffix(".h") }
    var declared: Set<String> = []
    for header in headers where header != "espalier_runtime.h" {
      let text = try String(contentsOfFile: Workshop.headers + "/" + header, encoding: .utf8)
      for line in text.split(separator: "\n")
      where line.hasPrefix("ESP_EXPORT ") || line.hasPrefix("extern ") {
        guard let match = line.firstMatch(of: /(\w+)\s*\(/) else { continue }
        declared.insert(String(match.output.1))
      }
    }
    #expect(declared == ["esp_plugin_entry_v1"])
  }
}
