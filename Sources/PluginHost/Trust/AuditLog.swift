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
    guard let path, let slash = path.lastIndex(of: "/") else { return }
    var current = ""
    for part in path[..<slash].split(separator: "/") {
      current += "/" + part
      unsafe mkdir(current, 0o700)
    }
    let file = unsafe open(
      path,
      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
      0o600
    )
    guard file >= 0 else { return }
    defer { close(file) }
    let fields: [(String, String)] = [
      ("manifest", record.manifest), ("library", record.library), ("plugin", record.plugin),
      ("sha256", record.sha256), ("abi", record.abi), ("verdict", record.verdict),
      ("reason", record.reason),
    ]
    var line = "{\"time\":\(time(nil)),\"uid\":\(geteuid()),\"pid\":\(getpid())"
    for (key, value) in fields { line += ",\"\(key)\":\(value.jsonQuoted)" }
    line += "}\n"
    // One write of one line: O_APPEND keeps the lines of several processes apart.
    _ = line.withUTF8 { unsafe write(file, $0.baseAddress, $0.count) }
  }
}

extension String {
  /// The text as a JSON string.
  package var jsonQuoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
