import FoundationEssentials
import PluginHost
import Testing

/// What is read off a library before it is mapped.
@Suite(.requiresCompiler)
struct ELFImageTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func bytes() throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: workshop.plugins + "/plugin.so")))
  }

  private func patched(_ change: (inout [UInt8]) -> Void) throws -> Refusal? {
    try workshop.compile("#include \"plugin.h\"")
    var bytes = try bytes()
    change(&bytes)
    try Data(bytes).write(to: URL(filePath: workshop.plugins + "/plugin.so"))
    try workshop.describe()
    return workshop.refusal()
  }

  @Test func `lists exports and needs as nm and readelf do`() throws {
    try workshop.compile(
      "#include <stdio.h>\nint one(void) { return puts(\"\"); } static int two(void) { return 2; } int three;"
    )
    let image = try ELFImage(try bytes())
    #expect(image.exports.isSuperset(of: ["one", "three"]))
    #expect(!image.exports.contains("two"))
    #expect(image.needed == ["libc.so.6"])
    #expect(!image.hasExecutableStack && !image.hasTextRelocations && image.runPaths.isEmpty)
  }

  @Test func `reads the table of a library with the old hash only`() throws {
    try workshop.compile("int one(void) { return 1; }", flags: ["-Wl,--hash-style=sysv"])
    #expect(try ELFImage(try bytes()).exports.contains("one"))
  }

  @Test func `6: refuses a missing entry and names the nearest export`() throws {
    try workshop.compile("int esp_plugin_entry_v2(void) { return 0; }")
    try workshop.describe()
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .elfSymbolMissing)
    #expect(refusal.detail.contains("it exports \"esp_plugin_entry_v2\""))
  }

  @Test func `6: refuses another machine`() throws {
    #expect(try patched { $0[18] = 8 }?.code == .elfMachine)
  }

  @Test(arguments: [0, 3, 63, 64, 200, 5000])
  func `6: refuses a truncated file`(length: Int) throws {
    #expect(try patched { $0.removeSubrange(length...) }?.code == .elfMalformed)
  }

  @Test func `6: refuses text`() throws {
    try workshop.write("#!/bin/sh\necho hello\n", to: "plugin.so")
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfMalformed)
  }

  @Test func `refuses an executable stack`() throws {
    try workshop.compile("#include \"plugin.h\"", flags: ["-Wl,-z,execstack"])
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfExecutableStack)
  }

  @Test func `refuses text relocations`() throws {
    try workshop.compile(
      "#include \"plugin.h\"\nstatic long place; __asm__(\".text\\n.quad place\\n\");\nlong *keep = &place;",
      flags: ["-Wl,-z,notext"]
    )
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfTextRelocation)
  }

  @Test(arguments: ["/opt/lib", ".", "$ORIGIN/../x", "$ORIGIN:/tmp"])
  func `refuses a run path that is not below the library`(path: String) throws {
    try workshop.compile("#include \"plugin.h\"", flags: ["-Wl,-rpath," + path])
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfRunPath)
  }

  @Test func `takes a run path at the library`() throws {
    try workshop.compile("#include \"plugin.h\"", flags: ["-Wl,-rpath,$ORIGIN/lib"])
    try workshop.describe()
    #expect(workshop.refusal() == nil)
  }

  @Test(arguments: ["libtorch_cpu.so", "libc10.so", "libtorch.so.2"])
  func `refuses a library of its own torch`(name: String) throws {
    try workshop.compile("int nothing;", to: name)
    try workshop.compile(
      "#include \"plugin.h\"",
      flags: ["-Wl,--no-as-needed", "-L" + workshop.plugins, "-l:" + name]
    )
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfNeeds)
  }

  @Test func `6: keeps the loader's words about an undefined symbol`() throws {
    try workshop.compile("void nowhere(void); void (*keep)(void) = nowhere;\n#include \"plugin.h\"")
    try workshop.describe()
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .loadFailed)
    #expect(refusal.detail.contains("undefined symbol: nowhere"))
  }

  @Test func `survives any change of any byte`() throws {
    try workshop.compile("int one(void) { return 1; }")
    let original = try bytes()
    var random = SeededRandom(seed: 4)
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let limit = Bool.random(using: &random) ? 1024 : bytes.count
        bytes[Int.random(in: 0..<limit, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Int.random(in: 0..<8, using: &random) == 0 {
        bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
      }
      _ = try? ELFImage(bytes)
    }
  }
}
