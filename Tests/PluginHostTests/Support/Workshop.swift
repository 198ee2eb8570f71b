import Files
import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Synchronization
import Testing

/// A folder of its own for one test, with a C compiler: plugins are built, described and found in it.
final class Workshop: Sendable {
  let path: String
  let log = LogBook()

  init() throws {
    var template = Array("/tmp/espalier-plugins-XXXXXX".utf8CString)
    path = try unsafe template.withUnsafeMutableBufferPointer { buffer in
      let base = unsafe try #require(buffer.baseAddress)
      let made = unsafe try #require(mkdtemp(base))
      return unsafe String(cString: made)
    }
    for folder in ["plugins", "cache"] { try makeFolder(folder) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var plugins: String { path + "/plugins" }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755]
    )
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Writes a file below `plugins`.
  func write(_ text: String, to name: String) throws {
    let file = plugins + "/" + name
    try Data(text.utf8).write(to: URL(filePath: file))
    unsafe chmod(file, 0o644)
  }

  /// Compiles C or C++ to a shared library in `plugins`.
  func compile(
    _ source: String,
    to library: String = "plugin.so",
    cxx: Bool = false,
    flags: [String] = [],
    headers: String = Workshop.headers
  ) throws {
    let file = path + "/source." + (cxx ? "cpp" : "c")
    try Data(source.utf8).write(to: URL(filePath: file))
    let result = try runProcess(
      [cxx ? "/usr/bin/c++" : "/usr/bin/cc", "-shared", "-fPIC", "-O1", "-w"]
        + ["-I", headers, "-I", Workshop.fixtures, file, "-o", plugins + "/" + library]
        + flags
    )
    try #require(result.status == 0, "\(result.output)")
    unsafe chmod(plugins + "/" + library, 0o755)
  }

  /// Writes a manifest for the library, with its hash unless told otherwise.
  func describe(
    _ id: String = "org.example.plugin",
    library: String = "plugin.so",
    strategies: [String] = ["org.example.strategy"],
    sha256: String? = nil,
    pinned: Bool = true,
    extra: String = "",
    file: String? = nil
  ) throws {
    let hash = try pinned ? sha256 ?? hash(of: library) : ""
    let list = strategies.map { #"{"id": "\#($0)", "interface": "esp.pruner/1"}"# }
    try write(
      """
      {"manifest": 1, "id": "\(id)", "version": "1.0.0", "library": "\(library)",
       "sha256": "\(hash)", "abi": "esp/1", \(extra)
       "strategies": [\(list.joined(separator: ", "))]}
      """,
      to: file ?? id + ".manifest.json"
    )
  }

  /// Compiles the fixture plugin with one thing changed, and describes it.
  func plugin(_ change: String = "", cxx: Bool = false, flags: [String] = []) throws {
    try compile(change + "\n#include \"plugin.h\"\n", cxx: cxx, flags: flags)
    try describe()
  }

  func hash(of library: String) throws -> String {
    let data = try Data(contentsOf: URL(filePath: plugins + "/" + library))
    return SHA256.hexadecimal(of: Array(data).span)
  }

  /// A policy that searches only this workshop.
  var policy: PluginPolicy {
    var policy = PluginPolicy(folders: [.init(path: plugins, origin: .user)])
    policy.stagingFolder = path + "/cache/staged"
    policy.auditPath = path + "/state/audit.jsonl"
    return policy
  }

  func registry(_ change: (inout PluginPolicy) -> Void = { _ in }) -> PluginRegistry {
    var policy = policy
    change(&policy)
    let log = log
    return PluginRegistry(policy: policy) { level, plugin, message in
      log.add("\(level) \(plugin): \(message)")
    }
  }

  /// The refusal that loading the strategy ends with.
  func refusal(
    of strategy: String = "org.example.strategy",
    _ change: (inout PluginPolicy) -> Void = { _ in }
  ) -> Refusal? {
    let registry = registry(change)
    do throws(PluginHostError) {
      _ = try registry.description(of: strategy)
      return nil
    } catch {
      if case .refused(_, let refusal) = error { return refusal }
      // A manifest that was refused offers nothing: the listing says why.
      for case .refused(let refusal) in registry.listing().map(\.verdict) { return refusal }
      Issue.record("\(error)")
      return nil
    }
  }

  static let packageRoot: String = {
    var parts = #filePath.split(separator: "/").dropLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  static var fixtures: String { packageRoot + "/Tests/PluginHostTests/Fixtures" }
  static var headers: String { packageRoot + "/Sources/CEspalier/include" }

  static let hasCompiler =
    unsafe access("/usr/bin/cc", X_OK) == 0 && access("/usr/bin/c++", X_OK) == 0
}

/// What plugins said.
final class LogBook: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

extension Trait where Self == ConditionTrait {
  /// Fixtures are built while the test runs.
  static var requiresCompiler: Self {
    .enabled("there is no C compiler at /usr/bin/cc and /usr/bin/c++") { Workshop.hasCompiler }
  }
}
