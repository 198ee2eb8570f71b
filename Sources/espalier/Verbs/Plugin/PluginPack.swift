import Files
import Glibc
import Packaging
import PluginHost

/// `espalier plugin pack` and `espalier plugin keygen`: plugins as they are shipped.
enum PluginPack {
  private static let key = Option.value(
    "key",
    "FILE",
    "The secret key that signs it, of `espalier plugin keygen`."
  )
  private static let output = Option.value(
    "output",
    short: "-o",
    "FILE",
    "The file to write (default ID-VERSION\(PluginArchive.ending))."
  )

  static let pack = Verb(
    name: "plugin pack",
    summary: "Pack a plugin into one file, signed if a key is given.",
    operands: [.init(name: "PLUGIN", help: "A manifest, or a folder with a manifest.json.")],
    options: [key, output],
    notes: """
      espalier plugin pack build --key taylor.key -o taylor\(PluginArchive.ending)

      Hashes that the manifest lacks are filled in, and libraries beside the plugin's that it needs are taken along. The same files
      give the same bytes.
      """
  ) { invocation, console in
    let secret = try invocation.value(key).map { (path) throws(Refusal) in try SecretKey(path: path)
    }
    let packing = try Packing(invocation.operands[0], key: secret)
    let manifest = packing.files.manifest
    let target =
      invocation.value(output) ?? "\(manifest.id)-\(manifest.version)\(PluginArchive.ending)"
    try File.write(packing.archive, to: target)
    let sha256 = SHA256.hexadecimal(of: packing.archive.span)
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-pack/1", "output": .string(target), "id": .string(manifest.id),
        "version": .string(manifest.version), "sha256": .string(sha256),
        "fileBytes": .int(packing.archive.count),
        "files": JSONValue(packing.files.members.map(\.name)),
        "signer": JSONValue(secret?.publicKey.hexadecimal),
      ]
      console.write(value.text)
    } else {
      console.write(
        "\(target): \(manifest.id) \(manifest.version), \(packing.archive.count) bytes\n"
          + packing.files.members.map { "  \($0.name)\n" }.joined()
          + "sha256 \(sha256)\n"
          + (secret.map { "signed by \($0.publicKey.hexadecimal)\n" } ?? "not signed\n")
      )
    }
    return .success
  }

  private static let folder = Option.value(
    "output",
    short: "-o",
    "FOLDER",
    "Where the two files go (default: the current folder)."
  )

  static let keygen = Verb(
    name: "plugin keygen",
    summary: "Make a key to sign plugins with.",
    operands: [
      .init(name: "NAME", help: "What the key is called: NAME.key is secret, NAME.pub is for all.")
    ],
    options: [folder]
  ) { invocation, console in
    let name = invocation.operands[0]
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      throw UsageError.badValue("NAME", name, wanted: "a name without '/'")
    }
    let place = invocation.value(folder) ?? "."
    let (secret, open) = ("\(place)/\(name).key", "\(place)/\(name).pub")
    for path in [secret, open] where File.exists(path) {
      throw Failure(.output, "'\(path)' is there already: a key is never written over")
    }
    let key = SecretKey()
    let file = try NewFile(secret, mode: 0o600)
    try file.write(Array(key.text.utf8))
    try file.commit()
    try File.write(Array("\(key.publicKey.hexadecimal) \(name)\n".utf8), to: open)
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-key/1", "secret": .string(secret), "public": .string(open),
        "key": .string(key.publicKey.hexadecimal),
      ]
      console.write(value.text)
    } else {
      console.write(
        "\(secret): keep it secret\n\(open): publish it; who trusts it runs: espalier plugin trust --key \(open)\n"
      )
    }
    return .success
  }
}
