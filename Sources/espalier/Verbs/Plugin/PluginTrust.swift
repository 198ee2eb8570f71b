import Files
import Packaging
import PluginHost

/// `espalier plugin trust`: whose plugins are taken, and which are taken again.
enum PluginTrust {
  private static let key = Option.value(
    "key",
    "KEY",
    "A public key: 64 digits, or a file of `espalier plugin keygen`."
  )
  private static let name = Option.value("name", "NAME", "What messages call the key's owner.")

  static let verb = Verb(
    name: "plugin trust",
    summary: "Take plugins that are signed by a key, or a plugin that crashed before.",
    operands: [
      .init(
        name: "ID",
        isOptional: true,
        help: "A plugin in quarantine, or its manifest or folder: its builds may be loaded again."
      )
    ],
    options: [key, name],
    notes: """
      espalier plugin trust --key vendor.pub
      espalier plugin trust org.example.taylor

      A key is written to $XDG_CONFIG_HOME/espalier/trusted-keys. Compare its digits with those that its owner publishes first.
      A build that crashed, hung or left a call is kept out until it is named here; `espalier plugin list --why` says what it did.
      """
  ) { invocation, console in
    switch (invocation.operands.first, invocation.value(key)) {
    case (let plugin?, nil): return try lift(plugin, console)
    case (nil, let text?): return try take(text, invocation.value(name), console)
    case (_?, _?):
      throw UsageError.badValue(
        "key",
        invocation.value(key) ?? "",
        wanted: "alone, or a plugin alone"
      )
    case (nil, nil):
      throw UsageError.needs("--key or a plugin", because: "it says what is trusted")
    }
  }

  /// Ends the quarantine of a plugin's builds.
  private static func lift(_ plugin: String, _ console: Console) throws -> ExitCode {
    let id = plugin.contains("/") ? try PluginFiles(path: plugin).manifest.id : plugin
    guard let quarantine = PluginPolicy.standard().quarantine else {
      throw Failure(.output, "neither XDG_STATE_HOME nor HOME is set: nothing is in quarantine")
    }
    let builds = quarantine.builds(of: id)
    guard !builds.isEmpty else {
      throw Failure(
        .usage,
        "no build of '\(id)' is in quarantine (\(quarantine.folder)); `espalier plugin list --why` tells why a plugin is refused"
      )
    }
    for (sha256, _) in builds where !quarantine.lift(sha256) {
      throw Failure(.output, "\(quarantine.folder)/\(sha256) cannot be removed")
    }
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-lift/1", "id": .string(id),
        "lifted": .array(
          builds.map { ["sha256": .string($0.sha256), "reason": .string("\($0.reason)")] }
        ),
      ]
      console.write(value.text)
    } else {
      for (sha256, reason) in builds {
        console.write("\(id) may be loaded again: \(sha256), which \(reason)\n")
      }
    }
    return .success
  }

  /// Writes a key down as trusted.
  private static func take(_ text: String, _ called: String?, _ console: Console) throws -> ExitCode
  {
    let (found, own) = try publicKey(text)
    guard let path = PluginPolicy.userKeyPath else {
      throw Failure(
        .output,
        "neither XDG_CONFIG_HOME nor HOME is set: there is no place for the key"
      )
    }
    let label = called ?? own ?? found.id
    let isNew = try TrustedKeys.add(found, name: label, to: path)
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-trust/1", "key": .string(found.hexadecimal),
        "name": .string(label),
        "file": .string(path), "added": .bool(isNew),
      ]
      console.write(value.text)
    } else {
      console.write(
        isNew
          ? "\(found.hexadecimal) (\(label)) is trusted from now on, in \(path)\n"
          : "\(found.hexadecimal) is trusted already, in \(path)\n"
      )
    }
    return .success
  }

  /// A key as digits or in a file, with the name that the file has.
  private static func publicKey(_ text: String) throws -> (PublicKey, name: String?) {
    if let key = PublicKey(hexadecimal: text) { return (key, nil) }
    let words = try File.text(of: text).split(whereSeparator: \.isWhitespace)
    guard let key = words.first.flatMap({ PublicKey(hexadecimal: $0) }) else {
      throw Refusal(.keyUnusable, text, "it does not begin with a public key of 64 digits")
    }
    return (key, words.count > 1 ? String(words[1]) : nil)
  }
}
