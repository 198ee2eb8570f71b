import Files
import Glibc

/// Step 5: private copies of the very bytes that were checked, so that a file swapped on disk is
/// never the one that runs.
struct Staging {
  /// `$XDG_CACHE_HOME/espalier/staged`.
  let folder: String

  /// Writes the library and what comes with it below their hash.
  ///
  /// - Parameters:
  ///   - file: The library.
  ///   - sha256: Its hash.
  ///   - companions: What comes with it.
  /// - Returns: The copy of the library; the others lie beside it.
  /// - Throws: A refusal of step 5.
  func stage(
    _ file: TrustedFile,
    sha256: String,
    with companions: Companions
  ) throws(Refusal) -> String {
    let target = folder + "/" + Self.key(sha256, companions)
    do {
      try Folder.make(target, mode: 0o700)
    } catch { throw Refusal(.stagingFailed, file.path, error.description) }
    try requireOwn(target, for: file.path)
    for part in companions.bundled { _ = try copy(part.file, as: part.name, to: target) }
    let name = FilePath.name(of: file.path)
    let path = try copy(file, as: name.isEmpty ? "plugin.so" : name, to: target)
    // What was used last is what is kept longest.
    unsafe utimes(target, nil)
    return path
  }

  /// The name of a library's folder: its hash, or one over all hashes where files come with it.
  private static func key(_ sha256: String, _ companions: Companions) -> String {
    guard !companions.bundled.isEmpty else { return sha256 }
    let lines = [sha256] + companions.bundled.map { "\($0.sha256) \($0.name)" }
    return SHA256.hexadecimal(of: Array(lines.joined(separator: "\n").utf8).span)
  }

  /// Writes a file, unless it is there with the same bytes.
  private func copy(
    _ file: TrustedFile,
    as name: String,
    to target: String
  ) throws(Refusal) -> String {
    let path = target + "/" + name
    if let existing = try? TrustedFile(path: path, limit: file.bytes.count, checksOwner: true),
      existing.bytes == file.bytes
    {
      return path
    }
    do throws(FileError) {
      let copy = try NewFile(path, mode: 0o500)
      try copy.write(file.bytes)
      try copy.commit()
    } catch { throw Refusal(.stagingFailed, file.path, error.description) }
    return path
  }

  /// Refuses a folder that others may write, or that is somebody else's.
  private func requireOwn(_ path: String, for library: String) throws(Refusal) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0
    else {
      throw Refusal(.stagingFailed, library, "the folder \(path) is not this user's alone")
    }
  }
}
