import Files
import Foundation
import PluginHost
import Testing

/// What a record of validation speaks for.
@Suite(.requiresCompiler)
struct ValidationRecordTests {
  private let source = """
    double l2(const float *w, long n) { double s = 0; for (long k = 0; k < n; ++k) s += w[k] * w[k]; return s; }
    """

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.compile(source)
    try workshop.write(pinned(try workshop.hash(of: "plugin.so")), to: "f.manifest.json")
    return workshop
  }

  private func pinned(_ hash: String) -> String {
    FunctionManifest.l2.replacing("\"sha256\": \"\"", with: "\"sha256\": \"\(hash)\"")
  }

  private func records(_ workshop: Workshop, _ host: HostBuild = .current) -> ValidationRecords {
    ValidationRecords(folder: workshop.path + "/validated", host: host)
  }

  private func refusal(_ workshop: Workshop) -> Refusal? {
    workshop.refusal(of: "org.example.function") {
      $0.validationFolder = workshop.path + "/validated"
    }
  }

  private func manifest(_ workshop: Workshop) throws -> Manifest {
    let path = workshop.plugins + "/f.manifest.json"
    return try Manifest(bytes: File.contents(of: path), path: path, isBuiltIn: false)
  }

  @Test func `a plain C function runs in process with a record, and is refused without`() throws {
    let workshop = try workshop()
    let refused = try #require(refusal(workshop))
    #expect(refused.code == .unvalidated)
    #expect(refused.code.cure.contains("espalier plugin validate"))
    let manifest = try manifest(workshop)
    try records(workshop).write(manifest, workshop.hash(of: "plugin.so"), level: "quick", seed: 1)
    #expect(refusal(workshop) == nil)
  }

  @Test(arguments: ["abi", "host", "processor", "call", "sha256"])
  func `a record of something else does not count, and why is said`(key: String) throws {
    let workshop = try workshop()
    let hash = try workshop.hash(of: "plugin.so")
    let path = try #require(
      try records(workshop).write(manifest(workshop), hash, level: "quick", seed: 1)
    )
    #expect(refusal(workshop) == nil)
    guard case .object(let members) = try JSONReader.read(File.contents(of: path)) else { return }
    let changed = members.map { $0.key == key ? JSONValue.Member(key, "other") : $0 }
    try File.write(Array(JSONValue.object(changed).line.utf8), to: path)
    let refused = try #require(refusal(workshop))
    #expect(refused.detail.contains("of another"), "\(refused)")
  }

  @Test(arguments: ["", "{", "[]", "{\"schema\":\"espalier.validated/2\"}"])
  func `a damaged record does not count`(content: String) throws {
    let workshop = try workshop()
    let hash = try workshop.hash(of: "plugin.so")
    let path = try #require(
      try records(workshop).write(manifest(workshop), hash, level: "quick", seed: 1)
    )
    try File.write(Array(content.utf8), to: path)
    #expect(try #require(refusal(workshop)).detail.contains("damaged"))
  }

  @Test func `a record that others may write does not count`() throws {
    let workshop = try workshop()
    let hash = try workshop.hash(of: "plugin.so")
    let path = try #require(
      try records(workshop).write(manifest(workshop), hash, level: "quick", seed: 1)
    )
    unsafe chmod(path, 0o666)
    #expect(try #require(refusal(workshop)).detail.contains("not to be trusted"))
  }

  @Test func `another argument in the manifest needs another record`() throws {
    let workshop = try workshop()
    let hash = try workshop.hash(of: "plugin.so")
    try records(workshop).write(manifest(workshop), hash, level: "quick", seed: 1)
    let changed = pinned(hash).replacing("\"i64\"", with: "\"i32\"")
    try workshop.write(changed, to: "f.manifest.json")
    #expect(try #require(refusal(workshop)).detail.contains("declaration"))
  }
}
