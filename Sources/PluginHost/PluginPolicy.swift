import CGuard
import Glibc

/// Where plugins are looked for and what is demanded of them: a value, so that two tests never meet.
package struct PluginPolicy: Sendable, Hashable {
  /// How a candidate was found, in the order of precedence.
  package enum Origin: String, Sendable, Hashable {
    case named = "--plugin"
    case environment = "ESPALIER_PLUGIN_PATH"
    case user = "$XDG_DATA_HOME/espalier/plugins.d"
    case machine = "/etc/espalier/plugins.d"
    case system = "/usr/lib/espalier/plugins"
    case builtIn = "beside the executable"
  }

  /// In which process plugins run.
  package enum Isolation: Sendable, Hashable {
    /// As each manifest says.
    case asListed
    /// Every plugin that is not built in has a process of its own.
    case always
    /// Built-ins too.
    case everything
    /// All in this one, which is such a process.
    case never
  }

  package struct Folder: Sendable, Hashable {
    package let path: String
    package let origin: Origin

    package init(path: String, origin: Origin) {
      self.path = path
      self.origin = origin
    }
  }

  /// Manifests given by name; they come first.
  package var manifests: [String]
  /// Folders in the order of search.
  package var folders: [Folder]
  /// Takes a library whose manifest has no sha256.
  package var allowsUnpinned = false
  /// Runs code in this process that asks for a worker or has no record of validation.
  package var allowsUnvalidated = false
  /// Maps libraries from sealed memory in place of a staged file.
  package var isStrict = false
  /// Files of the keys whose signatures are taken.
  package var keyPaths: [String] = []
  /// Takes a library that crashed, hung or left a call before.
  package var allowsQuarantined = false
  /// Seconds that one call may take of a plugin's own time until it is asked to stop; 0 for ever.
  package var deadline = 300.0
  /// Takes built-ins only.
  package var isSafeMode = false
  /// The one manifest that is looked at; `nil` for all.
  package var only: String?
  /// Globs of plugin ids that are left out.
  package var disabled: [String] = []
  /// Where checked libraries are copied to; `nil` where the environment names no home.
  package var stagingFolder: String?
  /// Where records of validation lie; `nil` for nowhere.
  package var validationFolder: String?
  /// In which process plugins run.
  package var isolation = Isolation.asListed
  /// What is started, with `plugin worker`, to run a plugin in a process of its own; `nil` for nothing.
  package var workerProgram: String?
  /// Where loads are recorded; `nil` for nowhere.
  package var auditPath: String?

  /// Where libraries that crash are remembered; `nil` for nowhere.
  package var quarantine: Quarantine?

  package init(manifests: [String] = [], folders: [Folder] = []) {
    self.manifests = manifests
    self.folders = folders
  }

  /// The policy of a run: the search order of docs/plugins.md.
  ///
  /// The current directory and LD_LIBRARY_PATH are never asked; the environment is not, in a
  /// privileged process.
  package static func standard(manifests: [String] = []) -> PluginPolicy {
    var policy = PluginPolicy(manifests: manifests)
    for path in environment("ESPALIER_PLUGIN_PATH")?.split(separator: ":") ?? [] {
      policy.folders.append(Folder(path: String(path), origin: .environment))
    }
    if let path = userKeyPath { policy.keyPaths.append(path) }
    policy.keyPaths.append("/etc/espalier/trusted-keys")
    if let data = base("XDG_DATA_HOME", ".local/share") {
      policy.folders.append(Folder(path: data + "/espalier/plugins.d", origin: .user))
    }
    policy.folders.append(Folder(path: "/etc/espalier/plugins.d", origin: .machine))
    policy.folders.append(Folder(path: "/usr/lib/espalier/plugins", origin: .system))
    if let folder = executableFolder {
      policy.folders.append(Folder(path: folder, origin: .builtIn))
    }
    let disabled = environment("ESPALIER_PLUGINS_DISABLE") ?? ""
    policy.disabled = disabled.split(separator: ",").map(String.init)
    if let seconds = environment("ESPALIER_PLUGIN_DEADLINE").flatMap(Double.init), seconds >= 0 {
      policy.deadline = seconds
    }
    policy.stagingFolder = base("XDG_CACHE_HOME", ".cache").map { $0 + "/espalier/staged" }
    policy.validationFolder = base("XDG_STATE_HOME", ".local/state").map {
      $0 + "/espalier/validated"
    }
    policy.workerProgram = "/proc/self/exe"
    policy.auditPath = base("XDG_STATE_HOME", ".local/state").map { $0 + "/espalier/audit.jsonl" }
    policy.quarantine = base("XDG_STATE_HOME", ".local/state").map {
      Quarantine(folder: $0 + "/espalier/quarantine")
    }
    return policy
  }

  /// Where this user's trusted keys are written.
  package static var userKeyPath: String? {
    base("XDG_CONFIG_HOME", ".config").map { $0 + "/espalier/trusted-keys" }
  }

  /// A folder of the user's, by its variable or below the home.
  private static func base(_ variable: String, _ fallback: String) -> String? {
    let value = environment(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
    return value ?? environment("HOME").map { $0 + "/" + fallback }
  }

  /// A variable, unless the process is privileged or the variable is empty.
  private static func environment(_ name: String) -> String? {
    guard let value = unsafe esp_environment(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The folder of this process's program, where the built-ins lie.
  package static var executableFolder: String? {
    guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
    defer { unsafe free(path) }
    let text = unsafe String(cString: path)
    return text.lastIndex(of: "/").map { String(text[..<$0]) }
  }
}
