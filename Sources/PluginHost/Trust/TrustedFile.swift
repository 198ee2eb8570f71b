import Glibc

/// A file opened once and read once: what was checked and hashed is what is used.
package struct TrustedFile: Sendable {
  package let path: String
  package let bytes: [UInt8]

  /// Opens and reads a regular file.
  ///
  /// - Parameters:
  ///   - path: An absolute path.
  ///   - limit: The largest size in bytes.
  ///   - tooLarge: The refusal of a larger file.
  ///   - checksOwner: Whether owner and mode of the file and of every folder above must be safe.
  /// - Throws: A refusal of step 2.
  package init(
    path: String,
    limit: Int,
    tooLarge: Refusal.Code = .fileTooLarge,
    checksOwner: Bool
  ) throws(Refusal) {
    // Not blocking: a FIFO must not hang the host before it is recognised.
    let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      let reason = errno
      switch reason {
      case ELOOP: throw Refusal(.fileIsLink, path, "it is a symbolic link")
      case ENXIO, ENODEV: throw Refusal(.fileNotRegular, path, "it is not a regular file")
      default: throw Refusal(.fileMissing, path, unsafe String(cString: strerror(reason)))
      }
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw Refusal(.fileMissing, path, unsafe String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Refusal(.fileNotRegular, path, "it is not a regular file")
    }
    if checksOwner {
      try Self.checkOwner(status, path)
      try Self.checkFolders(above: path)
    }
    guard status.st_size <= limit else {
      throw Refusal(tooLarge, path, "it has \(status.st_size) bytes, more than \(limit)")
    }
    self.path = path
    self.bytes = try Self.read(file, Int(status.st_size), path, limit)
  }

  private static func read(
    _ file: Int32,
    _ size: Int,
    _ path: String,
    _ limit: Int
  ) throws(Refusal) -> [UInt8] {
    var failure: Int32 = 0
    // One byte more than the file had, to notice that it grows.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      while count <= size {
        let rest = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]
        )
        let got = unsafe Glibc.read(file, rest.baseAddress, rest.count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0, bytes.count == size else {
      throw Refusal(
        .fileMissing,
        path,
        failure == 0
          ? "its size changed while it was read" : unsafe String(cString: strerror(failure))
      )
    }
    return bytes
  }

  private static func checkOwner(_ status: stat, _ path: String) throws(Refusal) {
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw Refusal(.fileOwner, path, "it belongs to user \(status.st_uid)")
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      throw Refusal(.fileWritable, path, "others than its owner may write it")
    }
  }

  /// Refuses unless every folder from the root down is as safe as the file.
  ///
  /// Whoever may write one of them can put another file in its place. A sticky folder of root's, such
  /// as /tmp, is safe.
  private static func checkFolders(above path: String) throws(Refusal) {
    guard let resolved = unsafe realpath(path, nil) else {
      throw Refusal(.fileMissing, path, unsafe String(cString: strerror(errno)))
    }
    defer { unsafe free(resolved) }
    var folder = unsafe String(cString: resolved)
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      let name = folder.isEmpty ? "/" : folder
      var status = stat()
      guard unsafe lstat(name, &status) == 0 else {
        throw Refusal(.folderUntrusted, path, "the folder \(name) cannot be read")
      }
      let isSticky = status.st_uid == 0 && status.st_mode & S_ISVTX != 0
      guard status.st_uid == 0 || status.st_uid == geteuid() else {
        throw Refusal(.folderUntrusted, path, "the folder \(name) belongs to user \(status.st_uid)")
      }
      guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky else {
        throw Refusal(.folderUntrusted, path, "others than its owner may write the folder \(name)")
      }
    }
  }
}
