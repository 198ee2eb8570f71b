import Files
import Packaging
import PluginHost

/// `espalier plugin add` and `remove`: which plugins are installed.
enum PluginInstall {
  private static let system = Option.flag(
    "system",
    "Of \(PluginPolicy.Origin.system.rawValue), for every user, in place of your own."
  )
  private static let replace = Option.flag(
    "replace",
    "Put it in the place of the one that is installed."
  )

  static let add = Verb(
    name: "plugin add",
    summary: "Install a packed plugin.",
    operands: [.init(name: "PLUGIN", help: "A packed plugin, or a folder with a manifest.json.")],
    options: [system, replace],
    notes: """
      espalier plugin add taylor\(PluginArchive.ending)

      Everything is checked that needs no code of the plugin's, then it is put into $XDG_DATA_HOME/espalier/plugins.d and its hashes into
      \(PluginLock.name) there. A plugin that does not agree with the lock is refused from then on.
      """
  ) { invocation, console in
    let plugin = try PluginFiles(path: invocation.operands[0])
    let installation = try installation(invocation)
    let (entry, before) = try installation.add(plugin, replaces: invocation.has(replace))
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-add/1", "folder": .string("\(installation.folder)/\(entry.id)"),
        "installed": entry.json, "replaced": before.map(\.json) ?? .null,
        "strategies": JSONValue(plugin.manifest.strategyIDs),
      ]
      console.write(value.text)
    } else {
      console.write(
        "\(entry.id) \(entry.version) is in \(installation.folder)/\(entry.id)"
          + (before.map { ", in place of \($0.version)" } ?? "")
          + (entry.signer.map { "; signed by \($0.prefix(16))" } ?? "; not signed")
          + "\nstrategies: \(plugin.manifest.strategyList)\n"
      )
    }
    return .success
  }

  static let remove = Verb(
    name: "plugin remove",
    summary: "Remove an installed plugin.",
    operands: [.init(name: "ID", help: "The plugin's id.")],
    options: [system]
  ) { invocation, console in
    let installation = try installation(invocation)
    let entry = try installation.remove(invocation.operands[0])
    if console.wantsJSON {
      let value: JSONValue = ["schema": "espalier.plugin-remove/1", "removed": entry.json]
      console.write(value.text)
    } else {
      console.write("\(entry.id) \(entry.version) is removed from \(installation.folder)\n")
    }
    return .success
  }

  private static func installation(_ invocation: Invocation) throws(Failure) -> Installation {
    let policy = PluginPolicy.standard()
    let origin: PluginPolicy.Origin = invocation.has(system) ? .system : .user
    guard let folder = policy.folders.first(where: { $0.origin == origin }) else {
      throw Failure(
        .output,
        "neither XDG_DATA_HOME nor HOME is set: there is no folder for plugins"
      )
    }
    return Installation(folder: folder.path, policy: policy)
  }
}
