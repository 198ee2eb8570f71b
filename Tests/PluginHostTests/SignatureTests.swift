import Files
import FoundationEssentials
import Glibc
import PluginHost
import Testing

/// Who made a plugin: ed25519 over the manifest.
@Suite(.requiresCompiler)
struct SignatureTests {
  private let workshop: Workshop
  private let key = SecretKey()

  init() throws { workshop = try Workshop() }

  private var manifest: String { workshop.plugins + "/org.example.plugin.manifest.json" }
  private var keys: String { workshop.path + "/config/trusted-keys" }

  private func sign(_ key: SecretKey? = nil, change: (inout [UInt8]) -> Void = { _ in }) throws {
    var bytes = Array(try Data(contentsOf: URL(filePath: manifest)))
    change(&bytes)
    let signature = (key ?? self.key).sign(bytes)
    try Data(signature.text.utf8).write(to: URL(filePath: manifest + ".sig"))
    unsafe chmod(manifest + ".sig", 0o644)
  }

  private func refusal() -> Refusal? { workshop.refusal { $0.keyPaths = [keys] } }

  @Test func `a plugin signed by a key that the user took is loaded, and the list names who`()
    throws
  {
    try workshop.plugin()
    try sign()
    try TrustedKeys.add(key.publicKey, name: "vendor", to: keys)
    #expect(refusal() == nil)
    let listing = workshop.registry { $0.keyPaths = [keys] }.listing()
    #expect(listing.first?.description.contains("signed by vendor (\(key.publicKey.id))") == true)
  }

  @Test func `a key that nobody took is refused, with its digits`() throws {
    try workshop.plugin()
    try sign()
    let refusal = try #require(self.refusal())
    #expect(refusal.code == .signerUnknown)
    #expect(refusal.detail.contains(key.publicKey.hexadecimal))
    try TrustedKeys.add(SecretKey().publicKey, name: "other", to: keys)
    #expect(self.refusal()?.code == .signerUnknown)
  }

  @Test func `a signature of other bytes, or by another key, is refused whoever is trusted`() throws
  {
    try workshop.plugin()
    try TrustedKeys.add(key.publicKey, name: "vendor", to: keys)
    try sign { $0[5] ^= 1 }
    #expect(refusal()?.code == .signatureWrong)
    // The trusted key's name on a signature that it did not make.
    let other = SecretKey().sign(Array(try Data(contentsOf: URL(filePath: manifest))))
    let forged = other.text.replacing(other.key.hexadecimal, with: key.publicKey.hexadecimal)
    try Data(forged.utf8).write(to: URL(filePath: manifest + ".sig"))
    #expect(refusal()?.code == .signatureWrong)
    for text in ["", "{}", "{\"signature\": 1, \"key\": \"00\", \"ed25519\": \"00\"}"] {
      try Data(text.utf8).write(to: URL(filePath: manifest + ".sig"))
      #expect(refusal()?.code == .signatureWrong)
    }
  }

  @Test func `a signed manifest without a pin says nothing of the library`() throws {
    try workshop.plugin()
    try workshop.describe(pinned: false)
    try sign()
    try TrustedKeys.add(key.publicKey, name: "vendor", to: keys)
    let refusal = workshop.refusal {
      $0.keyPaths = [keys]
      $0.allowsUnpinned = true
    }
    #expect(refusal?.code == .unpinned)
  }

  @Test func `a file of keys that others may write, or with a line that is no key, is refused`()
    throws
  {
    try workshop.plugin()
    try sign()
    try TrustedKeys.add(key.publicKey, name: "vendor", to: keys)
    unsafe chmod(keys, 0o666)
    #expect(refusal()?.code == .fileWritable)
    unsafe chmod(keys, 0o600)
    try Data("# mine\n\nabc vendor\n".utf8).write(to: URL(filePath: keys))
    #expect(refusal()?.code == .trustMalformed)
  }

  @Test func `a secret key is read back, and refused where others may read it`() throws {
    let path = workshop.path + "/vendor.key"
    try Data(key.text.utf8).write(to: URL(filePath: path))
    unsafe chmod(path, 0o644)
    #expect(throws: Refusal.self) { try SecretKey(path: path) }
    unsafe chmod(path, 0o600)
    #expect(try SecretKey(path: path).publicKey == key.publicKey)
    try Data("espalier secret key, ed25519\nabcd\n".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: Refusal.self) { try SecretKey(path: path) }
    #expect(error?.code == .keyUnusable)
  }

  @Test func `signs as RFC 8032 does`() throws {
    // Section 7.1, test 2: the public key of a seed.
    let path = workshop.path + "/rfc.key"
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    try Data("espalier secret key, ed25519\n\(seed)\n".utf8).write(to: URL(filePath: path))
    unsafe chmod(path, 0o600)
    #expect(
      try SecretKey(path: path).publicKey.hexadecimal
        == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
  }
}
