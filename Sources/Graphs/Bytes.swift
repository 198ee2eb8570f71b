/// An immutable run of bytes that many values may share: on the heap, or in a file mapped into memory.
///
/// Copying a `Bytes` copies a reference; slicing shares the region. Nothing is read from a mapped file
/// until the bytes are touched.
public struct Bytes: Sendable {
  /// What keeps the memory alive, and frees it after its last user.
  ///
  /// The address is kept as a number because the memory never changes while the region lives.
  @safe public final class Region: Sendable {
    fileprivate let address: UInt
    /// Bytes in the region.
    public let count: Int
    private let release: @Sendable (UnsafeRawBufferPointer) -> Void

    /// Takes over memory that stays readable and unchanged until `release` is called, once, with it.
    public init(
      _ memory: UnsafeRawBufferPointer,
      release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
      address = UInt(bitPattern: memory.baseAddress)
      count = memory.count
      unsafe self.release = release
    }

    fileprivate var memory: UnsafeRawBufferPointer {
      unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
    }

    deinit { unsafe release(memory) }
  }

  private let region: Region?
  private let offset: Int
  /// Bytes in the run.
  public let count: Int

  /// No bytes at all.
  public init() { self.init(region: nil, offset: 0, count: 0) }

  /// The whole of a region.
  public init(_ region: Region) { self.init(region: region, offset: 0, count: region.count) }

  /// A copy of `bytes` on the heap, aligned to 64 bytes.
  public init(copying bytes: UnsafeRawBufferPointer) {
    unsafe self.init(count: bytes.count) { unsafe $0.copyMemory(from: bytes) }
  }

  /// The elements of an array, copied as they lie in memory.
  public init<Element: BitwiseCopyable>(_ elements: [Element]) {
    self = unsafe elements.withUnsafeBytes { unsafe Bytes(copying: $0) }
  }

  /// `count` bytes, aligned to 64, that `fill` writes.
  public init<Failure: Error>(
    count: Int,
    filling fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    do { unsafe try fill(memory) } catch {
      unsafe memory.deallocate()
      throw error
    }
    unsafe self.init(Region(UnsafeRawBufferPointer(memory)) { unsafe $0.deallocate() })
  }

  private init(region: Region?, offset: Int, count: Int) {
    self.region = region
    self.offset = offset
    self.count = count
  }

  /// True when there are no bytes.
  public var isEmpty: Bool { count == 0 }

  /// What keeps the memory alive, for borrowers who hold the address longer than a scope.
  public var owner: Region? { region }

  /// The bytes of `range`, sharing the memory.
  public subscript(range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the bytes")
    return Bytes(region: region, offset: offset + range.lowerBound, count: range.count)
  }

  /// Calls `body` with the memory, which is valid until it returns.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let region else { return unsafe try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return unsafe try body(
      UnsafeRawBufferPointer(rebasing: region.memory[offset..<offset + count])
    )
  }

  /// The bytes as elements of a fixed-width type, little endian; a rest shorter than one is left out.
  public func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
    unsafe withUnsafeBytes { bytes in
      let size = MemoryLayout<Element>.stride
      let whole = bytes.count / size
      return unsafe [Element](unsafeUninitializedCapacity: whole) { buffer, initialized in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(whole * size)])
        )
        initialized = whole
      }
    }
  }
}

extension Bytes: Hashable {
  /// True when both runs hold the same bytes, wherever they lie.
  public static func == (left: Bytes, right: Bytes) -> Bool {
    guard left.count == right.count else { return false }
    if left.region === right.region && left.offset == right.offset { return true }
    return unsafe left.withUnsafeBytes { a in
      unsafe right.withUnsafeBytes { b in unsafe equal(a, b) }
    }
  }

  /// Compares eight bytes at a time; both have the same length.
  private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    let words = a.count / 8 * 8
    for offset in stride(from: 0, to: words, by: 8)
    where unsafe a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      != b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    { return false }
    return unsafe a[words...].elementsEqual(b[words...])
  }

  /// Feeds the length and the first 256 bytes, enough to tell weights apart without reading a file whole.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    unsafe withUnsafeBytes {
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0.prefix(256)))
    }
  }
}
