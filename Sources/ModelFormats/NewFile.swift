import Glibc
import Graphs
import Synchronization

/// A file that appears under its name only when it is whole.
@safe struct NewFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Tells apart the temporary names of one process.
  private static let serial = Atomic<Int>(0)

  /// Writes a file by `body` under a temporary name in the same folder, then gives it its name.
  ///
  /// - Throws: what `body` throws, or ``ONNXError/file(path:_:code:)``; no trace is left then.
  static func write(
    _ path: String,
    _ body: (borrowing NewFile) throws(ONNXError) -> Void
  ) throws(ONNXError) {
    let number = serial.add(1, ordering: .relaxed).newValue
    let temporary =
      FilePath.folder(of: path) + "/." + FilePath.name(of: path) + ".\(getpid()).\(number)"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .file(path: path, .create, code: errno) }
    do throws(ONNXError) {
      try fill(NewFile(descriptor: descriptor, path: path), body)
      guard unsafe rename(temporary, path) == 0 else {
        throw .file(path: path, .rename, code: errno)
      }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  private static func fill(
    _ file: consuming NewFile,
    _ body: (borrowing NewFile) throws(ONNXError) -> Void
  ) throws(ONNXError) {
    defer { close(file.descriptor) }
    try body(file)
    guard fsync(file.descriptor) == 0 else {
      throw .file(path: file.path, .sync, code: errno)
    }
  }

  /// Adds everything that a writer holds.
  func append(_ output: WireWriter) throws(ONNXError) {
    try unsafe output.forEachRun { run throws(ONNXError) in try unsafe append(run) }
  }

  /// Adds bytes at an offset that lies at or behind the end.
  func append(_ bytes: Bytes, at offset: Int) throws(ONNXError) {
    guard lseek(descriptor, offset, SEEK_SET) >= 0 else {
      throw .file(path: path, .write, code: errno)
    }
    try unsafe bytes.withUnsafeBytes { run throws(ONNXError) in try unsafe append(run) }
  }

  private func append(_ run: UnsafeRawBufferPointer) throws(ONNXError) {
    var rest = unsafe run[...]
    while unsafe !rest.isEmpty {
      let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
      let written = unsafe Glibc.write(descriptor, part.baseAddress, part.count)
      guard written >= 0 else {
        if errno == EINTR { continue }
        throw .file(path: path, .write, code: errno)
      }
      unsafe rest = rest.dropFirst(written)
    }
  }
}
