import Glibc
import Testing

/// Libraries of released minors in a host of a later one: a small program in C, whose tables are longer than they know.
///
/// It shows that the libraries stay within what they were built for. That today's host, grown, still fills and reads
/// what they know is shown by ``GoldenPluginTests``, in each host that is built.
@Suite(.requiresCompiler, .requiresGoldenMachine)
struct FutureHostTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func output(of plugin: GoldenPlugin, _ version: String) throws -> [String] {
    try plugin.unpack(version, into: workshop)
    let host = workshop.path + "/future_host"
    let built = try runProcess([
      "/usr/bin/cc", "-std=c11", "-O1", "-I", try FutureHeaders.write(into: workshop),
      Workshop.fixtures + "/future_host.c", "-o", host, "-ldl",
    ])
    try #require(built.status == 0, "\(built.output)")
    let result = try runProcess(
      [host, workshop.plugins + "/\(plugin.rawValue).so"],
      environment: ["LD_LIBRARY_PATH=\(try Self.standardLibrary())"]
    )
    #expect(result.status == 0)
    return result.output.split(separator: "\n").map(String.init)
  }

  /// The folder of the standard library that this process has mapped.
  private static func standardLibrary() throws -> String {
    // A file of /proc has no size, so it is read by another program.
    let maps = try runProcess(["/bin/cat", "/proc/\(getpid())/maps"]).output
    let line = try #require(maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") })
    let path = try #require(line.firstIndex(of: "/").map { line[$0...] })
    return String(path.dropLast("/libswiftCore.so".count))
  }

  @Test(arguments: GoldenPlugin.c.versions)
  func `the pruner and the loss in C`(version: String) throws {
    #expect(
      try output(of: .c, version) == [
        "org.example.golden.pruner", "0 ratio 0.25", "1 channels 0 1", "log 0990 multiply-adds",
        "plan 0", "score 0 4 16 36 64",
        "org.example.golden.loss", "forward 0 3.25", "backward 0 0.5 -0.5 0 0.5", "end",
      ]
    )
  }

  @Test(arguments: GoldenPlugin.cxx.versions)
  func `the quantizer in C++`(version: String) throws {
    #expect(
      try output(of: .cxx, version) == [
        "org.example.golden.quantizer", "float 2", "ask 2", "plan 0", "ranges 0 -0.375 1.125",
        "ranges 0 -3 1.5 -6 4.5 -9 7.5", "end",
      ]
    )
  }

  @Test(.requiresGoldenSwift, arguments: GoldenPlugin.swift.versions)
  func `the pruner in Swift`(version: String) throws {
    #expect(
      try output(of: .swift, version) == [
        "org.example.golden.swift-pruner", "0 ratio 0.25", "1 channels 0 1", "plan 0",
        "score 0 4 16 36 64", "end",
      ]
    )
  }

  @Test(arguments: GoldenPlugin.space.versions)
  func `the space in C`(version: String) throws {
    #expect(
      try output(of: .space, version) == [
        "org.example.golden.space", "dimension a 0 3", "dimension b 0 3", "dimensions 0",
        "start 0 1 1", "feasible 0 0", "0 ratio 0.375", "decode 0", "end",
      ]
    )
  }
}
