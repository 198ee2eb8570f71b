internal import Glibc

/// A whole file as bytes.
enum FileBytes {
  /// Why a file could not be read: the system's number and words.
  struct Failure: Error {
    let code: Int32
    /// Whether there is no such file, which is another kind of problem than one that cannot be read.
    var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    var reason: String {
      var words = [CChar](repeating: 0, count: 256)
      guard unsafe strerror_r(code, &words, words.count) == 0 else { return "error \(code)" }
      return String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Reads a file; a folder or pipe is refused.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Failure(code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(code: EISDIR) }
    var code: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, filled in
      while filled < buffer.count {
        let count = unsafe Glibc.read(
          descriptor,
          buffer.baseAddress?.advanced(by: filled),
          buffer.count - filled
        )
        if count < 0 && errno == EINTR { continue }
        if count < 0 { code = errno }
        guard count > 0 else { break }
        filled += count
      }
    }
    guard code == 0 else { throw Failure(code: code) }
    return bytes
  }

  /// The lines of a text file in UTF-8.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - wanted: what the file should be, for the message where there is none.
  /// - Returns: the lines, without their ends.
  /// - Throws: ``DataError`` for a file that cannot be read, or that is in another encoding.
  static func lines(_ path: String, wanted: String) throws(DataError) -> [Substring] {
    let bytes: [UInt8]
    do { bytes = try read(path) } catch {
      throw .missing(path: path, wanted: "\(wanted) (\(error.reason))")
    }
    do { return TextEncoding.lines(of: try TextEncoding.decode(bytes)) } catch {
      throw .problem(DataProblem(.brokenAnnotation, path: path, line: 1, message: "\(error)"))
    }
  }

  /// Whether a path leads to a file (not to a folder).
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a path leads to a folder.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
