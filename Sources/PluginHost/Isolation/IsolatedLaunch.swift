import PluginKit
import Processes

/// How a plugin is started in a process of its own.
struct IsolatedLaunch: Sendable, Hashable {
  /// The program, which is given `plugin worker`.
  let program: String
  let manifest: String
  let isBuiltIn: Bool
  let allowsUnpinned: Bool
  /// Files of the keys whose signatures are taken.
  let keyPaths: [String]
  let stagingFolder: String?
  /// How long the plugin may compute without a word, before it is asked to stop; nil for ever.
  let deadline: Duration?
  var confinement = Confinement()

  /// What the process is to load.
  func pack(into packer: inout Packer) {
    packer.add(manifest)
    packer.add(isBuiltIn)
    packer.add(allowsUnpinned)
    packer.add(keyPaths)
    packer.add(stagingFolder)
  }

  /// The plugins that the process sees, as it reads them.
  static func policy(from unpacker: inout Unpacker) throws(PluginError) -> PluginPolicy {
    let manifest = try unpacker.text()
    let isBuiltIn = try unpacker.bool()
    var policy = PluginPolicy(manifests: isBuiltIn ? [] : [manifest])
    policy.only = manifest
    policy.allowsUnpinned = try unpacker.bool()
    policy.keyPaths = try unpacker.values()
    // The process that asks keeps the time.
    policy.deadline = 0
    policy.allowsUnvalidated = true
    policy.isolation = .never
    policy.stagingFolder = try unpacker.optional()
    if isBuiltIn, let folder = PluginPolicy.executableFolder {
      policy.folders = [.init(path: folder, origin: .builtIn)]
    }
    return policy
  }
}
