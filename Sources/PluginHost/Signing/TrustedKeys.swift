import Files
import Glibc

/// The keys whose signatures the user takes: one a line, `KEY NAME`, in `$XDG_CONFIG_HOME/espalier/trusted-keys`.
package struct TrustedKeys: Sendable, Hashable {
  /// Keys with the names that they were given.
  package private(set) var names: [PublicKey: String] = [:]

  /// No key.
  package init() {}

  /// Reads files of keys; one that is not there has none.
  ///
  /// - Throws: ``Refusal`` of a file that others may write, or that has a line which is no key.
  package init(paths: [String]) throws(Refusal) {
    for path in paths where File.exists(path) {
      let file = try TrustedFile(path: path, limit: 1 << 20, checksOwner: true)
      let text = String(decoding: file.bytes, as: UTF8.self)
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let first = words.first, !first.hasPrefix("#") else { continue }
        guard let key = PublicKey(hexadecimal: first) else {
          throw Refusal(.trustMalformed, path, "line \(index + 1) does not begin with a key")
        }
        names[key] = words.count > 1 ? String(words[1]) : key.id
      }
    }
  }

  /// Adds a key to a file of keys.
  ///
  /// - Returns: Whether it was not there yet.
  /// - Throws: ``Refusal``, ``FileError``.
  @discardableResult
  package static func add(_ key: PublicKey, name: String, to path: String) throws -> Bool {
    guard try TrustedKeys(paths: [path]).names[key] == nil else { return false }
    try Folder.make(FilePath.folder(of: path), mode: 0o700)
    var text = File.exists(path) ? try File.text(of: path) : ""
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    text += "\(key.hexadecimal) \(name)\n"
    let file = try NewFile(path, mode: 0o600)
    try file.write(Array(text.utf8))
    try file.commit()
    return true
  }
}
