import Files
import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Testing

/// Whose files are taken: the cases 6 to 9 and 11 of the conformance list.
@Suite(.requiresCompiler)
struct TrustTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private var library: String { workshop.plugins + "/plugin.so" }

  @Test func `runs no constructor of an unpinned library`() throws {
    let marker = workshop.path + "/marker"
    try workshop.compile(
      """
      #include <fcntl.h>
      __attribute__((constructor)) static void run(void) { open("\(marker)", O_CREAT | O_WRONLY, 0600); }
      #include "plugin.h"
      """
    )
    try workshop.describe(pinned: false)
    #expect(workshop.refusal()?.code == .unpinned)
    #expect(!workshop.exists(marker))
    #expect(workshop.refusal { $0.allowsUnpinned = true } == nil)
    #expect(workshop.log.all.contains { $0.contains("loaded without a pin") })
  }

  @Test func `refuses a hash that is off by one digit`() throws {
    try workshop.plugin()
    let hash = try workshop.hash(of: "plugin.so")
    let last = hash.last == "0" ? "1" : "0"
    try workshop.describe(sha256: String(hash.dropLast()) + last)
    #expect(workshop.refusal()?.code == .hashMismatch)
  }

  @Test func `refuses a library that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(library, 0o775)
    #expect(workshop.refusal()?.code == .fileWritable)
  }

  @Test func `refuses a manifest that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.plugins + "/org.example.plugin.manifest.json", 0o666)
    #expect(workshop.refusal()?.code == .fileWritable)
  }

  @Test func `refuses a folder that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.path, 0o777)
    defer { unsafe chmod(workshop.path, 0o755) }
    #expect(workshop.refusal()?.code == .folderUntrusted)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file to another user"))
  func `refuses a file of another user`() throws {
    try workshop.plugin()
    unsafe chown(library, 12345, 12345)
    #expect(workshop.refusal()?.code == .fileOwner)
  }

  @Test func `refuses a library of more than a gibibyte without reading it`() throws {
    try workshop.plugin()
    try #require(unsafe truncate(library, (1 << 30) + 1) == 0)
    #expect(workshop.refusal()?.code == .fileTooLarge)
  }

  @Test func `refuses a symbolic link`() throws {
    try workshop.plugin()
    unsafe rename(library, workshop.plugins + "/real.so")
    unsafe symlink("real.so", library)
    #expect(workshop.refusal()?.code == .fileIsLink)
  }

  @Test(arguments: ["directory", "fifo", "device", "missing"])
  func `refuses what is not a file, without hanging`(kind: String) throws {
    try workshop.plugin()
    unsafe unlink(library)
    switch kind {
    case "directory": try workshop.makeFolder("plugins/plugin.so")
    case "fifo": unsafe mkfifo(library, 0o600)
    case "device":
      // The kind of /dev/zero, which never ends.
      try #require(unsafe mknod(library, S_IFCHR | 0o600, 0x105) == 0)
    default: break
    }
    #expect(workshop.refusal()?.code == (kind == "missing" ? .fileMissing : .fileNotRegular))
  }

  @Test func `checks neither owner nor mode beside the executable`() throws {
    try workshop.plugin()
    unsafe chmod(library, 0o777)
    let refusal = workshop.refusal { policy in
      policy.folders = [.init(path: policy.folders[0].path, origin: .builtIn)]
    }
    #expect(refusal == nil)
  }

  @Test func `runs the staged copy, not a file that was swapped in later`() throws {
    try workshop.plugin()
    let registry = workshop.registry()
    _ = try registry.description(of: "org.example.strategy")
    let staged = workshop.path + "/cache/staged/" + (try workshop.hash(of: "plugin.so"))
    // Foundation reads one page of such a file.
    let maps = try runProcess(["/bin/cat", "/proc/\(getpid())/maps"]).output
    #expect(maps.contains(staged + "/plugin.so"))
    #expect(!maps.contains(library))
    var status = stat()
    #expect(unsafe stat(staged + "/plugin.so", &status) == 0 && status.st_mode & 0o777 == 0o500)
    #expect(unsafe stat(staged, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test func `replaces a staged copy that was tampered with`() throws {
    try workshop.plugin()
    let folder = workshop.path + "/cache/staged/" + (try workshop.hash(of: "plugin.so"))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    unsafe chmod(folder, 0o700)
    try Data("evil".utf8).write(to: URL(filePath: folder + "/plugin.so"))
    #expect(workshop.refusal() == nil)
  }

  @Test func `refuses to stage where it cannot write`() throws {
    try workshop.plugin()
    #expect(workshop.refusal { $0.stagingFolder = "/proc/none" }?.code == .stagingFailed)
    #expect(workshop.refusal { $0.stagingFolder = nil }?.code == .stagingFailed)
  }

  @Test func `never looks in the current directory or LD_LIBRARY_PATH`() throws {
    for folder in PluginPolicy.standard().folders {
      #expect(folder.path.hasPrefix("/") || folder.origin == .environment)
    }
    try workshop.plugin()
    let registry = workshop.registry { $0.folders = [.init(path: ".", origin: .environment)] }
    #expect(registry.strategyIDs.isEmpty)
    guard case .refused(let refusal) = registry.listing().first?.verdict else {
      Issue.record("a relative folder was searched")
      return
    }
    #expect(refusal.code == .searchPathRelative)
  }

  @Test func `writes an audit line a load`() throws {
    try workshop.plugin()
    _ = try workshop.registry().description(of: "org.example.strategy")
    try workshop.describe(sha256: String(repeating: "0", count: 64))
    _ = workshop.refusal()
    let lines = try String(contentsOfFile: workshop.path + "/state/audit.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains(#""verdict":"loaded""#))
    #expect(lines[1].contains(#""verdict":"ESP-P302""#))
    for line in lines { _ = try JSONReader.read(Array(line.utf8)) }
  }
}
