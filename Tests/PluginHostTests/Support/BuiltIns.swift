import FoundationEssentials
import PluginHost
import Testing

/// The built-in plugins where `make build` puts them.
enum BuiltIns {
  private static let folder = Workshop.packageRoot + "/.build/release"

  /// The program where `make build` puts it; `nil` where it is not built.
  static var program: String? {
    let path = "\(folder)/espalier"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Whether a built-in is built and pinned.
  static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/Espalier\(name).manifest.json")
  }

  static func registry() -> PluginRegistry {
    PluginRegistry(policy: PluginPolicy(folders: [.init(path: folder, origin: .builtIn)]))
  }
}

extension Trait where Self == ConditionTrait {
  /// The program is there.
  static var requiresProgram: Self {
    .enabled("the program is not built: run make build") { BuiltIns.program != nil }
  }

  /// A built-in plugin is there.
  static func requiresBuiltIn(_ name: String) -> Self {
    .enabled("libEspalier\(name).so is not built: run make build") { BuiltIns.has(name) }
  }
}
