import Glibc

/// A file that is written piece by piece under a temporary name, and appears under its own when it is whole.
///
/// What is not committed is removed; what a killed process left over is swept by ``removeLeftovers(in:)``.
package final class StreamedFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens the temporary file beside the path.
  ///
  /// - Throws: ``WholeFile/Failure``.
  package init(_ path: String) throws(WholeFile.Failure) {
    self.path = path
    temporary = "\(path)\(Self.marker)\(getpid())"
    descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw WholeFile.Failure("write", path, SystemError()) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unsafe unlink(temporary)
  }

  private static let marker = ".part-"

  /// Appends bytes.
  ///
  /// - Throws: ``WholeFile/Failure``, such as for a full disk.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(WholeFile.Failure) {
    var done = 0
    while done < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw WholeFile.Failure("write", path, SystemError()) }
      done += count
    }
  }

  /// Makes what was written lasting, and gives it its name.
  ///
  /// - Throws: ``WholeFile/Failure``.
  package func commit() throws(WholeFile.Failure) {
    guard fsync(descriptor) == 0, close(descriptor) == 0 else {
      throw WholeFile.Failure("write", path, SystemError())
    }
    descriptor = -1
    guard unsafe rename(temporary, path) == 0 else {
      let error = SystemError()
      unsafe unlink(temporary)
      throw WholeFile.Failure("write", path, error)
    }
    Self.makeNamesLasting(besides: path)
  }

  /// Makes the folder's list of names lasting; a file system that cannot is none of ours to refuse.
  private static func makeNamesLasting(besides path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes what processes that ended in the middle left in a folder.
  package static func removeLeftovers(in folder: String) {
    for name in (try? WholeFile.names(in: folder)) ?? [] where name.contains(marker) {
      unsafe unlink("\(folder)/\(name)")
    }
  }
}

@available(*, unavailable) extension StreamedFile: Sendable {}

/// What the system says of the last call that failed.
struct SystemError: Error, CustomStringConvertible {
  let code: Int32

  init() { code = errno }

  var description: String {
    switch code {
    case ENOSPC, EDQUOT: return "no space is left on the device"
    case EACCES, EPERM: return "permission denied"
    case ENOENT: return "there is no such file or folder"
    case EROFS: return "the file system cannot be written to"
    default: return unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
  }
}
