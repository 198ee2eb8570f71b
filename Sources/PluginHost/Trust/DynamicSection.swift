/// What the dynamic section says.
struct DynamicSection {
  private(set) var needed: [String] = []
  private(set) var soname: String?
  private(set) var filters: [String] = []
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
    var filterAt: [Int] = []
    var sonameAt: Int?
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
      case 14: sonameAt = address
      case 15, 29: runPathAt.append(address)
      // DT_FILTER, DT_AUXILIARY, DT_AUDIT, DT_DEPAUDIT, DT_CONFIG.
      case 0x7FFF_FFFF, 0x7FFF_FFFD, 0x6FFF_FEFC, 0x6FFF_FEFB, 0x6FFF_FEFA:
        filterAt.append(address)
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
    for name in filterAt { filters.append(try reader.text(try reader.sum(strings, name))) }
    if let sonameAt { soname = try reader.text(try reader.sum(strings, sonameAt)) }
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
