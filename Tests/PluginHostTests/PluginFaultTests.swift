import FoundationEssentials
import PluginHost
import Testing

/// The codes of faults: the case 28 of the conformance list.
struct PluginFaultTests {
  @Test(arguments: PluginFault.Code.allCases)
  func `28: a fault is documented with its cure`(code: PluginFault.Code) throws {
    let page = try String(
      contentsOfFile: Workshop.packageRoot + "/docs/plugins.md",
      encoding: .utf8
    )
    let row = page.split(separator: "\n").first { $0.hasPrefix("| \(code.rawValue) |") }
    #expect(row?.hasSuffix("| \(code.cure) |") == true, "\(code.rawValue): \(code.cure)")
  }
}
