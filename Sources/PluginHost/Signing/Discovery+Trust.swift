import Files

/// What signatures and the lock of its folder say of a manifest.
extension Discovery {
  /// The locks and keys that a search works with, each read once.
  struct Trust {
    private let keys: Result<TrustedKeys, Refusal>
    private var locks: [String: Result<PluginLock?, Refusal>] = [:]

    init(keyPaths: [String]) {
      keys = Result { () throws(Refusal) in try TrustedKeys(paths: keyPaths) }
    }

    /// The lock of a folder that is searched.
    mutating func lock(of folder: String) throws(Refusal) -> PluginLock? {
      let result =
        locks[folder] ?? Result { () throws(Refusal) in try PluginLock.read(in: folder) }
      locks[folder] = result
      return try result.get()
    }

    /// The key that signed a manifest; `nil` where it is not signed.
    ///
    /// - Throws: A refusal of step 3 for a signature that is wrong, or whose key the user did not take.
    func signer(of manifest: TrustedFile) throws(Refusal) -> Signer? {
      let path = manifest.path + Signature.ending
      guard File.exists(path) else { return nil }
      let file = try TrustedFile(path: path, limit: Signature.sizeLimit, checksOwner: true)
      let signature = try Signature(reading: file.bytes, path: path)
      return try Signer(signature, of: manifest.bytes, at: path, among: keys.get())
    }
  }

  /// Holds a plugin against the lock of its folder.
  ///
  /// - Throws: A refusal of step 3.
  static func check(
    _ manifest: Manifest,
    _ file: TrustedFile,
    signer: Signer?,
    against lock: PluginLock
  ) throws(Refusal) -> PluginLock.Entry {
    guard let entry = lock.entries[manifest.id] else {
      throw Refusal(
        .notLocked,
        file.path,
        "\(PluginLock.name) of its folder does not have \"\(manifest.id)\""
      )
    }
    let sha256 = SHA256.hexadecimal(of: file.bytes.span)
    guard entry.manifest == sha256 else {
      throw Refusal(
        .lockMismatch,
        file.path,
        "its sha256 is \(sha256), \(PluginLock.name) has \(entry.manifest) of \(entry.version)"
      )
    }
    guard entry.signer == signer?.key.hexadecimal else {
      let wanted = entry.signer.map { "the key \($0.prefix(16))" } ?? "no key"
      throw Refusal(
        .lockMismatch,
        file.path,
        "it was installed as signed by \(wanted), and is by \(signer?.key.id ?? "none")"
      )
    }
    return entry
  }
}

/// Who signed a manifest: a key that the user took, by the name that the user gave it.
package struct Signer: Sendable, Hashable {
  package let key: PublicKey
  package let name: String

  /// The signer of a manifest.
  ///
  /// - Throws: A refusal of step 3 for a signature that is wrong, or whose key is not among `keys`.
  package init(
    _ signature: Signature,
    of manifest: [UInt8],
    at path: String,
    among keys: TrustedKeys
  ) throws(Refusal) {
    guard signature.isOf(manifest) else {
      throw Refusal(
        .signatureWrong,
        path,
        "it is not of this manifest by the key \(signature.key.id)"
      )
    }
    guard let name = keys.names[signature.key] else {
      throw Refusal(
        .signerUnknown,
        path,
        "it is signed by the key \(signature.key.hexadecimal), which is not among those that you trust"
      )
    }
    key = signature.key
    self.name = name
  }
}
