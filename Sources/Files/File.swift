import Glibc
package import Graphs

/// Files that are read whole, and written so that they are there whole or not at all.
package enum File {
  /// Whether there is something of that name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0
  }

  /// Whether a path leads to a file, not to a folder or a device.
  package static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The text of a file, in UTF-8, without a byte order mark; bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - acceptsPipes: as of ``contents(of:acceptsPipes:)``.
  /// - Returns: the text.
  /// - Throws: ``FileError``, for text in another encoding too.
  package static func text(
    of path: String,
    acceptsPipes: Bool = true
  ) throws(FileError) -> String {
    let bytes = try contents(of: path, acceptsPipes: acceptsPipes)
    do { return try TextEncoding.decode(bytes) } catch {
      throw FileError(.read, path, .encoding(error))
    }
  }

  /// The bytes of a file as an array.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - acceptsPipes: whether a pipe or device is read to its end; false refuses all but files, without waiting.
  /// - Returns: all that is in it.
  /// - Throws: ``FileError``.
  package static func contents(
    of path: String,
    acceptsPipes: Bool = true
  ) throws(FileError) -> [UInt8] {
    let descriptor = try opened(path, acceptsPipes: acceptsPipes)
    defer { close(descriptor) }
    // One byte more than the file has, so that its end is seen.
    var room = max(try size(descriptor, path), 1 << 12) + 1
    var bytes: [UInt8] = []
    while true {
      var code: Int32 = 0
      let part = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        let read = unsafe fill(UnsafeMutableRawBufferPointer(buffer), from: descriptor)
        (count, code) = read
      }
      guard code == 0 else { throw FileError(.read, path, code: code) }
      if bytes.isEmpty { bytes = part } else { bytes += part }
      guard part.count == room else { return bytes }
      room = max(1 << 16, bytes.count)
    }
  }

  /// The first bytes of a file; all of one that is shorter.
  ///
  /// - Throws: ``FileError``, for what is no file too.
  package static func start(of path: String, count: Int) throws(FileError) -> [UInt8] {
    let descriptor = try opened(path, acceptsPipes: false)
    defer { close(descriptor) }
    var code: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let read = unsafe fill(UnsafeMutableRawBufferPointer(buffer), from: descriptor)
      (filled, code) = read
    }
    guard code == 0 else { throw FileError(.read, path, code: code) }
    return bytes
  }

  /// The bytes of a file on the heap, where tensors may share them.
  ///
  /// - Throws: ``FileError``.
  package static func bytes(of path: String) throws(FileError) -> Bytes {
    let descriptor = try opened(path, acceptsPipes: true)
    defer { close(descriptor) }
    let size = try size(descriptor, path)
    // Pipes, and files that the system makes up while they are read, have no size.
    guard size > 0 else { return Bytes(try contents(of: path)) }
    var count = 0
    let bytes = unsafe try Bytes(count: size) { memory throws(FileError) in
      let read = unsafe fill(memory, from: descriptor)
      guard read.code == 0 else { throw FileError(.read, path, code: read.code) }
      count = read.count
    }
    return bytes[0..<count]
  }

  /// Writes a file, whole or not at all.
  ///
  /// - Throws: ``FileError``; what was at the path before then still is.
  package static func write(
    _ bytes: some Collection<UInt8>,
    to path: String
  ) throws(FileError) {
    let file = try NewFile(path)
    try file.write(Array(bytes))
    try file.commit()
  }

  /// Removes a file; one that is not there is no error.
  ///
  /// - Throws: ``FileError``.
  package static func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(path) != 0, errno != ENOENT else { return }
    throw FileError(.remove, path, code: errno)
  }

  private static func opened(_ path: String, acceptsPipes: Bool) throws(FileError) -> Int32 {
    let flags = O_RDONLY | O_CLOEXEC | (acceptsPipes ? 0 : O_NONBLOCK)
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else { throw FileError(.read, path, code: errno) }
    var status = stat()
    let code = unsafe fstat(descriptor, &status) == 0 ? 0 : errno
    let kind = status.st_mode & S_IFMT
    guard code == 0, kind == S_IFREG || acceptsPipes && kind != S_IFDIR else {
      close(descriptor)
      let isRefused = code != 0 || kind == S_IFDIR
      throw FileError(.read, path, isRefused ? .system(code != 0 ? code : EISDIR) : .notAFile)
    }
    return descriptor
  }

  /// The bytes in a file; 0 for what has no size.
  private static func size(_ descriptor: Int32, _ path: String) throws(FileError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.read, path, code: errno) }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
  }

  /// Reads until the memory is full or the file ends.
  private static func fill(
    _ memory: UnsafeMutableRawBufferPointer,
    from descriptor: Int32
  ) -> (count: Int, code: Int32) {
    var done = 0
    while done < memory.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[done...])
      let count = unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return (done, errno) }
      if count == 0 { break }
      done += count
    }
    return (done, 0)
  }
}
