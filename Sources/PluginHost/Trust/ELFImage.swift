/// The parts of a 64-bit little-endian ELF shared library that decide whether it may be loaded; read
/// from its bytes, so that nothing of it runs.
package struct ELFImage: Sendable, Hashable {
  package enum Fault: Error, Sendable, Hashable {
    case malformed(String)
  }

  package let machine: UInt16
  package let exports: Set<String>
  /// Its own name, by which libraries that need it find it where it is mapped already.
  package let soname: String?
  package let needed: [String]
  /// Libraries that the loader takes for parts of this one, unasked.
  package let filters: [String]
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
    try Self.checkSections(reader)
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
    soname = section.soname
    needed = section.needed
    filters = section.filters
    runPaths = section.runPaths
    hasTextRelocations = section.hasTextRelocations
    exports = try Self.exports(reader, section)
  }

  /// Refuses a file that ends before its section headers, which are an ELF file's last part.
  private static func checkSections(_ reader: ByteReader) throws(Fault) {
    let table = try reader.word(40)
    let size = Int(try reader.u16(58)) * Int(try reader.u16(60))
    guard table == 0 || table <= reader.bytes.count && size <= reader.bytes.count - table else {
      throw .malformed("its section headers lie after the file's end: it is truncated")
    }
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
