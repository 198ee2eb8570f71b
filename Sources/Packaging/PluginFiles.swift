import Files
package import PluginHost

/// A plugin's files in memory: the manifest, its signature, the library, and what comes with it, each as its hash says.
package struct PluginFiles: Sendable {
  package let manifest: Manifest
  package let manifestBytes: [UInt8]
  /// The signature and the bytes of its file.
  package let signature: (value: Signature, bytes: [UInt8])?
  /// The library and the bundled files, by their paths below the manifest's folder.
  package let files: [String: [UInt8]]
  /// Where it was read.
  package let source: String

  private static let manifestName = "manifest.json"

  /// Reads an archive, a manifest, or a folder with a `manifest.json`.
  ///
  /// - Throws: ``Refusal``.
  package init(path: String) throws(Refusal) {
    let path = FilePath.absolute(path)
    if Folder.exists(path) {
      try self.init(manifest: "\(path)/\(Self.manifestName)")
    } else if path.hasSuffix(".json") {
      try self.init(manifest: path)
    } else {
      let bytes: [UInt8]
      do { bytes = try File.contents(of: path, acceptsPipes: false) } catch {
        throw Refusal(.archiveMalformed, path, error.reason)
      }
      try self.init(PluginArchive.read(bytes, path: path), source: path)
    }
  }

  /// Reads a plugin where it lies, with the checks of one that is loaded.
  private init(manifest path: String) throws(Refusal) {
    let file: TrustedFile
    do throws(Refusal) {
      file = try TrustedFile(
        path: path,
        limit: 256 << 10,
        tooLarge: .manifestTooLarge,
        checksOwner: true
      )
    } catch  where error.code == .fileMissing {
      throw Refusal(.manifestUnreadable, path, error.detail)
    }
    let folder = FilePath.folder(of: path)
    let manifest = try Manifest(bytes: file.bytes, path: path, isBuiltIn: false)
    var files: [String: [UInt8]] = [:]
    for name in Self.names(of: manifest) {
      files[name] = try TrustedFile(name, in: folder, limit: 1 << 30, checksOwner: true).bytes
    }
    var signature: [UInt8]?
    if File.exists(path + Signature.ending) {
      signature = try TrustedFile(
        path: path + Signature.ending,
        limit: Signature.sizeLimit,
        checksOwner: true
      ).bytes
    }
    try self.init(manifest, file.bytes, signature, files, source: path)
  }

  /// Takes an archive's members, of which none may be unknown to the manifest.
  package init(_ members: [PluginArchive.Member], source: String) throws(Refusal) {
    var bytes: [String: [UInt8]] = [:]
    for member in members { bytes[member.name] = member.bytes }
    guard let text = bytes.removeValue(forKey: Self.manifestName) else {
      throw Refusal(.archiveMember, source, "it has no \(Self.manifestName)")
    }
    guard text.count <= 256 << 10 else {
      throw Refusal(.manifestTooLarge, source, "its manifest has \(text.count) bytes")
    }
    let signature = bytes.removeValue(forKey: Self.manifestName + Signature.ending)
    let manifest = try Manifest(bytes: text, path: source, isBuiltIn: false)
    let wanted = Self.names(of: manifest)
    if let missing = wanted.first(where: { bytes[$0] == nil }) {
      throw Refusal(.archiveMember, source, "it lacks \"\(missing)\", which its manifest names")
    }
    if let stray = bytes.keys.sorted().first(where: { !wanted.contains($0) }) {
      throw Refusal(.archiveMember, source, "it has \"\(stray)\", which its manifest does not name")
    }
    try self.init(manifest, text, signature, bytes, source: source)
  }

  private init(
    _ manifest: Manifest,
    _ text: [UInt8],
    _ signature: [UInt8]?,
    _ files: [String: [UInt8]],
    source: String
  ) throws(Refusal) {
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let sha256 = SHA256.hexadecimal(of: bytes.span)
      guard let pin = Self.pin(of: name, in: manifest) else {
        throw Refusal(
          .unpinned,
          source,
          "its manifest has no sha256 of \"\(name)\" (it is \(sha256))"
        )
      }
      guard pin == sha256 else {
        throw Refusal(
          .hashMismatch,
          source,
          "the sha256 of \"\(name)\" is \(sha256), the manifest says \(pin)"
        )
      }
    }
    self.manifest = manifest
    manifestBytes = text
    self.files = files
    self.source = source
    guard let signature else {
      self.signature = nil
      return
    }
    let value = try Signature(reading: signature, path: source)
    guard value.isOf(text) else {
      throw Refusal(
        .signatureWrong,
        source,
        "it is not of this manifest by the key \(value.key.id)"
      )
    }
    self.signature = (value, signature)
  }

  /// The hashes of its files, as a lock has them.
  package var hashes: [String: String] {
    files.mapValues { SHA256.hexadecimal(of: $0.span) }
  }

  /// Everything as files of an archive.
  package var members: [PluginArchive.Member] {
    var members = files.map { PluginArchive.Member(name: $0.key, bytes: $0.value) }
    members.append(.init(name: Self.manifestName, bytes: manifestBytes))
    if let signature {
      members.append(.init(name: Self.manifestName + Signature.ending, bytes: signature.bytes))
    }
    return members.sorted { $0.name < $1.name }
  }

  /// The library and the bundled files, by their paths below the manifest's folder.
  private static func names(of manifest: Manifest) -> [String] {
    [manifest.library] + manifest.files.map { place(of: $0.name, in: manifest) }
  }

  private static func place(of name: String, in manifest: Manifest) -> String {
    let folder = FilePath.folder(of: manifest.library)
    return folder == "." ? name : "\(folder)/\(name)"
  }

  private static func pin(of place: String, in manifest: Manifest) -> String? {
    if place == manifest.library { return manifest.sha256 }
    return manifest.files.first { Self.place(of: $0.name, in: manifest) == place }?.sha256
  }
}
