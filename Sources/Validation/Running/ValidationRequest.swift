import Files
package import PluginHost
import PluginKit

/// What a process is asked to check.
package struct ValidationRequest: Sendable, Hashable {
  /// The plugin's manifest.
  package var manifest: String
  /// Whether it lies beside the executable.
  package var isBuiltIn = false
  package var group = CheckGroup.load
  package var level = ValidationLevel.quick
  package var seed: UInt64 = 1
  /// Seconds that one case may take; `nil` for those of the level.
  package var seconds: Int?
  /// Runs one case of each check, with this seed of a case.
  package var reproduced: UInt64?
  /// Only the checks with this name, where there is one.
  package var only: [String] = []
  /// Where to begin among the group's checks.
  package var first = 0
  /// Whether another plugin is loaded before.
  package var loadsOtherFirst = false
  package var allowsUnpinned = false
  package var stagingFolder: String?
  /// Parameters by name, for every strategy that has them.
  package var settings: [StrategyParameter] = []

  package init(manifest: String) { self.manifest = manifest }

  var json: JSONValue {
    .object([
      .init("manifest", .string(manifest)), .init("builtIn", .bool(isBuiltIn)),
      .init("group", .string(group.rawValue)), .init("level", .string(level.rawValue)),
      .init("seed", .string(String(seed))), .init("seconds", JSONValue(seconds)),
      .init("reproduced", JSONValue(reproduced.map { String($0) })),
      .init("only", JSONValue(only)), .init("first", .int(first)),
      .init("other", .bool(loadsOtherFirst)), .init("unpinned", .bool(allowsUnpinned)),
      .init("staging", JSONValue(stagingFolder)),
      .init("names", JSONValue(settings.map(\.name))),
      .init("values", JSONValue(settings.map { "\($0.value)" })),
    ])
  }

  init?(_ json: JSONValue) {
    guard let manifest = json["manifest"]?.string,
      let group = json["group"]?.string.flatMap(CheckGroup.init(rawValue:)),
      let level = json["level"]?.string.flatMap(ValidationLevel.init(rawValue:)),
      let seed = json["seed"]?.string.flatMap({ UInt64($0) })
    else { return nil }
    self.manifest = manifest
    self.group = group
    self.level = level
    self.seed = seed
    isBuiltIn = json["builtIn"]?.bool ?? false
    seconds = json["seconds"]?.whole
    reproduced = json["reproduced"]?.string.flatMap { UInt64($0) }
    only = json["only"]?.items?.compactMap(\.string) ?? []
    first = json["first"]?.whole ?? 0
    loadsOtherFirst = json["other"]?.bool ?? false
    allowsUnpinned = json["unpinned"]?.bool ?? false
    stagingFolder = json["staging"]?.string
    let names = json["names"]?.items?.compactMap(\.string) ?? []
    let values = json["values"]?.items?.compactMap(\.string) ?? []
    settings = zip(names, values).map { StrategyParameter($0, .string($1)) }
  }

  /// The plugins that the process sees: this one.
  var policy: PluginPolicy {
    var policy = PluginPolicy(manifests: isBuiltIn ? [] : [manifest])
    policy.allowsUnpinned = allowsUnpinned
    policy.allowsUnvalidated = true
    policy.keyPaths = PluginPolicy.standard().keyPaths
    // The process that asks keeps the time.
    policy.deadline = 0
    policy.isolation = .never
    policy.stagingFolder = stagingFolder
    policy.only = manifest
    if isBuiltIn { policy.folders = Self.builtIns.folders }
    return policy
  }

  /// The plugins beside the executable.
  static var builtIns: PluginPolicy {
    PluginPolicy(
      folders: PluginPolicy.executableFolder.map { [.init(path: $0, origin: .builtIn)] } ?? []
    )
  }
}
