import Glibc

/// Step 5: a private copy of the very bytes that were checked, so that a file swapped on disk is
/// never the one that runs.
struct Staging {
  /// `$XDG_CACHE_HOME/espalier/staged`.
  let folder: String

  /// Writes the library below its hash and returns the copy's path.
  func stage(_ file: TrustedFile, sha256: String) throws(Refusal) -> String {
    let target = folder + "/" + sha256
    try makeFolders(target, for: file.path)
    let name = file.path.split(separator: "/").last.map(String.init) ?? "plugin.so"
    let path = target + "/" + name
    if let existing = try? TrustedFile(path: path, limit: file.bytes.count, checksOwner: true),
      existing.bytes == file.bytes
    {
      return path
    }
    let temporary = target + "/.\(name).\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let output = unsafe open(
      temporary,
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      0o500
    )
    guard output >= 0 else { throw failure(file.path, temporary) }
    let isWritten = unsafe file.bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let n = unsafe write(output, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
        if n < 0, errno == EINTR { continue }
        if n <= 0 { return false }
        done += n
      }
      return true
    }
    guard close(output) == 0, isWritten, unsafe rename(temporary, path) == 0 else {
      let error = failure(file.path, temporary)
      unsafe unlink(temporary)
      throw error
    }
    return path
  }

  private func makeFolders(_ path: String, for library: String) throws(Refusal) {
    var current = ""
    for part in path.split(separator: "/") {
      current += "/" + part
      if unsafe mkdir(current, 0o700) != 0, errno != EEXIST { throw failure(library, current) }
    }
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0
    else {
      throw Refusal(.stagingFailed, library, "the folder \(path) is not this user's alone")
    }
  }

  private func failure(_ library: String, _ path: String) -> Refusal {
    Refusal(.stagingFailed, library, "\(path): \(unsafe String(cString: strerror(errno)))")
  }
}
