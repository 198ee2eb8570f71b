import Files
import Glibc

/// Step 5: a private copy of the very bytes that were checked, so that a file swapped on disk is
/// never the one that runs.
struct Staging {
  /// `$XDG_CACHE_HOME/espalier/staged`.
  let folder: String

  /// Writes the library below its hash and returns the copy's path.
  func stage(_ file: TrustedFile, sha256: String) throws(Refusal) -> String {
    let target = folder + "/" + sha256
    do {
      try Folder.make(target, mode: 0o700)
    } catch { throw Refusal(.stagingFailed, file.path, error.description) }
    try requireOwn(target, for: file.path)
    let name = FilePath.name(of: file.path)
    let path = target + "/" + (name.isEmpty ? "plugin.so" : name)
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
