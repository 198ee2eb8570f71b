import Files
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
    try self.init(
      FilePath.name(of: path),
      in: FilePath.folder(of: path),
      limit: limit,
      tooLarge: tooLarge,
      checksOwner: checksOwner
    )
  }

  /// Opens and reads a regular file below a folder, each folder on the way opened by the one above it.
  ///
  /// Links lead to the folder as to any other; below it none is followed.
  ///
  /// - Parameters:
  ///   - name: A relative path, without `.` and `..`.
  ///   - folder: An absolute path.
  ///   - limit: The largest size in bytes.
  ///   - tooLarge: The refusal of a larger file.
  ///   - checksOwner: Whether owner and mode of the file and of every folder above must be safe.
  /// - Throws: A refusal of step 2.
  package init(
    _ name: String,
    in folder: String,
    limit: Int,
    tooLarge: Refusal.Code = .fileTooLarge,
    checksOwner: Bool
  ) throws(Refusal) {
    let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    let place = try OpenFolder(folder, for: path).descend(name, for: path, checksOwner: checksOwner)
    // Not blocking: a FIFO must not hang the host before it is recognised.
    let file = unsafe openat(
      place.folder.descriptor,
      place.name,
      O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    )
    guard file >= 0 else {
      let reason = errno
      switch reason {
      case ELOOP: throw Refusal(.fileIsLink, path, "it is a symbolic link")
      case ENXIO, ENODEV: throw Refusal(.fileNotRegular, path, "it is not a regular file")
      default: throw Refusal(.fileMissing, path, FileError.words(of: reason))
      }
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw Refusal(.fileMissing, path, FileError.words(of: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Refusal(.fileNotRegular, path, "it is not a regular file")
    }
    if checksOwner {
      try Self.checkOwner(status, path)
      try Self.checkFolders(from: folder, for: path)
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
        failure == 0 ? "its size changed while it was read" : FileError.words(of: failure)
      )
    }
    return bytes
  }

  private static func checkOwner(_ status: stat, _ path: String) throws(Refusal) {
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw Refusal(.fileOwner, path, "it belongs to user \(status.st_uid)")
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw Refusal(.fileWritable, path, "others than its owner may write it (its mode is \(mode))")
    }
  }

  /// Refuses unless every folder from the root down is as safe as the file.
  ///
  /// Whoever may write one of them can put another file in its place. A sticky folder of root's, such
  /// as /tmp, is safe.
  private static func checkFolders(from lowest: String, for path: String) throws(Refusal) {
    guard var folder = FilePath.resolved(lowest) else {
      throw Refusal(.fileMissing, path, FileError.words(of: errno))
    }
    while true {
      let name = folder.isEmpty ? "/" : folder
      var status = stat()
      guard unsafe lstat(name, &status) == 0 else {
        throw Refusal(.folderUntrusted, path, "the folder \(name) cannot be read")
      }
      try checkFolder(status, name, for: path)
      guard let slash = folder.lastIndex(of: "/") else { return }
      folder = String(folder[..<slash])
    }
  }

  fileprivate static func checkFolder(
    _ status: stat,
    _ name: String,
    for path: String
  ) throws(Refusal) {
    let isSticky = status.st_uid == 0 && status.st_mode & S_ISVTX != 0
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw Refusal(.folderUntrusted, path, "the folder \(name) belongs to user \(status.st_uid)")
    }
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky else {
      throw Refusal(.folderUntrusted, path, "others than its owner may write the folder \(name)")
    }
  }
}

/// A folder that is held open while what is in it is opened.
private struct OpenFolder: ~Copyable {
  let path: String
  let descriptor: Int32

  init(_ path: String, for file: String) throws(Refusal) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Refusal(.fileMissing, file, FileError.words(of: errno)) }
    self.path = path
  }

  private init(_ name: String, in folder: borrowing OpenFolder, for file: String) throws(Refusal) {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let path = "\(folder.path)/\(name)"
    descriptor = unsafe openat(folder.descriptor, name, flags)
    guard descriptor >= 0 else {
      let reason = errno
      var status = stat()
      let isLink =
        unsafe fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        && status.st_mode & S_IFMT == S_IFLNK
      guard isLink else { throw Refusal(.fileMissing, file, FileError.words(of: reason)) }
      throw Refusal(.folderIsLink, file, "the folder \(path) is a symbolic link")
    }
    self.path = path
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The folder that holds the last part of a relative path, and that part.
  consuming func descend(
    _ name: String,
    for file: String,
    checksOwner: Bool
  ) throws(Refusal) -> Place {
    var parts = name.split(separator: "/").map(String.init)
    let last = parts.popLast() ?? ""
    var folder = self
    for part in parts {
      folder = try OpenFolder(part, in: folder, for: file)
      var status = stat()
      guard checksOwner, unsafe fstat(folder.descriptor, &status) == 0 else { continue }
      try TrustedFile.checkFolder(status, folder.path, for: file)
    }
    return Place(folder: folder, name: last)
  }

  struct Place: ~Copyable {
    let folder: OpenFolder
    let name: String
  }
}
