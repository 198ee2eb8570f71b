import Glibc

/// What is named in place of a manifest by mistake, known by its first bytes.
enum ForeignFile: String {
  case library = "a library"
  case archive = "a packed plugin"
  case program = "a script"

  init?(_ bytes: some Collection<UInt8>) {
    switch Array(bytes.prefix(4)) {
    case [0x7F, 0x45, 0x4C, 0x46]: self = .library
    case let start where start.starts(with: [0x1F, 0x8B]): self = .archive
    case let start where start.starts(with: Array("#!".utf8)): self = .program
    default: return nil
    }
  }

  /// What a file that is too large for a manifest is.
  init?(path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let start = unsafe [UInt8](unsafeUninitializedCapacity: 4) { buffer, count in
      unsafe count = max(0, read(descriptor, buffer.baseAddress, 4))
    }
    self.init(start)
  }
}
