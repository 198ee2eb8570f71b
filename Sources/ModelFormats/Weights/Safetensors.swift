internal import Graphs

/// Reads safetensors: a header of names, types and places, and the tensors behind it, which stay in the file.
enum Safetensors {
  /// The format's own bound on its header.
  private static var headerLimit: Int { 100_000_000 }

  private static let types: [String: ElementType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16,
    "U8": .uint8, "BOOL": .bool, "F8_E4M3": .float8e4m3fn, "F8_E5M2": .float8e5m2,
  ]

  /// Whether bytes begin as the format does.
  static func isIt(_ bytes: Bytes) -> Bool {
    guard bytes.count > 9, let size = bytes[0..<8].elements(as: UInt64.self).first else {
      return false
    }
    return size <= UInt64(headerLimit) && Int(size) <= bytes.count - 8
      && bytes[8..<9].elements(as: UInt8.self) == [UInt8(ascii: "{")]
  }

  /// The tensors, in the order of their places.
  static func read(_ bytes: Bytes, path: String) throws(WeightError) -> [WeightTable.Entry] {
    func fail(_ offset: Int, _ damage: WeightError.Damage) -> WeightError {
      .damaged(path: path, offset: offset, damage)
    }
    guard bytes.count >= 8, let size = bytes[0..<8].elements(as: UInt64.self).first else {
      throw fail(0, .truncated(needed: 8, left: bytes.count))
    }
    guard size <= UInt64(headerLimit) else {
      throw fail(0, .unexpected("a header of \(size) bytes is announced"))
    }
    guard Int(size) <= bytes.count - 8 else {
      throw fail(8, .truncated(needed: Int(size), left: bytes.count - 8))
    }
    let start = 8 + Int(size)
    var reader = HeaderReader(bytes[8..<start].elements(as: UInt8.self))
    let header: HeaderValue
    do { header = try reader.document() } catch {
      throw fail(8 + error.offset, .json(error.reason))
    }
    guard case .object(let members) = header else {
      throw fail(8, .json("an object was expected"))
    }
    var found: [(range: Range<Int>, entry: WeightTable.Entry)] = []
    var names: Set<String> = []
    for (name, value) in members where name != "__metadata__" {
      guard names.insert(name).inserted else { throw fail(8, .duplicate(name)) }
      let (type, shape, range) = try description(name, value, path)
      guard range.upperBound <= bytes.count - start else {
        throw fail(start, .misplaced(tensor: name, range: "\(range)"))
      }
      try check(name, type, shape, range.count, at: start + range.lowerBound, path)
      let data = bytes[start + range.lowerBound..<start + range.upperBound]
      found.append(
        (range, .init(name: name, value: Constant(type: type, shape: shape, bytes: data)))
      )
    }
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (one, next) in zip(found, found.dropFirst())
    where next.range.lowerBound < one.range.upperBound {
      throw fail(
        start + next.range.lowerBound,
        .misplaced(tensor: next.entry.name, range: "\(next.range)")
      )
    }
    return found.map(\.entry)
  }

  private static func description(
    _ name: String,
    _ value: HeaderValue,
    _ path: String
  ) throws(WeightError) -> (ElementType, [Int], Range<Int>) {
    let wanted = "'\(name)' needs 'dtype', 'shape' and 'data_offsets'"
    guard case .object(let members) = value else {
      throw .damaged(path: path, offset: 8, .unexpected(wanted))
    }
    var (type, shape, offsets): (String?, [Int]?, [Int]?)
    for (key, value) in members {
      switch (key, value) {
      case ("dtype", .text(let text)): type = text
      case ("shape", .list(let list)): shape = numbers(list)
      case ("data_offsets", .list(let list)): offsets = numbers(list)
      default: break
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw .damaged(path: path, offset: 8, .unexpected(wanted))
    }
    guard let known = types[type] else {
      throw .damaged(path: path, offset: 8, .unknownType(tensor: name, type))
    }
    return (known, shape, offsets[0]..<offsets[1])
  }

  private static func numbers(_ list: [HeaderValue]) -> [Int]? {
    let numbers = list.compactMap { value -> Int? in
      if case .int(let number) = value, number >= 0 { number } else { nil }
    }
    return numbers.count == list.count ? numbers : nil
  }

  /// Throws unless a tensor of this type and shape has this many bytes.
  static func check(
    _ name: String,
    _ type: ElementType,
    _ shape: [Int],
    _ count: Int,
    at offset: Int,
    _ path: String
  ) throws(WeightError) {
    var elements: Int? = 1
    for size in shape {
      let product = (elements ?? 0).multipliedReportingOverflow(by: size)
      elements = elements == nil || product.overflow || size < 0 ? nil : product.partialValue
    }
    let expected = elements.flatMap(type.byteCount(of:))
    guard expected == count else {
      let damage = WeightError.Damage.wrongSize(
        tensor: name,
        shape: shape,
        expected: expected,
        found: count
      )
      throw .damaged(path: path, offset: offset, damage)
    }
  }
}
