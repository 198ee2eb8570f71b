import Files
import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Synchronization
import Testing

/// Whose files are taken: the cases 6 to 9 and 11 of the conformance list.
@Suite(.requiresCompiler)
struct TrustTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private var library: String { workshop.plugins + "/plugin.so" }

  @Test func `7: runs no constructor of an unpinned library`() throws {
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

  @Test func `8: refuses a hash that is off by one digit`() throws {
    try workshop.plugin()
    let hash = try workshop.hash(of: "plugin.so")
    let last = hash.last == "0" ? "1" : "0"
    try workshop.describe(sha256: String(hash.dropLast()) + last)
    #expect(workshop.refusal()?.code == .hashMismatch)
  }

  @Test func `8: refuses a library that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(library, 0o775)
    #expect(workshop.refusal()?.code == .fileWritable)
  }

  @Test func `8: refuses a manifest that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.plugins + "/org.example.plugin.manifest.json", 0o666)
    #expect(workshop.refusal()?.code == .fileWritable)
  }

  @Test func `8: refuses a folder that others may write`() throws {
    try workshop.plugin()
    unsafe chmod(workshop.path, 0o777)
    defer { unsafe chmod(workshop.path, 0o755) }
    #expect(workshop.refusal()?.code == .folderUntrusted)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file to another user"))
  func `8: refuses a file of another user`() throws {
    try workshop.plugin()
    unsafe chown(library, 12345, 12345)
    #expect(workshop.refusal()?.code == .fileOwner)
  }

  @Test func `refuses a library of more than a gibibyte without reading it`() throws {
    try workshop.plugin()
    try #require(unsafe truncate(library, (1 << 30) + 1) == 0)
    #expect(workshop.refusal()?.code == .fileTooLarge)
  }

  @Test func `8: refuses a symbolic link`() throws {
    try workshop.plugin()
    unsafe rename(library, workshop.plugins + "/real.so")
    unsafe symlink("real.so", library)
    #expect(workshop.refusal()?.code == .fileIsLink)
  }

  @Test(arguments: ["directory", "fifo", "device", "missing"])
  func `6: refuses what is not a file, without hanging`(kind: String) throws {
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

  @Test func `9: runs the staged copy, not a file that was swapped in later`() throws {
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

  @Test func `9: a file that is swapped between hash and load is not what runs`() throws {
    try workshop.compile("#define BODY_RATIO 0.25\n#include \"plugin.h\"", to: "evil.so")
    try workshop.plugin()
    let evil = try Data(contentsOf: URL(filePath: workshop.plugins + "/evil.so"))
    let swapped = Mutex(0)
    let (library, policy) = (library, workshop.policy)
    let registry = PluginRegistry(policy: policy) { _, _, _ in
    } observe: { step, _ in
      // The hash is right: whatever the name leads to now is another file.
      guard step == .pin else { return }
      unsafe unlink(library)
      try? evil.write(to: URL(filePath: library))
      swapped.withLock { $0 += 1 }
    }
    let right = try workshop.hash(of: "plugin.so")
    let provenance = try registry.provenance(of: "org.example.strategy")
    #expect(swapped.withLock { $0 } == 1)
    #expect(try workshop.hash(of: "plugin.so") != right)
    #expect(provenance.sha256 == right)
    let maps = try runProcess(["/bin/cat", "/proc/\(getpid())/maps"]).output
    #expect(maps.contains("/cache/staged/\(right)/plugin.so"))
    let staged = try Data(
      contentsOf: URL(filePath: workshop.path + "/cache/staged/\(right)/plugin.so")
    )
    #expect(SHA256.hexadecimal(of: Array(staged).span) == right)
  }

  @Test
  func
    `8: refuses a library below a folder that is a link, and takes a linked folder of the manifest`()
    throws
  {
    try workshop.makeFolder("plugins/real")
    try workshop.compile("#include \"plugin.h\"", to: "real/plugin.so")
    unsafe symlink("real", workshop.plugins + "/sub")
    try workshop.describe(library: "real/plugin.so")
    #expect(workshop.refusal() == nil)
    try workshop.describe(library: "sub/plugin.so", sha256: workshop.hash(of: "real/plugin.so"))
    #expect(workshop.refusal()?.code == .folderIsLink)
    // The user's own way to the manifest may have links.
    try workshop.describe(library: "real/plugin.so")
    unsafe symlink(workshop.plugins, workshop.path + "/linked")
    let refusal = workshop.refusal {
      $0.folders = [.init(path: workshop.path + "/linked", origin: .user)]
    }
    #expect(refusal == nil)
  }

  @Test func `8: refuses a folder between the manifest and the library that others may write`()
    throws
  {
    try workshop.makeFolder("plugins/real")
    try workshop.compile("#include \"plugin.h\"", to: "real/plugin.so")
    try workshop.describe(library: "real/plugin.so")
    unsafe chmod(workshop.plugins + "/real", 0o777)
    #expect(workshop.refusal()?.code == .folderUntrusted)
  }

  @Test func `copies that were not used for long are swept, and the oldest beyond a size`() throws {
    try workshop.plugin()
    let folder = workshop.path + "/cache/staged"
    func make(_ name: String, bytes: Int, days: Int) throws {
      try workshop.makeFolder("cache/staged/\(name)")
      try Data(count: bytes).write(to: URL(filePath: "\(folder)/\(name)/x.so"))
      let used = timeval(tv_sec: time(nil) - days * 86_400, tv_usec: 0)
      #expect(unsafe utimes("\(folder)/\(name)", [used, used]) == 0)
    }
    try make("old", bytes: 10, days: 31)
    try make("young", bytes: 10, days: 29)
    #expect(workshop.refusal() == nil)
    #expect(!workshop.exists(folder + "/old") && workshop.exists(folder + "/young"))
    try make("large", bytes: 5000, days: 2)
    var sweep = StagingSweep(folder: folder)
    sweep.size = 4000
    #expect(sweep.run() >= 1)
    #expect(!workshop.exists(folder + "/young") && !workshop.exists(folder + "/large"))
    // The newest is what may be in use.
    #expect(workshop.exists(folder + "/" + (try workshop.hash(of: "plugin.so"))))
  }

  @Test func `a copy is not swept while another run stages`() throws {
    try workshop.makeFolder("cache/staged/old")
    let folder = workshop.path + "/cache/staged"
    let used = timeval(tv_sec: time(nil) - 40 * 86_400, tv_usec: 0)
    #expect(unsafe utimes("\(folder)/old", [used, used]) == 0)
    let lock = unsafe open(folder + "/.lock", O_RDWR | O_CREAT, 0o600)
    #expect(flock(lock, LOCK_SH) == 0)
    #expect(StagingSweep(folder: folder).run() == 0)
    #expect(workshop.exists(folder + "/old"))
    close(lock)
    #expect(StagingSweep(folder: folder).run() == 1)
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

  @Test func `11: never looks in the current directory or LD_LIBRARY_PATH`() throws {
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
