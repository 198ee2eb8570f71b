import Glibc
package import Graphs

/// A file that is written piece by piece under a temporary name, and appears under its own when it is whole.
///
/// ``commit()`` has the bytes written to disk, gives the file its name, and has the name written to disk: whenever the
/// process or the machine stops, the old file or the new one is there. What is not committed is removed; what a killed
/// process left over is swept by ``removeLeftovers(in:)``.
@safe package struct NewFile: ~Copyable {
  private let path: String
  private let temporary: String
  private var descriptor: Int32

  /// What the temporary names begin with; it says nothing of the file, whose own name may be as long as names can be.
  private static let marker = ".part-"

  /// Opens a temporary file in the path's folder.
  ///
  /// - Parameters:
  ///   - path: the name that the file will have.
  ///   - mode: who may use it, before the process's mask.
  /// - Throws: ``FileError``.
  package init(_ path: String, mode: UInt32 = 0o666) throws(FileError) {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    let temporary = FilePath.folder(of: path) + "/" + Self.marker + digits
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(temporary, flags, mode)
    guard descriptor >= 0 else { throw FileError(.create, path, code: errno) }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unsafe unlink(temporary)
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError``, such as for a full disk.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError(.write, path, code: errno) }
      done += count
    }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError``, such as for a full disk.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try unsafe bytes.withUnsafeBufferPointer { memory throws(FileError) in
      try unsafe write(UnsafeRawBufferPointer(memory))
    }
  }

  /// Adds bytes at an offset that lies at or behind the end.
  ///
  /// - Throws: ``FileError``.
  package func write(_ bytes: Bytes, at offset: Int) throws(FileError) {
    guard lseek(descriptor, offset, SEEK_SET) >= 0 else {
      throw FileError(.write, path, code: errno)
    }
    try unsafe bytes.withUnsafeBytes { run throws(FileError) in try unsafe write(run) }
  }

  /// Makes what was written lasting, and gives it its name.
  ///
  /// - Throws: ``FileError``; what was at the path before then still is.
  package consuming func commit() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(.sync, path, code: errno) }
    guard unsafe rename(temporary, path) == 0 else {
      throw FileError(.rename, path, code: errno)
    }
    close(descriptor)
    descriptor = -1
    Folder.synchronize(FilePath.folder(of: path))
  }

  /// Removes what processes that ended in the middle left in a folder.
  package static func removeLeftovers(in folder: String) {
    for name in (try? Folder.names(in: folder)) ?? [] where isLeftover(name) {
      unsafe unlink("\(folder)/\(name)")
    }
  }

  /// Whether a name ends as temporary ones do; earlier versions began them with the file's own.
  private static func isLeftover(_ name: String) -> Bool {
    guard let start = name.ranges(of: marker).last?.upperBound, start < name.endIndex else {
      return false
    }
    return name[start...].allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}
