import Glibc
import Graphs

/// What the parameters of a freshly built graph hold.
public enum Weights: Sendable, Hashable {
  /// The architecture's own initialisation, the same bits for the same seed on every machine.
  case seeded(UInt64)
  /// Zeros that take no memory: for questions of structure and cost.
  case structureOnly
}

/// One memory region of zeros that every parameter of a structure-only graph shares.
struct SharedZeros: Sendable {
  private let bytes: Bytes

  /// `count` bytes of address space; pages are never touched, so they cost no memory.
  init(count: Int) {
    guard count > 0,
      let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe address != MAP_FAILED
    else {
      bytes = Bytes([UInt8](repeating: 0, count: count))
      return
    }
    unsafe bytes = Bytes(
      Bytes.Region(UnsafeRawBufferPointer(start: address, count: count)) { memory in
        unsafe munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
      }
    )
  }

  /// The first `count` of the bytes.
  func prefix(_ count: Int) -> Bytes { bytes[0..<count] }
}
