import Files
import Glibc

/// Keeps the folder of staged copies from growing for ever: removes what was not used for long, and the oldest beyond a size.
///
/// Runs share a lock from staging to mapping; a sweep needs it alone, and leaves where it cannot have it.
package struct StagingSweep: Sendable {
  package let folder: String
  /// The longest that a copy stays unused, in seconds.
  package var age = 30 * 24 * 3600
  /// The most that all copies may take, in bytes.
  package var size = 2 << 30

  package init(folder: String) { self.folder = folder }

  /// The result of `body`, during which the folder is locked; `body` gets whether it is.
  static func locking<Result, Problem: Error>(
    _ folder: String,
    alone: Bool,
    _ body: (_ isLocked: Bool) throws(Problem) -> Result
  ) throws(Problem) -> Result {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open("\(folder)/.lock", flags, 0o600)
    defer { if descriptor >= 0 { close(descriptor) } }
    let isLocked =
      descriptor >= 0 && flock(descriptor, alone ? LOCK_EX | LOCK_NB : LOCK_SH) == 0
    return try body(isLocked)
  }

  /// Removes copies, unless another process is about to map one.
  ///
  /// - Returns: How many were removed.
  @discardableResult
  package func run() -> Int {
    Self.locking(folder, alone: true) { isLocked in isLocked ? sweep() : 0 }
  }

  private func sweep() -> Int {
    let now = time(nil)
    var copies: [(path: String, used: Int, size: Int)] = []
    for name in (try? Folder.names(in: folder)) ?? [] where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      var status = stat()
      guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      copies.append((path, status.st_mtim.tv_sec, Self.size(of: path)))
    }
    copies.sort { $0.used > $1.used }
    var total = 0
    var removed = 0
    for (index, copy) in copies.enumerated() {
      total += copy.size
      // The newest stays, however large: it is the one in use.
      let isOver = index > 0 && total > size
      guard isOver || now - copy.used > age else { continue }
      if (try? Folder.remove(copy.path)) != nil { removed += 1 }
    }
    return removed
  }

  private static func size(of folder: String) -> Int {
    var total = 0
    for name in (try? Folder.names(in: folder)) ?? [] {
      var status = stat()
      if unsafe lstat("\(folder)/\(name)", &status) == 0 { total += Int(status.st_size) }
    }
    return total
  }
}
