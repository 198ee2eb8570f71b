import FoundationEssentials
import PluginHost
import Testing

/// The codes: the case 28 of the conformance list.
struct RefusalTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: Workshop.packageRoot + "/" + path, encoding: .utf8)
  }

  @Test(arguments: Refusal.Code.allCases)
  func `28: is documented with its cure`(code: Refusal.Code) throws {
    let page = try Self.text("docs/plugins.md")
    let row = page.split(separator: "\n").first { $0.hasPrefix("| \(code.rawValue) |") }
    #expect(row?.hasSuffix("| \(code.cure) |") == true, "\(code.rawValue): \(code.cure)")
  }

  @Test(arguments: Refusal.Code.allCases)
  func `28: has a fixture that triggers it`(code: Refusal.Code) throws {
    let folder = Workshop.packageRoot + "/Tests/PluginHostTests"
    let name = String(describing: code)
    let isTested = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix("Tests.swift") && $0 != "RefusalTests.swift" }
      .contains { try Self.text("Tests/PluginHostTests/" + $0).contains(".\(name)") }
    #expect(isTested, "no test names .\(name)")
  }

  @Test func `says the code, the file, what was found and the cure`() {
    let refusal = Refusal(.unpinned, "/x/y.so", "its manifest has no sha256")
    #expect(
      "\(refusal)"
        == "ESP-P301 /x/y.so: its manifest has no sha256; write the library's sha256 into the manifest, or pass --allow-unpinned"
    )
  }
}
