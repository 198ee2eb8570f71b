package import Files
import Glibc

/// What was installed into a folder of plugins: `plugins.lock`, against which every plugin of the folder is held.
package struct PluginLock: Sendable, Hashable {
  /// One plugin as it was installed.
  package struct Entry: Sendable, Hashable {
    package let id: String
    package let version: String
    /// The manifest's hash.
    package let manifest: String
    /// The library and what comes with it, with their hashes, by their paths below the manifest's folder.
    package let files: [String: String]
    /// Seconds since 1970.
    package let installed: Int
    /// The user who installed it.
    package let by: String
    /// The key that signed the manifest, as digits; `nil` where it was not signed.
    package let signer: String?

    package init(
      id: String,
      version: String,
      manifest: String,
      files: [String: String],
      installed: Int,
      by: String,
      signer: String?
    ) {
      self.id = id
      self.version = version
      self.manifest = manifest
      self.files = files
      self.installed = installed
      self.by = by
      self.signer = signer
    }
  }

  package static let name = "plugins.lock"
  private static let schema = "espalier.plugins-lock/1"

  /// By id.
  package var entries: [String: Entry] = [:]

  /// A lock without plugins.
  package init() {}

  /// Reads the lock of a folder.
  ///
  /// - Returns: `nil` where the folder has none.
  /// - Throws: ``Refusal`` of a lock that cannot be read or trusted.
  package static func read(in folder: String) throws(Refusal) -> PluginLock? {
    let path = "\(folder)/\(name)"
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    let file = try TrustedFile(path: path, limit: 16 << 20, checksOwner: true)
    let json: JSONValue
    do { json = try JSONReader.read(file.bytes) } catch {
      throw Refusal(.trustMalformed, path, error.description)
    }
    guard json["schema"]?.string == schema, let items = json["plugins"]?.items else {
      throw Refusal(.trustMalformed, path, "it is not of the schema \(schema)")
    }
    var lock = PluginLock()
    for (index, item) in items.enumerated() {
      guard let entry = Entry(item) else {
        throw Refusal(
          .trustMalformed,
          path,
          "plugins[\(index)] lacks a key, or one is of another type"
        )
      }
      lock.entries[entry.id] = entry
    }
    return lock
  }

  /// The lock as JSON, which its file holds.
  package var text: String {
    let value: JSONValue = [
      "schema": .string(Self.schema),
      "plugins": .array(entries.values.sorted { $0.id < $1.id }.map(\.json)),
    ]
    return value.text
  }

  /// Writes the lock of a folder, whole or not at all.
  ///
  /// - Throws: ``FileError``.
  package func write(in folder: String) throws(FileError) {
    let path = "\(folder)/\(Self.name)"
    let file = try NewFile(path, mode: 0o644)
    try file.write(Array(text.utf8))
    try file.commit()
    unsafe chmod(path, 0o644)
  }

  /// Changes the lock of a folder while no other process does.
  ///
  /// - Throws: ``Refusal``, ``FileError``, and what `body` throws.
  package static func change<Result>(
    in folder: String,
    _ body: (inout PluginLock) throws -> Result
  ) throws -> Result {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open("\(folder)/.plugins.lock.guard", flags, 0o600)
    guard descriptor >= 0 else { throw FileError(.create, "\(folder)/\(name)", code: errno) }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    var lock = try read(in: folder) ?? PluginLock()
    let before = lock
    let result = try body(&lock)
    if lock != before { try lock.write(in: folder) }
    return result
  }
}

extension PluginLock.Entry {
  fileprivate init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let version = json["version"]?.string,
      let manifest = json["manifest"]?.string, let members = json["files"]?.members,
      let installed = json["installed"]?.whole, let by = json["by"]?.string,
      members.allSatisfy({ $0.value.string != nil })
    else { return nil }
    self.init(
      id: id,
      version: version,
      manifest: manifest,
      files: Dictionary(members.map { ($0.key, $0.value.string ?? "") }) { first, _ in first },
      installed: installed,
      by: by,
      signer: json["signer"]?.string
    )
  }

  package var json: JSONValue {
    [
      "id": .string(id), "version": .string(version), "manifest": .string(manifest),
      "files": .object(files.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
      "installed": .int(installed), "by": .string(by), "signer": JSONValue(signer),
    ]
  }
}
