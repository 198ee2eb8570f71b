import Files
import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Testing

/// What a plugin's library needs: the system's, bundled, or refused before any of it runs.
@Suite(.requiresCompiler)
struct NeededLibraryTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private var manifest: String { workshop.plugins + "/org.example.plugin.manifest.json" }

  /// A library whose constructor leaves a marker, and a plugin that needs it.
  private func needing(_ name: String, in folder: String, soname: Bool = true) throws {
    let source = """
      #include <fcntl.h>
      __attribute__((constructor)) static void run(void) { open("\(workshop.path)/ran-\(folder.filter { $0 != "/" })", O_CREAT | O_WRONLY, 0600); }
      int helper(void) { return 7; }
      """
    try workshop.makeFolder("plugins/" + folder)
    try workshop.compile(
      source,
      to: folder + "/" + name,
      flags: soname ? ["-Wl,-soname," + name] : []
    )
  }

  private func plugin(flags: [String]) throws {
    try workshop.compile(
      "extern int helper(void);\nint (*keep)(void) = helper;\n#include \"plugin.h\"",
      flags: flags
    )
  }

  private func ran(_ folder: String) -> Bool { workshop.exists(workshop.path + "/ran-" + folder) }

  @Test func `7: a library that is neither the system's nor bundled is refused before it runs`()
    throws
  {
    try needing("libhelper.so", in: "other")
    try plugin(flags: ["-L" + workshop.plugins + "/other", "-lhelper"])
    try workshop.describe()
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .elfNeedsUnknown)
    #expect(refusal.detail.contains("libhelper.so"))
    #expect(!ran("other"))
  }

  @Test(.requiresProgram)
  func `11: a bundled library is what runs, not a decoy in LD_LIBRARY_PATH`() throws {
    let program = try #require(BuiltIns.program)
    try needing("libespdecoy.so", in: "decoy")
    try needing("libespdecoy.so", in: ".")
    try plugin(flags: ["-L" + workshop.plugins, "-lespdecoy"])
    try workshop.describe(
      extra: #""files": {"libespdecoy.so": "\#(workshop.hash(of: "libespdecoy.so"))"},"#
    )
    let result = try runProcess(
      [program, "plugin", "info", "org.example.strategy", "--plugin", manifest],
      environment: [
        "LD_LIBRARY_PATH=" + workshop.plugins + "/decoy",
        "XDG_CACHE_HOME=" + workshop.path + "/cache",
      ]
    )
    #expect(result.status == 0, "\(result.output)")
    #expect(ran(".") && !ran("decoy"))
  }

  @Test(.requiresProgram) func `11: a library of the system is not taken from LD_LIBRARY_PATH`()
    throws
  {
    let program = try #require(BuiltIns.program)
    // libgomp is the system's, and the host has not mapped it.
    try needing("libgomp.so.1", in: "decoy")
    try plugin(flags: ["-L" + workshop.plugins + "/decoy", "-l:libgomp.so.1"])
    try workshop.describe()
    let result = try runProcess(
      [program, "plugin", "info", "org.example.strategy", "--plugin", manifest],
      environment: [
        "LD_LIBRARY_PATH=" + workshop.plugins + "/decoy",
        "XDG_CACHE_HOME=" + workshop.path + "/cache",
      ]
    )
    // The system's has no such function, or there is none: either way the decoy does not run.
    #expect(result.status != 0 && result.output.contains("ESP-P601"), "\(result.output)")
    #expect(!ran("decoy"))
  }

  @Test func `a bundled library must have its hash, and the hash must be its own`() throws {
    try needing("libown1.so", in: ".")
    try plugin(flags: ["-L" + workshop.plugins, "-lown1"])
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfNeedsUnknown)
    let other = try workshop.hash(of: "plugin.so")
    try workshop.describe(extra: #""files": {"libown1.so": "\#(other)"},"#)
    #expect(workshop.refusal()?.code == .hashMismatch)
    try workshop.describe(
      extra: #""files": {"libown1.so": "\#(workshop.hash(of: "libown1.so"))"},"#
    )
    unsafe chmod(workshop.plugins + "/libown1.so", 0o775)
    #expect(workshop.refusal()?.code == .fileWritable)
    unsafe chmod(workshop.plugins + "/libown1.so", 0o755)
    #expect(!ran("."))
    #expect(workshop.refusal() == nil)
    #expect(ran("."))
  }

  @Test func `a bundled library without its name inside is refused with the option to link it by`()
    throws
  {
    try needing("libown2.so", in: ".", soname: false)
    try plugin(flags: ["-L" + workshop.plugins, "-lown2"])
    try workshop.describe(
      extra: #""files": {"libown2.so": "\#(workshop.hash(of: "libown2.so"))"},"#
    )
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .elfNeedsUnknown)
    #expect(refusal.detail.contains("-Wl,-soname,libown2.so"))
  }

  @Test func `what a bundled library needs is followed`() throws {
    try needing("libdeep.so", in: ".")
    try workshop.compile(
      "extern int helper(void);\nint outer(void) { return helper(); }",
      to: "libown3.so",
      flags: ["-Wl,-soname,libown3.so", "-L" + workshop.plugins, "-ldeep"]
    )
    try workshop.compile(
      "extern int outer(void);\nint (*keep)(void) = outer;\n#include \"plugin.h\"",
      flags: ["-L" + workshop.plugins, "-lown3", "-Wl,--allow-shlib-undefined"]
    )
    let own = #""libown3.so": "\#(try workshop.hash(of: "libown3.so"))""#
    try workshop.describe(extra: #""files": {\#(own)},"#)
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .elfNeedsUnknown && refusal.path.hasSuffix("/libown3.so"))
    let deep = #""libdeep.so": "\#(try workshop.hash(of: "libdeep.so"))""#
    try workshop.describe(extra: #""files": {\#(own), \#(deep)},"#)
    #expect(workshop.refusal() == nil)
  }

  @Test func `12: two plugins with different libraries of one name are not mixed up`() throws {
    var registries: [PluginRegistry] = []
    for (name, value) in [("a", "7"), ("b", "8")] {
      try workshop.makeFolder("plugins/" + name)
      try workshop.compile(
        "int helper(void) { return \(value); }",
        to: name + "/libclash.so",
        flags: ["-Wl,-soname,libclash.so"]
      )
      try workshop.compile(
        "#define ID \"org.example.\(name)\"\nextern int helper(void);\nint (*keep)(void) = helper;\n#include \"plugin.h\"",
        to: name + "/plugin.so",
        flags: ["-L" + workshop.plugins + "/" + name, "-lclash"]
      )
      try workshop.describe(
        "org.example." + name,
        library: name + "/plugin.so",
        extra: #""files": {"libclash.so": "\#(workshop.hash(of: name + "/libclash.so"))"},"#,
        file: name + ".manifest.json"
      )
      registries.append(
        workshop.registry {
          $0.folders = []
          $0.manifests = [workshop.plugins + "/\(name).manifest.json"]
        }
      )
    }
    _ = try registries[0].description(of: "org.example.strategy")
    let error = #expect(throws: PluginHostError.self) {
      _ = try registries[1].description(of: "org.example.strategy")
    }
    #expect(error?.refusal?.code == .libraryClash)
  }

  @Test(arguments: ["--filter", "--auxiliary", "--audit", "--depaudit"])
  func `7: a library that the loader would take for a part of the plugin is refused`(
    option: String
  ) throws {
    try needing("libfilter.so", in: "other")
    try workshop.compile(
      "#include \"plugin.h\"",
      flags: ["-Wl,\(option)=\(workshop.plugins)/other/libfilter.so"]
    )
    try workshop.describe()
    #expect(workshop.refusal()?.code == .elfFilter)
    #expect(!ran("other"))
  }

  @Test func `a strange id of the built-ins' is refused`() throws {
    try workshop.plugin()
    try workshop.describe("espalier.fixed", file: "org.example.plugin.manifest.json")
    #expect(workshop.refusal()?.code == .identifierReserved)
    try workshop.describe(strategies: ["espalier.own"])
    #expect(workshop.refusal()?.code == .identifierReserved)
  }
}
