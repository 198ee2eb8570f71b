import Files
import Glibc
import PluginHost
import PluginKit
import Testing

/// Libraries from sealed memory: the case 10 of the conformance list.
@Suite(.requiresCompiler)
struct StrictTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `10: two plugins from sealed memory are two libraries`() throws {
    for name in ["a", "b"] {
      try workshop.compile(
        "#define ID \"org.example.\(name)\"\n#define STRATEGY \"org.example.s\(name)\"\n#include \"plugin.h\"",
        to: name + ".so"
      )
      try workshop.describe(
        "org.example." + name,
        library: name + ".so",
        strategies: ["org.example.s" + name]
      )
    }
    let registry = workshop.registry {
      $0.isStrict = true
      $0.stagingFolder = nil
    }
    #expect(try registry.description(of: "org.example.sa").id == "org.example.sa")
    #expect(try registry.description(of: "org.example.sb").id == "org.example.sb")
    let maps = try runProcess(["/bin/cat", "/proc/\(getpid())/maps"]).output
    #expect(maps.contains("/memfd:a.so") && maps.contains("/memfd:b.so"))
  }

  @Test func `10: sealed memory has no place for a second file`() throws {
    try workshop.compile(
      "int helper(void) { return 1; }",
      to: "libx.so",
      flags: ["-Wl,-soname,libx.so"]
    )
    try workshop.plugin()
    try workshop.describe(extra: #""files": {"libx.so": "\#(workshop.hash(of: "libx.so"))"},"#)
    #expect(workshop.refusal { $0.isStrict = true }?.code == .strictFiles)
    #expect(workshop.refusal() == nil)
  }
}
