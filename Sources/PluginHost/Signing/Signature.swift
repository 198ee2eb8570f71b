import CSodium
import Files

/// An ed25519 signature over a manifest, which pins the files: it lies beside the manifest as `manifest.json.sig`.
package struct Signature: Sendable, Hashable {
  /// The key that it says to be made with.
  package let key: PublicKey
  package let bytes: [UInt8]

  /// What comes behind a manifest's name.
  package static let ending = ".sig"
  /// The largest file, in bytes.
  package static let sizeLimit = 4096

  init(key: PublicKey, bytes: [UInt8]) {
    self.key = key
    self.bytes = bytes
  }

  /// Reads a signature's file.
  ///
  /// - Throws: A refusal of step 3 for what is no signature.
  package init(reading file: [UInt8], path: String) throws(Refusal) {
    guard let json = try? JSONReader.read(file), json["signature"]?.whole == 1,
      let key = json["key"]?.string.flatMap({ PublicKey(hexadecimal: $0) }),
      let bytes = json["ed25519"]?.string.flatMap({ [UInt8](hexadecimal: $0) }), bytes.count == 64
    else { throw Refusal(.signatureWrong, path, "it is no signature of `espalier plugin pack`") }
    self.init(key: key, bytes: bytes)
  }

  /// What a signature's file has.
  package var text: String {
    let value: JSONValue = [
      "signature": 1, "key": .string(key.hexadecimal), "ed25519": .string(bytes.hexadecimal),
    ]
    return value.text
  }

  /// Whether the key's owner signed these very bytes.
  package func isOf(_ manifest: [UInt8]) -> Bool {
    let message = Self.message(manifest)
    return unsafe crypto_sign_verify_detached(bytes, message, UInt64(message.count), key.bytes) == 0
  }

  /// What is signed: a signature of something else is none of a manifest.
  static func message(_ manifest: [UInt8]) -> [UInt8] {
    Array("espalier manifest 1\n".utf8) + manifest
  }
}
