import Files
import Packaging
import PluginHost

/// What is known of a plugin without running it: `espalier plugin info` of an id or a file.
struct PluginFacts {
  private let manifest: Manifest
  private let place: String
  private let state: String
  private let hashes: [(name: String, sha256: String)]
  private let signer: String
  private let lock: PluginLock.Entry?
  private let standing: ValidationRecords.Standing
  private let quarantine: Quarantine.Reason?

  /// A plugin that was found.
  init?(_ candidate: PluginCandidate, _ policy: PluginPolicy) {
    guard let manifest = candidate.manifest else { return nil }
    self.manifest = manifest
    place = "\(candidate.manifestPath) (\(candidate.origin.rawValue))"
    state = "\(candidate.verdict)"
    let pins = [(manifest.library, manifest.sha256 ?? "not pinned")]
    hashes = pins + manifest.files.map { ($0.name, $0.sha256) }
    signer = candidate.signer.map { "\($0.name), key \($0.key.hexadecimal)" } ?? "nobody"
    lock = candidate.lock
    standing = Self.standing(of: manifest, manifest.sha256, policy)
    quarantine = manifest.sha256.flatMap { policy.quarantine?.reason(of: $0) }
  }

  /// A plugin in a file that was not installed.
  init(_ files: PluginFiles, _ policy: PluginPolicy) {
    manifest = files.manifest
    place = files.source
    state = "not installed"
    hashes = files.hashes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    signer = files.signature.map { "key \($0.value.key.hexadecimal)" } ?? "nobody"
    lock = nil
    let sha256 = files.hashes[manifest.library]
    standing = Self.standing(of: manifest, sha256, policy)
    quarantine = sha256.flatMap { policy.quarantine?.reason(of: $0) }
  }

  private static func standing(
    of manifest: Manifest,
    _ sha256: String?,
    _ policy: PluginPolicy
  ) -> ValidationRecords.Standing {
    ValidationRecords(folder: policy.validationFolder).standing(of: manifest, sha256 ?? "")
  }

  private var validation: String {
    switch standing {
    case .valid: "yes, by this build of Espalier on this processor"
    case .invalid(let reason): "no: \(reason)"
    }
  }

  /// One line a fact.
  var text: String {
    var rows: [(String, String)] = [
      ("plugin", "\(manifest.id) \(manifest.version)"), ("vendor", manifest.vendor),
      ("about", manifest.doc), ("manifest", place), ("state", state),
    ]
    rows += manifest.interfaces.map { ("strategy", "\($0.id) (\($0.interface.rawValue))") }
    rows += hashes.map { ("sha256", "\($0.sha256) \($0.name)") }
    rows += [
      ("signed by", signer), ("validated", validation),
      (
        "quarantine",
        quarantine.map { "\($0); `espalier plugin trust \(manifest.id)` lifts it" } ?? "no"
      ),
    ]
    if let lock { rows.append(("installed", "by \(lock.by), held by \(PluginLock.name)")) }
    return rows.filter { !$0.1.isEmpty }.map { name, value in
      name + String(repeating: " ", count: max(1, 12 - name.count)) + value + "\n"
    }.joined()
  }

  /// The same on the schema `espalier.plugin/1`.
  var json: JSONValue {
    [
      "schema": "espalier.plugin/1", "id": .string(manifest.id),
      "version": .string(manifest.version), "vendor": .string(manifest.vendor),
      "doc": .string(manifest.doc), "manifest": .string(place), "state": .string(state),
      "strategies": .array(
        manifest.interfaces.map {
          ["id": .string($0.id), "interface": .string($0.interface.rawValue)]
        }
      ),
      "files": .object(hashes.map { .init($0.name, .string($0.sha256)) }),
      "signer": .string(signer), "lock": lock.map(\.json) ?? .null,
      "validated": .bool(standing == .valid), "validation": .string(validation),
      "quarantine": quarantine.map { .string("\($0)") } ?? .null,
    ]
  }
}
