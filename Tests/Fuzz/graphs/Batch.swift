import Glibc
import Graphs

/// The file that what was written is collected in, for `check.py`; the one that FUZZ_BATCH names.
struct Batch {
  private let file: UnsafeMutablePointer<FILE>?
  /// Contents that are there, by hash.
  private var known: Set<Int> = []

  init() {
    guard let path = unsafe getenv("FUZZ_BATCH") else {
      unsafe file = nil
      return
    }
    unsafe file = fopen(path, "w")
    guard let file = unsafe file else { preconditionFailure("FUZZ_BATCH cannot be written") }
    unsafe setvbuf(file, nil, _IOFBF, 1 << 20)
  }

  /// Adds a written file and the graph that it came from, once each.
  mutating func add(_ written: Bytes, from origin: Bytes) {
    guard let file = unsafe file, known.insert(written.hashValue).inserted else { return }
    for part in [written, origin] {
      var length = UInt32(part.count).littleEndian
      unsafe fwrite(&length, 4, 1, file)
      unsafe part.withUnsafeBytes { bytes in
        _ = unsafe fwrite(bytes.baseAddress, 1, bytes.count, file)
      }
    }
  }
}
