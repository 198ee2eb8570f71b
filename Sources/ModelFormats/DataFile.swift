internal import Files
import Graphs

/// The file beside a model that holds its large weights: `<model>.<hash>.data`, the hash that of its content.
///
/// Two contents never share a name, so the model that is on disk has its own data at every instant: new data come
/// first, then the model that names them, and only then the data of the model that was there go.
struct DataFile {
  private let folder: String
  private let model: String

  /// The data files of the model at `path`.
  init(of path: String) {
    folder = FilePath.folder(of: path)
    model = FilePath.name(of: path)
  }

  /// A stand-in of the name's length, for a model whose weights are not placed yet.
  var unnamed: String { name(hash: String(repeating: "0", count: Self.digits)) }

  /// The name for weights at their places.
  func name(of weights: [(offset: Int, bytes: Bytes)]) -> String {
    var hash = ContentHash()
    for weight in weights { hash.add(weight.bytes, at: weight.offset) }
    return name(hash: hash.hexadecimal)
  }

  private static let digits = 32

  private func name(hash: String) -> String { "\(model).\(hash).data" }

  /// The data files that the model on disk takes values from, among those that have such a name.
  func inUse() -> Set<String> {
    let candidates = ((try? Folder.names(in: folder)) ?? []).filter(isOurs)
    guard !candidates.isEmpty, let bytes = try? File.mapped(folder + "/" + model) else {
      return []
    }
    var decoder = ONNXDecoder(source: bytes, files: ExternalFiles(folder: folder))
    let isRead: Void? = unsafe bytes.withUnsafeBytes { memory in
      guard let reader = unsafe WireReader(memory, message: "ModelProto") else { return nil }
      return (try? decoder.model(reader)).map { _ in }
    }
    return isRead == nil ? [] : decoder.files.locations.intersection(candidates)
  }

  /// Removes files that no model refers to any more, after the new model is safely on disk.
  func remove(_ names: Set<String>) {
    for name in names { try? File.remove(folder + "/" + name) }
  }

  private func isOurs(_ name: String) -> Bool {
    let name = name.utf8
    let (start, end) = ("\(model).".utf8, ".data".utf8)
    guard name.count == start.count + Self.digits + end.count, name.starts(with: start),
      name.suffix(end.count).elementsEqual(end)
    else { return false }
    return name.dropFirst(start.count).prefix(Self.digits).allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
  }
}

/// 128 bits of what a file holds, at the speed of memory: it tells contents apart, not forgeries.
private struct ContentHash {
  private var low: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var high: UInt64 = 0xC2B2_AE3D_27D4_EB4F

  mutating func add(_ bytes: Bytes, at offset: Int) {
    mix(UInt64(offset), UInt64(bytes.count))
    unsafe bytes.withUnsafeBytes { memory in
      let even = memory.count & ~15
      for at in stride(from: 0, to: even, by: 16) {
        mix(
          unsafe memory.loadUnaligned(fromByteOffset: at, as: UInt64.self),
          unsafe memory.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)
        )
      }
      var rest: (UInt64, UInt64) = (0, 0)
      for at in even..<memory.count {
        rest = (rest.0 << 8 | rest.1 >> 56, rest.1 << 8 | UInt64(unsafe memory[at]))
      }
      mix(rest.0, rest.1)
    }
  }

  /// A step of two lanes that is one to one in each word, so that one changed word always shows.
  private mutating func mix(_ a: UInt64, _ b: UInt64) {
    low = (low ^ a) &* 0x9FB2_1C65_1E98_DF25
    low ^= low >> 32
    high = (high ^ b) &* 0xD6E8_FEB8_6659_FD93
    high ^= high >> 29
    low &+= high
    high ^= low << 17 | low >> 47
  }

  var hexadecimal: String {
    var end = self
    end.mix(0, 0)
    end.mix(0, 0)
    return [end.low, end.high].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
