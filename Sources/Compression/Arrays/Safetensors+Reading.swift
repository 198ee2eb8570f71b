import FoundationEssentials
import Graphs

extension Safetensors {
  /// Reads a file and checks its checksum, if it has one.
  ///
  /// - Throws: ``SafetensorsError``; ``WholeFile/Failure``.
  package static func read(_ path: String) throws -> Safetensors {
    let bytes = try WholeFile.bytes(of: path)
    guard bytes.count >= 8 else { throw SafetensorsError.truncated(path: path, bytes: bytes.count) }
    let length = bytes[0..<8].elements(as: UInt64.self)[0]
    guard length <= 100 << 20 else {
      throw SafetensorsError.header(path: path, "its header would have \(length) bytes")
    }
    let start = 8 + Int(length)
    guard bytes.count >= start else {
      throw SafetensorsError.truncated(path: path, bytes: bytes.count)
    }
    let text = bytes[8..<start].elements(as: UInt8.self)
    let header: [String: Entry]
    do { header = try JSONDecoder().decode([String: Entry].self, from: Data(text)) } catch {
      throw SafetensorsError.header(path: path, "its header is not the JSON that it should be")
    }
    var metadata: [String: String] = [:]
    var arrays: [(name: String, array: Constant, begin: Int)] = []
    for (name, entry) in header {
      switch entry {
      case .texts(let texts): metadata = texts
      case .array(let place):
        arrays.append((name, try place.array(name, in: bytes, from: start, path), place.begin))
      }
    }
    arrays.sort { ($0.begin, $0.name) < ($1.begin, $1.name) }
    if let stored = metadata.removeValue(forKey: checksumKey) {
      let found = try Self.checksum(of: bytes, header: text, stored: stored, path)
      guard found == stored else {
        throw SafetensorsError.checksum(path: path, stored: stored, found: found)
      }
    }
    return Safetensors(arrays: arrays.map { ($0.name, $0.array) }, metadata: metadata)
  }

  private static func checksum(
    of bytes: Bytes,
    header: [UInt8],
    stored: String,
    _ path: String
  ) throws(SafetensorsError) -> String {
    var header = header
    guard stored.utf8.count == noChecksum.utf8.count,
      let digits = header.firstRange(of: Array(stored.utf8))
    else { throw .header(path: path, "its checksum has \(stored.utf8.count) digits") }
    header.replaceSubrange(digits, with: Array(noChecksum.utf8))
    var sum = CRC32C()
    sum.update(length(of: header))
    sum.update(header)
    unsafe bytes[8 + header.count..<bytes.count].withUnsafeBytes { unsafe sum.update($0) }
    return text(sum.value)
  }

  /// A member of the header: an array's place, or the texts.
  private enum Entry: Decodable {
    case texts([String: String])
    case array(Place)

    init(from decoder: any Decoder) throws {
      if let place = try? Place(from: decoder) {
        self = .array(place)
      } else {
        self = .texts(try [String: String](from: decoder))
      }
    }
  }

  private struct Place: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    var begin: Int { offsets.first ?? 0 }

    func array(
      _ name: String,
      in bytes: Bytes,
      from start: Int,
      _ path: String
    ) throws(SafetensorsError) -> Constant {
      guard let type = Safetensors.type(named: dtype) else {
        throw .header(path: path, "'\(name)' has the type '\(dtype)'")
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
        shape.allSatisfy({ (0...1 << 40).contains($0) })
      else { throw .header(path: path, "'\(name)' lies nowhere") }
      guard start + offsets[1] <= bytes.count else {
        throw .truncated(path: path, bytes: bytes.count)
      }
      let part = bytes[start + offsets[0]..<start + offsets[1]]
      guard let wanted = type.byteCount(of: shape), wanted == part.count else {
        throw .header(path: path, "'\(name)' has \(part.count) bytes, not those of \(shape)")
      }
      return Constant(type: type, shape: shape, bytes: part)
    }
  }
}

extension ElementType {
  /// The bytes of an array; nil where they are no number.
  fileprivate func byteCount(of shape: [Int]) -> Int? {
    let size: Int
    switch self {
    case .float64, .int64, .uint64: size = 8
    case .float32, .int32, .uint32: size = 4
    case .float16, .bfloat16, .int16, .uint16: size = 2
    default: size = 1
    }
    var count = size
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      if overflow { return nil }
      count = product
    }
    return count
  }
}
