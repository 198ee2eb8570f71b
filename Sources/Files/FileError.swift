import Glibc

/// A file or folder that cannot be read or written: what was tried, on what, and why not.
package struct FileError: Error, Sendable, Hashable {
  /// What was tried.
  package enum Action: String, Sendable, Hashable {
    case read, open, map, create, write, sync, rename, remove
  }

  /// Why it failed.
  package enum Cause: Sendable, Hashable {
    /// The system refused, with this errno.
    case system(Int32)
    /// The text is in an encoding that is not read.
    case encoding(TextEncoding.Foreign)
    /// A file was wanted, and there is a pipe, a device or a socket.
    case notAFile
  }

  package let action: Action
  package let path: String
  package let cause: Cause

  /// An action that failed for a reason.
  package init(_ action: Action, _ path: String, _ cause: Cause) {
    self.action = action
    self.path = path
    self.cause = cause
  }

  /// An action that the system refused.
  package init(_ action: Action, _ path: String, code: Int32) {
    self.init(action, path, .system(code))
  }

  /// The system's errno, or the one that comes nearest.
  package var code: Int32 {
    if case .system(let code) = cause { code } else { EINVAL }
  }

  /// Whether there is nothing of that name, which is another fault than a file that cannot be read.
  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// Whether the path leads to a folder where a file was wanted.
  package var isFolder: Bool { code == EISDIR }

  /// Whether something was to be written.
  package var isWriting: Bool {
    switch action {
    case .read, .open, .map: false
    case .create, .write, .sync, .rename, .remove: true
    }
  }

  /// Why, in words.
  package var reason: String {
    switch cause {
    case .system(let code): Self.words(of: code)
    case .encoding(let found): "\(found)"
    case .notAFile: "it is a pipe or a device, not a file"
    }
  }

  /// The words for an errno.
  package static func words(of code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: return "no space is left on the device"
    case EACCES, EPERM: return "permission denied"
    case ENOENT: return "there is no such file or folder"
    case ENOTDIR: return "a part of the path is no folder"
    case EISDIR: return "it is a folder"
    case EROFS: return "the file system cannot be written to"
    default:
      return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress, unsafe strerror_r(code, start, buffer.count) == 0
        else { return "error \(code)" }
        return unsafe String(cString: start)
      }
    }
  }
}

extension FileError: CustomStringConvertible {
  /// What was tried on which file, and why it failed.
  package var description: String { "cannot \(action.rawValue) '\(path)': \(reason)" }
}
