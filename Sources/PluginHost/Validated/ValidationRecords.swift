package import Files
import PluginKit

/// The records of plugins that passed `espalier plugin validate`, a file for each library.
///
/// A record speaks for what was checked and nothing else: this library, called this way, by this host, on this processor.
package struct ValidationRecords: Sendable {
  /// Whether a record speaks for a plugin.
  package enum Standing: Sendable, Hashable {
    case valid
    case invalid(String)
  }

  private let folder: String?
  private let host: HostBuild
  private static let schema = "espalier.validated/1"

  package init(folder: String?, host: HostBuild = .current) {
    self.folder = folder
    self.host = host
  }

  /// Whether there is a record that speaks for a library, as a manifest calls it.
  package func standing(of manifest: Manifest, _ sha256: String) -> Standing {
    guard let path = path(sha256), File.exists(path) else {
      return .invalid("it has no record of validation")
    }
    let file: TrustedFile
    do { file = try TrustedFile(path: path, limit: 1 << 16, checksOwner: true) } catch {
      return .invalid("its record of validation is not to be trusted (\(path): \(error.detail))")
    }
    guard let record = try? JSONReader.read(file.bytes), record["schema"]?.string == Self.schema
    else { return .invalid("its record of validation, \(path), is damaged") }
    for (key, value, name) in facts(manifest, sha256) where record[key]?.string != value {
      let found = record[key]?.string ?? "nothing"
      return .invalid("its record of validation is of another \(name) (\(found), now \(value))")
    }
    return .valid
  }

  /// Writes that a plugin has passed.
  ///
  /// - Parameters:
  ///   - manifest: How the library is called.
  ///   - sha256: Of the library.
  ///   - level: How thoroughly it was checked.
  ///   - seed: What the checks drew their inputs from.
  /// - Returns: The file.
  /// - Throws: `FileError` where it cannot be written.
  @discardableResult
  package func write(
    _ manifest: Manifest,
    _ sha256: String,
    level: String,
    seed: UInt64
  ) throws(FileError) -> String? {
    guard let folder, let path = path(sha256) else { return nil }
    var members: [JSONValue.Member] = [.init("schema", .string(Self.schema))]
    members += facts(manifest, sha256).map { .init($0.key, .string($0.value)) }
    members += [
      .init("plugin", .string(manifest.id)), .init("version", .string(manifest.version)),
      .init("level", .string(level)), .init("seed", .string(String(seed))),
    ]
    try Folder.make(folder, mode: 0o700)
    try File.write(Array("\(JSONValue.object(members).line)\n".utf8), to: path)
    return path
  }

  /// What a record must say, with the words for it.
  private func facts(
    _ manifest: Manifest,
    _ sha256: String
  ) -> [(key: String, value: String, name: String)] {
    [
      ("sha256", sha256, "library"), ("call", manifest.callDigest, "declaration in the manifest"),
      ("abi", host.abi, "version of the plugin interface"),
      ("host", host.build, "build of Espalier"),
      ("processor", host.processor, "processor"),
    ]
  }

  private func path(_ sha256: String) -> String? {
    guard let folder, sha256.utf8.count == 64 else { return nil }
    return "\(folder)/\(sha256).json"
  }
}

extension Manifest {
  /// A digest of how the library is called, its strategies or its functions with their arguments, and of what comes with it.
  var callDigest: String {
    let text =
      switch abi {
      case .table(let strategies):
        strategies.map { "\($0.id) \($0.interface.rawValue)" }.joined(separator: "\n")
      case .functions(let functions): functions.map(\.text).joined(separator: "\n")
      }
    let bundled = files.map { "\n\($0.name) \($0.sha256)" }.joined()
    return SHA256.hexadecimal(of: Array((text + bundled).utf8).span)
  }
}

extension FunctionDeclaration {
  /// The declaration as one line.
  fileprivate var text: String {
    let arguments = arguments.map { "\($0.type.rawValue):\($0.binding)" }.joined(separator: ",")
    let bounds = parameters.map {
      "\($0.name):\($0.minimum.map { "\($0)" } ?? ""):\($0.maximum.map { "\($0)" } ?? "")"
    }
    return
      "\(id) \(symbol) \(role.rawValue)(\(arguments)) \(returns) \(bounds.joined(separator: ","))"
  }
}
