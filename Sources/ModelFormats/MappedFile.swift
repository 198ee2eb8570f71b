import Glibc
import Graphs

/// Files as bytes in memory, read from disk where they are touched.
enum MappedFile {
  /// From this size on, the system is told not to read around what is touched while the structure is parsed.
  private static var sparseSize: Int { 16 << 20 }

  /// The bytes of a regular file, mapped; the mapping outlives the file's name.
  static func bytes(of path: String) throws(ONNXError) -> Bytes {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(path: path, .open, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .file(path: path, .open, code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .file(path: path, .open, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    let count = Int(status.st_size)
    guard count > 0 else { return Bytes() }
    let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start = unsafe mapping, unsafe start != MAP_FAILED else {
      throw .file(path: path, .map, code: errno)
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
  static func expectWholeReads(of bytes: Bytes) {
    guard bytes.count >= sparseSize else { return }
    unsafe bytes.withUnsafeBytes { memory in
      guard let start = memory.baseAddress else { return }
      _ = unsafe madvise(UnsafeMutableRawPointer(mutating: start), memory.count, MADV_NORMAL)
    }
  }
}

/// The parts of a path.
enum FilePath {
  /// The folder that a path lies in; `.` where the path is only a name.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The system's number for a folder where a file was wanted.
  static let isFolderCode = EISDIR

  /// The names in a folder; empty where it cannot be read.
  static func entries(of folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      )
    }
    return names
  }

  /// Has the names in a folder written to disk, where its file system can.
  static func synchronize(folder: String) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The path with every link resolved, or nil with errno set.
  static func resolved(_ path: String) -> String? {
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
