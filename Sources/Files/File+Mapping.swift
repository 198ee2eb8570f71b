import Glibc
package import Graphs

/// Files as bytes in memory, read from disk where they are touched.
extension File {
  /// Files of this size and above are mapped without read-ahead while their structure is parsed.
  private static var sparseSize: Int { 16 << 20 }

  /// The bytes of a regular file, mapped; the mapping outlives the file's name.
  ///
  /// - Throws: ``FileError``.
  package static func mapped(_ path: String) throws(FileError) -> Bytes {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(.open, path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.open, path, code: errno) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw FileError(.open, path, kind == S_IFDIR ? .system(EISDIR) : .notAFile)
    }
    let count = Int(status.st_size)
    guard count > 0 else { return Bytes() }
    let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start = unsafe mapping, unsafe start != MAP_FAILED else {
      throw FileError(.map, path, code: errno)
    }
    if count >= sparseSize { _ = unsafe madvise(start, count, MADV_RANDOM) }
    let memory = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return unsafe Bytes(
      Bytes.Region(memory) { memory in
        guard let start = memory.baseAddress else { return }
        _ = unsafe munmap(UnsafeMutableRawPointer(mutating: start), memory.count)
      }
    )
  }

  /// Tells the system that the structure is parsed, and that what comes now is whole tensors.
  package static func expectWholeReads(of bytes: Bytes) {
    guard bytes.count >= sparseSize else { return }
    unsafe bytes.withUnsafeBytes { memory in
      guard let start = memory.baseAddress else { return }
      _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start), memory.count, MADV_NORMAL)
    }
  }
}
