import Files
import FoundationEssentials
import Glibc
import Packaging
import PluginHost
import PluginKit
import Testing

/// Plugins packed, installed, held against the lock, removed.
@Suite(.requiresCompiler)
struct InstallationTests {
  private let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try workshop.makeFolder("made")
  }

  private var folder: String { workshop.path + "/data/plugins.d" }
  private var place: String { folder + "/org.example.plugin" }

  private func installation() -> Installation {
    var policy = PluginPolicy()
    policy.keyPaths = [workshop.path + "/config/trusted-keys"]
    return Installation(folder: folder, policy: policy)
  }

  /// The archive of the fixture plugin; another ratio makes another library.
  private func archive(ratio: Double = 0.5, key: SecretKey? = nil) throws -> String {
    try workshop.compile("#define BODY_RATIO \(ratio)\n#include \"plugin.h\"")
    try workshop.describe(file: "manifest.json")
    let packing = try Packing(workshop.plugins, key: key)
    let path = workshop.path + "/made/plugin\(PluginArchive.ending)"
    try Data(packing.archive).write(to: URL(filePath: path))
    return path
  }

  private func refusal() -> Refusal? {
    workshop.refusal {
      $0.folders = [.init(path: folder, origin: .user)]
      $0.keyPaths = [workshop.path + "/config/trusted-keys"]
    }
  }

  /// Puts another library with a manifest that fits it where the plugin was installed.
  private func replaceBoth() throws {
    _ = try archive(ratio: 0.25)
    for name in ["plugin.so", "manifest.json"] {
      let bytes = try Data(contentsOf: URL(filePath: workshop.plugins + "/" + name))
      try bytes.write(to: URL(filePath: place + "/" + name))
      unsafe chmod(place + "/" + name, 0o644)
    }
  }

  @Test func `a packed plugin is installed and runs by its name`() throws {
    let (entry, before) = try installation().add(PluginFiles(path: archive()), replaces: false)
    #expect(before == nil)
    #expect(entry.files["plugin.so"] == (try workshop.hash(of: "plugin.so")))
    #expect(refusal() == nil)
    var status = stat()
    #expect(unsafe stat(place, &status) == 0 && status.st_mode & 0o777 == 0o755)
    let lock = try #require(try PluginLock.read(in: folder))
    #expect(lock.entries["org.example.plugin"] == entry)
    #expect(
      try Folder.names(in: folder).filter { $0.hasPrefix(".new") || $0.hasPrefix(".old") } == []
    )
  }

  @Test func `a manifest and a library that were both replaced are refused by the lock`() throws {
    try installation().add(PluginFiles(path: archive()), replaces: false)
    try replaceBoth()
    let refusal = try #require(self.refusal())
    #expect(refusal.code == .lockMismatch)
    #expect(refusal.path == place + "/manifest.json")
  }

  @Test func `an unpinned library that was replaced is refused by the lock`() throws {
    try installation().add(PluginFiles(path: archive()), replaces: false)
    // A manifest without a pin would take any library; the lock has the first one's hash.
    var lock = try #require(try PluginLock.read(in: folder))
    let old = try #require(lock.entries["org.example.plugin"])
    try replaceBoth()
    let text = try String(contentsOfFile: place + "/manifest.json", encoding: .utf8)
    let unpinned = text.replacing(try workshop.hash(of: "plugin.so"), with: "")
    try Data(unpinned.utf8).write(to: URL(filePath: place + "/manifest.json"))
    lock.entries[old.id] = PluginLock.Entry(
      id: old.id,
      version: old.version,
      manifest: SHA256.hexadecimal(of: Array(unpinned.utf8).span),
      files: old.files,
      installed: old.installed,
      by: old.by,
      signer: nil
    )
    try lock.write(in: folder)
    let refusal = workshop.refusal {
      $0.folders = [.init(path: folder, origin: .user)]
      $0.allowsUnpinned = true
    }
    #expect(refusal?.code == .lockMismatch)
  }

  @Test func `a plugin that was dropped into a locked folder is refused`() throws {
    try installation().add(PluginFiles(path: archive()), replaces: false)
    try workshop.describe("org.example.dropped", strategies: ["org.example.dropped"])
    try FileManager.default.createDirectory(
      atPath: folder + "/dropped",
      withIntermediateDirectories: true
    )
    for (from, to) in [
      ("org.example.dropped.manifest.json", "manifest.json"), ("plugin.so", "plugin.so"),
    ] {
      try FileManager.default.copyItem(
        atPath: workshop.plugins + "/" + from,
        toPath: folder + "/dropped/" + to
      )
    }
    let registry = workshop.registry { $0.folders = [.init(path: folder, origin: .user)] }
    let refused = registry.listing().first { $0.manifest?.id == "org.example.dropped" }
    guard case .refused(let refusal) = refused?.verdict else {
      Issue.record("it was taken")
      return
    }
    #expect(refusal.code == .notLocked)
    #expect(self.refusal() == nil)
  }

  @Test func `a lock that cannot be read refuses what is in its folder`() throws {
    try installation().add(PluginFiles(path: archive()), replaces: false)
    for text in ["", "{}", #"{"schema": "espalier.plugins-lock/1", "plugins": [{"id": 1}]}"#] {
      try Data(text.utf8).write(to: URL(filePath: folder + "/plugins.lock"))
      #expect(refusal()?.code == .trustMalformed)
    }
    unsafe chmod(folder + "/plugins.lock", 0o666)
    #expect(refusal()?.code == .fileWritable)
  }

  @Test func `another version needs to be asked for, and takes the first one's place`() throws {
    let first = try PluginFiles(path: archive())
    try installation().add(first, replaces: false)
    let second = try PluginFiles(path: archive(ratio: 0.25))
    let error = #expect(throws: Refusal.self) { try installation().add(second, replaces: false) }
    #expect(error?.code == .alreadyInstalled)
    let (entry, before) = try installation().add(second, replaces: true)
    #expect(before?.files == first.hashes && entry.files == second.hashes)
    #expect(refusal() == nil)
  }

  @Test func `a removed plugin is gone, and one that was never there is said to be`() throws {
    try installation().add(PluginFiles(path: archive()), replaces: false)
    try installation().remove("org.example.plugin")
    #expect(!workshop.exists(place))
    let error = #expect(throws: Refusal.self) { try installation().remove("org.example.plugin") }
    #expect(error?.code == .notInstalled)
  }

  @Test func `a signature that is taken away again is missed by the lock`() throws {
    let key = SecretKey()
    let path = try archive(key: key)
    #expect(throws: Refusal.self) {
      try installation().add(PluginFiles(path: path), replaces: false)
    }
    try TrustedKeys.add(key.publicKey, name: "vendor", to: workshop.path + "/config/trusted-keys")
    let entry = try installation().add(PluginFiles(path: path), replaces: false).entry
    #expect(entry.signer == key.publicKey.hexadecimal)
    #expect(refusal() == nil)
    unsafe unlink(place + "/manifest.json.sig")
    #expect(refusal()?.code == .lockMismatch)
  }

  @Test func `plugins that lay in a folder before its first lock stay usable`() throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/old",
      withIntermediateDirectories: true
    )
    try workshop.compile(
      "#define ID \"org.example.old\"\n#define STRATEGY \"org.example.old\"\n#include \"plugin.h\""
    )
    try workshop.describe("org.example.old", strategies: ["org.example.old"])
    for (from, to) in [
      ("org.example.old.manifest.json", "manifest.json"), ("plugin.so", "plugin.so"),
    ] {
      try FileManager.default.copyItem(
        atPath: workshop.plugins + "/" + from,
        toPath: folder + "/old/" + to
      )
    }
    unsafe unlink(workshop.plugins + "/org.example.old.manifest.json")
    try installation().add(PluginFiles(path: archive()), replaces: false)
    let listing = workshop.registry { $0.folders = [.init(path: folder, origin: .user)] }.listing()
    #expect(listing.map(\.verdict) == [.ready, .ready])
  }

  @Test func `many at once leave a lock with all of them`() async throws {
    var paths: [String] = []
    for index in 0..<6 {
      try workshop.makeFolder("plugins/\(index)")
      try workshop.compile(
        "#define ID \"org.example.p\(index)\"\n#include \"plugin.h\"",
        to: "\(index)/plugin.so"
      )
      try workshop.describe(
        "org.example.p\(index)",
        sha256: workshop.hash(of: "\(index)/plugin.so"),
        file: "\(index)/manifest.json"
      )
      paths.append(workshop.plugins + "/\(index)")
    }
    let installation = installation()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for path in paths {
        group.addTask { _ = try installation.add(PluginFiles(path: path), replaces: false) }
      }
      try await group.waitForAll()
    }
    let lock = try #require(try PluginLock.read(in: folder))
    #expect(lock.entries.keys.sorted() == (0..<6).map { "org.example.p\($0)" })
  }

  @Test
  func `packing fills in hashes, takes needed libraries along, and gives the same bytes again`()
    throws
  {
    try workshop.compile(
      "int helper(void) { return 1; }",
      to: "libpacked.so",
      flags: ["-Wl,-soname,libpacked.so"]
    )
    try workshop.compile(
      "extern int helper(void);\nint (*keep)(void) = helper;\n#include \"plugin.h\"",
      flags: ["-L" + workshop.plugins, "-lpacked"]
    )
    try workshop.describe(pinned: false, file: "manifest.json")
    let packing = try Packing(workshop.plugins)
    #expect(packing.files.members.map(\.name) == ["libpacked.so", "manifest.json", "plugin.so"])
    #expect(packing.files.manifest.sha256 == (try workshop.hash(of: "plugin.so")))
    #expect(packing.files.manifest.files.map(\.name) == ["libpacked.so"])
    #expect(try Packing(workshop.plugins).archive == packing.archive)
    let path = workshop.path + "/made/plugin" + PluginArchive.ending
    try Data(packing.archive).write(to: URL(filePath: path))
    try installation().add(PluginFiles(path: path), replaces: false)
    #expect(refusal() == nil)
  }

  @Test func `what the checks refuse is not installed, and nothing is left`() throws {
    try workshop.compile("#include \"plugin.h\"", flags: ["-Wl,-z,execstack"])
    try workshop.describe(file: "manifest.json")
    let path = workshop.path + "/made/plugin" + PluginArchive.ending
    try Data(Packing(workshop.plugins).archive).write(to: URL(filePath: path))
    let error = #expect(throws: Refusal.self) {
      try installation().add(PluginFiles(path: path), replaces: false)
    }
    #expect(error?.code == .elfExecutableStack)
    #expect(error?.path.hasPrefix(path) == true)
    #expect(try Folder.names(in: folder).filter { !$0.hasPrefix(".plugins.lock") } == [])
  }
}
