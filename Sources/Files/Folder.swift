import Glibc

/// Folders of the file system.
package enum Folder {
  /// Whether a path leads to a folder.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, sorted.
  ///
  /// - Throws: ``FileError``.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let directory = unsafe opendir(folder) else {
      throw FileError(.read, folder, code: errno)
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw FileError(.read, folder, code: errno) }
    return names.sorted()
  }

  /// Makes a folder and those above it; one that is there stays as it is.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - mode: who may use the folders that are made, before the process's mask.
  /// - Throws: ``FileError``.
  package static func make(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
    if unsafe mkdir(path, mode) == 0 { return synchronize(FilePath.folder(of: path)) }
    let code = errno
    if code == EEXIST, exists(path) { return }
    let above = FilePath.folder(of: path)
    guard code == ENOENT, !path.isEmpty, above != path else {
      throw FileError(.create, path, code: code)
    }
    // Another process may have made it since.
    if !exists(above) { try make(above, mode: mode) }
    guard unsafe mkdir(path, mode) != 0 else { return synchronize(above) }
    let again = errno
    guard again == EEXIST, exists(path) else { throw FileError(.create, path, code: again) }
  }

  /// Removes a folder with all that is in it; one that is not there is none to remove.
  ///
  /// Links are removed, not followed.
  ///
  /// - Throws: ``FileError``.
  package static func remove(_ path: String) throws(FileError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw FileError(.remove, path, code: errno) }
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return try File.remove(path) }
    for name in try names(in: path) { try remove("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else {
      throw FileError(.remove, path, code: errno)
    }
  }

  /// Has the names in a folder written to disk; a file system that cannot is none of ours to refuse.
  package static func synchronize(_ folder: String) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
