internal import Files
package import Graphs

extension Safetensors {
  /// The format's own bound on its header.
  private static var headerLimit: Int { 100_000_000 }
  /// Lists and objects of a header in each other; three are needed.
  private static var headerLevels: Int { 16 }

  /// Whether bytes begin as the format does.
  static func isIt(_ bytes: Bytes) -> Bool {
    guard bytes.count > 9, let size = bytes[0..<8].elements(as: UInt64.self).first else {
      return false
    }
    return size <= UInt64(headerLimit) && Int(size) <= bytes.count - 8
      && bytes[8..<9].elements(as: UInt8.self) == [UInt8(ascii: "{")]
  }

  /// Reads a whole file into memory and checks its checksum, if it has one.
  ///
  /// - Throws: ``WeightError`` for a file that is damaged or something else; `FileError`.
  package static func read(_ path: String) throws -> Safetensors {
    try Safetensors(try File.bytes(of: path), path: path)
  }

  /// What a file's bytes hold; the arrays, in the order of their places, share their memory.
  ///
  /// - Throws: ``WeightError`` with the place of what is wrong.
  package init(_ bytes: Bytes, path: String) throws(WeightError) {
    func fail(_ offset: Int, _ damage: WeightError.Damage) -> WeightError {
      .damaged(path: path, offset: offset, damage)
    }
    guard bytes.count >= 8, let size = bytes[0..<8].elements(as: UInt64.self).first else {
      throw fail(0, .truncated(needed: 8, left: bytes.count))
    }
    guard size <= UInt64(Self.headerLimit) else {
      throw fail(0, .unexpected("a header of \(size) bytes is announced"))
    }
    guard Int(size) <= bytes.count - 8 else {
      throw fail(8, .truncated(needed: Int(size), left: bytes.count - 8))
    }
    let start = 8 + Int(size)
    let text = bytes[8..<start].elements(as: UInt8.self)
    var found: [(range: Range<Int>, name: String, array: Constant)] = []
    metadata = [:]
    for member in try Self.members(of: text, path) {
      if member.key == Self.metadataKey {
        metadata = try Self.texts(member.value, path)
        continue
      }
      let (type, shape, range) = try Self.description(member.key, member.value, path)
      guard range.upperBound <= bytes.count - start else {
        throw fail(start, .misplaced(tensor: member.key, range: "\(range)"))
      }
      let offset = start + range.lowerBound
      try Self.check(member.key, type, shape, range.count, at: offset, path)
      let data = bytes[offset..<start + range.upperBound]
      found.append((range, member.key, Constant(type: type, shape: shape, bytes: data)))
    }
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (one, next) in zip(found, found.dropFirst())
    where next.range.lowerBound < one.range.upperBound {
      throw fail(
        start + next.range.lowerBound,
        .misplaced(tensor: next.name, range: "\(next.range)")
      )
    }
    arrays = found.map { ($0.name, $0.array) }
    if let stored = metadata.removeValue(forKey: Self.checksumKey) {
      let sum = try Self.checksum(of: bytes, header: text, stored: stored, path)
      guard sum == stored else { throw fail(8, .checksum(stored: stored, found: sum)) }
    }
  }

  private static func members(
    of header: [UInt8],
    _ path: String
  ) throws(WeightError) -> [JSONValue.Member] {
    let value: JSONValue
    do { value = try JSONReader.read(header, levels: headerLevels) } catch {
      let damage: WeightError.Damage =
        switch error.problem {
        case .duplicateKey(let key): .duplicate(key)
        default: .json(error.reason)
        }
      throw .damaged(path: path, offset: 8 + error.offset, damage)
    }
    guard let members = value.members else {
      throw .damaged(path: path, offset: 8, .json("expected an object"))
    }
    return members
  }

  private static func texts(
    _ value: JSONValue,
    _ path: String
  ) throws(WeightError) -> [String: String] {
    var texts: [String: String] = [:]
    for member in value.members ?? [] { texts[member.key] = member.value.string }
    guard let members = value.members, texts.count == members.count else {
      let text = "'\(metadataKey)' holds something other than texts"
      throw .damaged(path: path, offset: 8, .unexpected(text))
    }
    return texts
  }

  private static func description(
    _ name: String,
    _ value: JSONValue,
    _ path: String
  ) throws(WeightError) -> (ElementType, [Int], Range<Int>) {
    guard let type = value["dtype"]?.string, let shape = sizes(value["shape"]),
      let offsets = sizes(value["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1]
    else {
      let wanted = "'\(name)' needs 'dtype', 'shape' and 'data_offsets'"
      throw .damaged(path: path, offset: 8, .unexpected(wanted))
    }
    guard let known = Self.type(named: type) else {
      throw .damaged(path: path, offset: 8, .unknownType(tensor: name, type))
    }
    return (known, shape, offsets[0]..<offsets[1])
  }

  /// A list of whole numbers from 0.
  private static func sizes(_ value: JSONValue?) -> [Int]? {
    guard let items = value?.items else { return nil }
    let sizes = items.compactMap { item -> Int? in
      if case .int(let size) = item, size >= 0 { size } else { nil }
    }
    return sizes.count == items.count ? sizes : nil
  }

  private static func checksum(
    of bytes: Bytes,
    header: [UInt8],
    stored: String,
    _ path: String
  ) throws(WeightError) -> String {
    var header = header
    guard stored.utf8.count == noChecksum.utf8.count,
      let digits = header.firstRange(of: Array(stored.utf8))
    else {
      let text = "the checksum '\(stored.prefix(20))' is not eight digits"
      throw .damaged(path: path, offset: 8, .unexpected(text))
    }
    header.replaceSubrange(digits, with: Array(noChecksum.utf8))
    var sum = CRC32C()
    sum.update(length(of: header))
    sum.update(header)
    unsafe bytes[8 + header.count..<bytes.count].withUnsafeBytes { unsafe sum.update($0) }
    return text(sum.value)
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
