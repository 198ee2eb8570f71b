import FoundationEssentials
import Glibc
import Packaging
import PluginHost
import Testing

/// What may come in an archive: made by tar, as an attacker would make it.
struct ArchiveTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func tar(_ arguments: [String]) throws -> [UInt8] {
    let path = workshop.path + "/x.tar.gz"
    let result = try runProcess(
      ["/bin/tar", "-C", workshop.plugins, "-czf", path, "--format=gnu"] + arguments
    )
    try #require(result.status == 0, "\(result.output)")
    return Array(try Data(contentsOf: URL(filePath: path)))
  }

  private func code(
    _ bytes: [UInt8],
    _ change: (inout PluginArchive.Limits) -> Void = { _ in }
  ) -> Refusal.Code? {
    var limits = PluginArchive.Limits()
    change(&limits)
    do throws(Refusal) {
      _ = try PluginArchive.read(bytes, path: "x", limits: limits)
      return nil
    } catch { return error.code }
  }

  @Test func `regular files of plain names are read`() throws {
    try workshop.makeFolder("plugins/lib")
    try workshop.write("{}", to: "manifest.json")
    try workshop.write("x", to: "lib/x.so")
    let members = try PluginArchive.read(tar(["manifest.json", "lib/x.so"]), path: "x")
    #expect(members.map(\.name) == ["manifest.json", "lib/x.so"])
    #expect(members[0].bytes == Array("{}".utf8))
  }

  @Test(arguments: [
    "s,^,../,", "s,^,/etc/,", "s,^,a/../../,", "s,^,./,", "s,^,.hidden,", "s,^,a//b/,",
    "s,x$,x\\n,",
  ])
  func `names that lead elsewhere are refused`(transform: String) throws {
    try workshop.write("{}", to: "x")
    #expect(code(try tar(["-P", "--transform", transform, "x"])) == .archiveMember)
  }

  @Test func `links, folders, pipes and devices are refused`() throws {
    try workshop.write("{}", to: "real")
    unsafe symlink("/etc/passwd", workshop.plugins + "/soft")
    unsafe link(workshop.plugins + "/real", workshop.plugins + "/hard")
    unsafe mkfifo(workshop.plugins + "/pipe", 0o600)
    try workshop.makeFolder("plugins/folder")
    #expect(code(try tar(["soft"])) == .archiveMember)
    #expect(code(try tar(["real", "hard"])) == .archiveMember)
    #expect(code(try tar(["pipe"])) == .archiveMember)
    #expect(code(try tar(["folder"])) == .archiveMember)
    if getuid() == 0 {
      try #require(unsafe mknod(workshop.plugins + "/zero", S_IFCHR | 0o600, 0x105) == 0)
      #expect(code(try tar(["zero"])) == .archiveMember)
    }
  }

  @Test func `a name that stands twice is refused`() throws {
    try workshop.write("{}", to: "x")
    #expect(code(try tar(["x", "./x", "--transform", "s,^./,,"])) == .archiveMember)
  }

  @Test func `a small archive of many zeros is refused before it is unpacked`() throws {
    let path = workshop.plugins + "/zeros"
    try Data().write(to: URL(filePath: path))
    try #require(unsafe truncate(path, 64 << 20) == 0)
    let bytes = try tar(["zeros"])
    #expect(bytes.count < 100_000)
    #expect(code(bytes) { $0.bytes = 1 << 20 } == .archiveTooLarge)
    #expect(code(bytes) == nil)
    for index in 0..<5 { try workshop.write("x", to: "f\(index)") }
    #expect(code(try tar((0..<5).map { "f\($0)" })) { $0.members = 4 } == .archiveTooLarge)
  }

  @Test func `what is no archive, or is cut off, is refused`() throws {
    #expect(code([]) == .archiveMalformed)
    #expect(code(Array("hello, this is text".utf8)) == .archiveMalformed)
    try workshop.write(String(repeating: "abc", count: 5000), to: "x")
    let bytes = try tar(["x"])
    #expect(code(Array(bytes.prefix(bytes.count / 2))) == .archiveMalformed)
  }

  @Test func `an archive's files are those that its manifest names, no more and no fewer`() throws {
    let manifest = PluginArchive.Member(
      name: "manifest.json",
      bytes: Array(
        FunctionManifest.manifest(
          FunctionManifest.scorer,
          sha256: String(repeating: "0", count: 64)
        ).utf8
      )
    )
    let library = PluginArchive.Member(name: "plugin.so", bytes: [1])
    let stray = PluginArchive.Member(name: "stray", bytes: [1])
    func code(_ members: [PluginArchive.Member]) -> Refusal.Code? {
      do throws(Refusal) {
        _ = try PluginFiles(members, source: "x")
        return nil
      } catch { return error.code }
    }
    #expect(code([library]) == .archiveMember)
    #expect(code([manifest]) == .archiveMember)
    #expect(code([manifest, library, stray]) == .archiveMember)
    #expect(code([manifest, library]) == .hashMismatch)
  }

  @Test func `any change of any byte of an archive is survived`() throws {
    try workshop.write(FunctionManifest.l2, to: "manifest.json")
    try workshop.write("x", to: "plugin.so")
    let original = try tar(["manifest.json", "plugin.so"])
    var random = SeededRandom(seed: 26)
    for _ in 0..<3000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255,
          using: &random
        )
      }
      _ = code(bytes)
    }
  }
}
