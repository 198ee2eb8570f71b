/// The parts of a 64-bit little-endian ELF shared library that decide whether it may be loaded; read
/// from its bytes, so that nothing of it runs.
package struct ELFImage: Sendable, Hashable {
  package enum Fault: Error, Sendable, Hashable {
    case malformed(String)
  }

  package let machine: UInt16
  package let exports: Set<String>
  package let needed: [String]
  package let runPaths: [String]
  package let hasTextRelocations: Bool
  package let hasExecutableStack: Bool

  /// EM_X86_64 or EM_AARCH64: what this host runs on.
  package static var hostMachine: UInt16 {
    #if arch(x86_64)
    62
    #else
    183
    #endif
  }

  package init(_ bytes: [UInt8]) throws(Fault) {
    let reader = ByteReader(bytes: bytes)
    guard bytes.count >= 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
      throw .malformed("it does not begin as an ELF file")
    }
    guard bytes[4] == 2, bytes[5] == 1 else {
      throw .malformed("it is not a 64-bit little-endian ELF file")
    }
    guard try reader.u16(16) == 3 else { throw .malformed("it is not a shared library") }
    machine = try reader.u16(18)
    let segments = try Self.segments(reader)
    var isExecutable = true  // without PT_GNU_STACK the kernel assumes so
    var dynamic: Segment?
    for segment in segments {
      switch segment.kind {
      case 1:
        guard segment.offset <= bytes.count, segment.size <= bytes.count - segment.offset else {
          throw .malformed("a segment ends after the file: it is truncated")
        }
      case 2: dynamic = segment
      case 0x6474_E551: isExecutable = segment.flags & 1 != 0
      default: break
      }
    }
    hasExecutableStack = isExecutable
    guard let dynamic else { throw .malformed("it has no dynamic section") }
    let section = try DynamicSection(reader, dynamic, segments)
    needed = section.needed
    runPaths = section.runPaths
    hasTextRelocations = section.hasTextRelocations
    exports = try Self.exports(reader, section)
  }

  struct Segment {
    let kind: UInt32
    let flags: UInt32
    let offset: Int
    let address: Int
    let size: Int
  }

  private static func segments(_ reader: ByteReader) throws(Fault) -> [Segment] {
    let table = try reader.word(32)
    let entry = Int(try reader.u16(54))
    let count = Int(try reader.u16(56))
    guard entry >= 56, count <= 256 else { throw .malformed("its program headers are not ELF's") }
    var segments: [Segment] = []
    for index in 0..<count {
      let at = try reader.sum(table, index * entry)
      segments.append(
        Segment(
          kind: try reader.u32(at),
          flags: try reader.u32(at + 4),
          offset: try reader.word(at + 8),
          address: try reader.word(at + 16),
          size: try reader.word(at + 32)
        )
      )
    }
    return segments
  }

  private static func exports(
    _ reader: ByteReader,
    _ section: DynamicSection
  ) throws(Fault) -> Set<String> {
    var names: Set<String> = []
    for index in 1..<max(1, section.symbolCount) {
      let at = try reader.sum(section.symbols, index * 24)
      let info = try reader.u8(at + 4)
      let visibility = try reader.u8(at + 5) & 3
      let isDefined = try reader.u16(at + 6) != 0
      let isGlobal = info >> 4 == 1 || info >> 4 == 2
      guard isDefined, isGlobal, visibility == 0 || visibility == 3 else { continue }
      names.insert(try reader.text(try reader.sum(section.strings, Int(try reader.u32(at)))))
    }
    return names
  }
}

/// Bounds-checked little-endian reads.
struct ByteReader {
  let bytes: [UInt8]

  func u8(_ offset: Int) throws(ELFImage.Fault) -> UInt8 {
    guard offset >= 0, offset < bytes.count else { throw .malformed("it is truncated") }
    return bytes[offset]
  }

  func u16(_ offset: Int) throws(ELFImage.Fault) -> UInt16 {
    UInt16(try u8(offset)) | UInt16(try u8(offset + 1)) << 8
  }

  func u32(_ offset: Int) throws(ELFImage.Fault) -> UInt32 {
    UInt32(try u16(offset)) | UInt32(try u16(offset + 2)) << 16
  }

  /// A 64-bit word that must fit an offset.
  func word(_ offset: Int) throws(ELFImage.Fault) -> Int {
    let value = UInt64(try u32(offset)) | UInt64(try u32(offset + 4)) << 32
    guard value < 1 << 48 else { throw .malformed("an offset is out of all bounds") }
    return Int(value)
  }

  func raw(_ offset: Int) throws(ELFImage.Fault) -> UInt64 {
    UInt64(try u32(offset)) | UInt64(try u32(offset + 4)) << 32
  }

  func sum(_ a: Int, _ b: Int) throws(ELFImage.Fault) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow, sum >= 0, sum < bytes.count else { throw .malformed("it is truncated") }
    return sum
  }

  func text(_ offset: Int) throws(ELFImage.Fault) -> String {
    guard offset < bytes.count,
      let end = bytes[offset..<min(bytes.count, offset + 8192)].firstIndex(of: 0)
    else { throw .malformed("a name does not end") }
    return String(decoding: bytes[offset..<end], as: UTF8.self)
  }
}

/// What the dynamic section says.
struct DynamicSection {
  private(set) var needed: [String] = []
  private(set) var runPaths: [String] = []
  private(set) var hasTextRelocations = false
  private(set) var symbols = 0
  private(set) var strings = 0
  private(set) var symbolCount = 0

  init(
    _ reader: ByteReader,
    _ segment: ELFImage.Segment,
    _ segments: [ELFImage.Segment]
  ) throws(ELFImage.Fault) {
    func offset(_ address: Int) throws(ELFImage.Fault) -> Int {
      for load in segments where load.kind == 1 {
        if address >= load.address, address - load.address < load.size {
          return address - load.address + load.offset
        }
      }
      throw .malformed("an address lies in no segment")
    }
    var neededAt: [Int] = []
    var runPathAt: [Int] = []
    var hash: Int?
    var gnuHash: Int?
    var at = segment.offset
    for _ in 0..<4096 {
      let tag = try reader.raw(at)
      if tag == 0 { break }
      let value = try reader.raw(at + 8)
      let address = Int(truncatingIfNeeded: value & 0xFFFF_FFFF_FFFF)
      switch tag {
      case 1: neededAt.append(address)
      case 15, 29: runPathAt.append(address)
      case 4: hash = try offset(address)
      case 5: strings = try offset(address)
      case 6: symbols = try offset(address)
      case 22: hasTextRelocations = true
      case 30: if value & 4 != 0 { hasTextRelocations = true }
      case 0x6FFF_FEF5: gnuHash = try offset(address)
      default: break
      }
      at += 16
    }
    for name in neededAt { needed.append(try reader.text(try reader.sum(strings, name))) }
    for name in runPathAt { runPaths.append(try reader.text(try reader.sum(strings, name))) }
    if let gnuHash {
      symbolCount = try Self.count(gnuHash: gnuHash, reader)
    } else if let hash {
      symbolCount = Int(try reader.u32(hash + 4))
    }
    guard symbolCount <= 1 << 22 else { throw .malformed("it has too many symbols") }
  }

  /// The GNU table does not say how many symbols there are: walk the last chain to its end.
  private static func count(
    gnuHash: Int,
    _ reader: ByteReader
  ) throws(ELFImage.Fault) -> Int {
    let buckets = Int(try reader.u32(gnuHash))
    let first = Int(try reader.u32(gnuHash + 4))
    let blooms = Int(try reader.u32(gnuHash + 8))
    guard buckets <= 1 << 22, blooms <= 1 << 22 else {
      throw .malformed("its symbol table is not ELF's")
    }
    let bucketTable = gnuHash + 16 + blooms * 8
    let chains = bucketTable + buckets * 4
    var last = 0
    for bucket in 0..<buckets { last = max(last, Int(try reader.u32(bucketTable + bucket * 4))) }
    guard last >= first, last > 0 else { return first }
    while try reader.u32(chains + (last - first) * 4) & 1 == 0 { last += 1 }
    return last + 1
  }
}
