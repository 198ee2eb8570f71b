import Glibc

/// A folder of its own for files that live as long as this value does.
package struct TemporaryFolder: ~Copyable {
  package let path: String

  /// Makes a folder that only this user may enter, in `TMPDIR` or `/tmp`.
  ///
  /// - Throws: ``FileError``.
  package init() throws(FileError) {
    let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    let stem = "\(named.isEmpty ? "/tmp" : named)/espalier-"
    // The system puts other letters in place of these.
    var pattern = Array((stem + String(repeating: "X", count: 6)).utf8CString)
    let made = unsafe pattern.withUnsafeMutableBufferPointer { memory in
      unsafe memory.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    guard made else { throw FileError(.create, stem, code: errno) }
    path = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in (try? Folder.names(in: path)) ?? [] { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
