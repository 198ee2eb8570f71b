import CSodium
import Files
import Glibc

/// A key that manifests are signed with: 32 bytes of ed25519's seed.
package struct SecretKey: Sendable {
  private let seed: [UInt8]
  package let publicKey: PublicKey
  private let expanded: [UInt8]

  /// Draws a new key.
  package init() {
    let drawn = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      if let start = buffer.baseAddress { unsafe randombytes_buf(start, 32) }
      count = 32
    }
    self.init(seed: drawn)
  }

  private init(seed: [UInt8]) {
    var seed = seed
    var open = [UInt8](repeating: 0, count: 32)
    var expanded = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_sign_seed_keypair(&open, &expanded, &seed)
    self.seed = seed
    self.expanded = expanded
    publicKey = PublicKey(drawn: open)
  }

  /// Reads a key's file, which nobody but its owner may read.
  ///
  /// - Throws: ``Refusal`` of what is no key, or may be read by others.
  package init(path: String) throws(Refusal) {
    let path = FilePath.absolute(path)
    let file: [UInt8]
    do { file = try File.contents(of: path, acceptsPipes: false) } catch {
      throw Refusal(.keyUnusable, path, error.reason)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
      throw Refusal(.keyUnusable, path, "others than its owner may read it: chmod 600")
    }
    let lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.count == 2, lines[0] == Self.header, let seed = [UInt8](hexadecimal: lines[1]),
      seed.count == 32
    else { throw Refusal(.keyUnusable, path, "it is no key of `espalier plugin keygen`") }
    self.init(seed: seed)
  }

  private static let header = "espalier secret key, ed25519"

  /// What a key's file has.
  package var text: String { "\(Self.header)\n\(seed.hexadecimal)\n" }

  /// Signs a manifest.
  package func sign(_ manifest: [UInt8]) -> Signature {
    let message = Signature.message(manifest)
    var expanded = expanded
    var bytes = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_sign_detached(&bytes, nil, message, UInt64(message.count), &expanded)
    return Signature(key: publicKey, bytes: bytes)
  }
}
