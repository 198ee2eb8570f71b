import Glibc

/// A folder that is filled under a temporary name beside its own, and appears when it is whole.
///
/// What is not committed is removed; what a killed process left over is removed when the same folder is begun again.
@safe package struct NewFolder: ~Copyable {
  private let path: String
  /// Where the files are written until then.
  package let staging: String
  private var isDone: Bool

  /// What the temporary names end with, before digits.
  private static let marker = ".part-"

  /// Makes the temporary folder, and those above it.
  ///
  /// - Parameter path: the name that the folder will have.
  /// - Throws: ``FileError``.
  package init(_ path: String) throws(FileError) {
    let above = FilePath.folder(of: path)
    let prefix = ".\(FilePath.name(of: path))\(Self.marker)"
    try Folder.make(above)
    for name in try Folder.names(in: above) where name.hasPrefix(prefix) {
      try Folder.remove("\(above)/\(name)")
    }
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    let staging = "\(above)/\(prefix)\(digits)"
    try Folder.make(staging)
    self.path = path
    self.staging = staging
    isDone = false
  }

  deinit {
    if !isDone { try? Folder.remove(staging) }
  }

  /// Writes a file, and makes the folders that it lies in.
  ///
  /// - Throws: ``FileError``.
  package func write(_ text: String, to name: String) throws(FileError) {
    let file = "\(staging)/\(name)"
    try makeFolder(of: file)
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.create, file, code: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { memory in
        unsafe Glibc.write(
          descriptor,
          unsafe UnsafeRawBufferPointer(rebasing: memory[done...]).baseAddress,
          bytes.count - done
        )
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError(.write, file, code: errno) }
      done += count
    }
  }

  /// Gives a file a second name in the folder, or copies it where that cannot be.
  ///
  /// - Parameters:
  ///   - source: the file; a link is followed.
  ///   - name: its name in the folder.
  ///   - copies: whether its bytes are copied in any case.
  /// - Throws: ``FileError``.
  package func add(_ source: String, as name: String, copies: Bool) throws(FileError) {
    let file = "\(staging)/\(name)"
    try makeFolder(of: file)
    if !copies, let real = FilePath.resolved(source), unsafe link(real, file) == 0 { return }
    let bytes = try File.bytes(of: source)
    let new = try NewFile(file)
    try new.write(bytes, at: 0)
    try new.commit()
  }

  /// Has all of it written to disk, and gives the folder its name.
  ///
  /// - Parameter replaces: whether a folder that is not empty gives way.
  /// - Throws: ``FileError``; what was at the path before then still is.
  package consuming func commit(replacing replaces: Bool = false) throws(FileError) {
    sync()
    let old = staging + ".old"
    let hasOld = replaces && Folder.exists(path)
    if hasOld { try Self.move(path, to: old) }
    do { try Self.move(staging, to: path) } catch {
      if hasOld { try? Self.move(old, to: path) }
      throw error
    }
    isDone = true
    Folder.synchronize(FilePath.folder(of: path))
    if hasOld { try Folder.remove(old) }
  }

  private func makeFolder(of file: String) throws(FileError) {
    let folder = FilePath.folder(of: file)
    if !Folder.exists(folder) { try Folder.make(folder) }
  }

  private static func move(_ path: String, to name: String) throws(FileError) {
    guard unsafe rename(path, name) == 0 else { throw FileError(.rename, name, code: errno) }
  }
}
