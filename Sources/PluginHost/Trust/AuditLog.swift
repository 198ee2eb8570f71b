import Files
import Glibc

/// Step 8: one JSON line a load, in `$XDG_STATE_HOME/espalier/audit.jsonl`.
struct AuditLog {
  /// `nil` where the environment names no home.
  let path: String?

  struct Record {
    let manifest: String
    let library: String
    let plugin: String
    let sha256: String
    let abi: String
    let verdict: String
    let reason: String
  }

  /// Appends a record; a log that cannot be written does not stop a load.
  func append(_ record: Record) {
    guard let path else { return }
    try? Folder.make(FilePath.folder(of: path), mode: 0o700)
    let file = unsafe open(
      path,
      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
      0o600
    )
    guard file >= 0 else { return }
    defer { close(file) }
    let fields: JSONValue = [
      "time": .int(time(nil)), "uid": .int(Int(geteuid())), "pid": .int(Int(getpid())),
      "manifest": .string(record.manifest), "library": .string(record.library),
      "plugin": .string(record.plugin), "sha256": .string(record.sha256),
      "abi": .string(record.abi), "verdict": .string(record.verdict),
      "reason": .string(record.reason),
    ]
    var line = fields.line + "\n"
    // One write of one line: O_APPEND keeps the lines of several processes apart.
    _ = line.withUTF8 { unsafe write(file, $0.baseAddress, $0.count) }
  }
}
