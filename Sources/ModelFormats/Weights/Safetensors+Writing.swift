internal import Files
internal import Graphs

extension Safetensors {
  /// Writes the file, whole or not at all, with a checksum; arrays are passed on as they lie in memory.
  ///
  /// - Throws: ``WeightError/unwritable(tensor:_:)``; `FileError`.
  package func write(to path: String) throws {
    let header = try header()
    let length = Self.length(of: header)
    var sum = CRC32C()
    sum.update(length)
    sum.update(header)
    for (_, array) in arrays { unsafe array.bytes.withUnsafeBytes { unsafe sum.update($0) } }
    var final = header
    // The checksum is the header's first text, so its zeros are the first that are there.
    if let digits = header.firstRange(of: Array(Self.noChecksum.utf8)) {
      final.replaceSubrange(digits, with: Array(Self.text(sum.value).utf8))
    }
    let file = try NewFile(path)
    try file.write(length + final)
    for (_, array) in arrays {
      try unsafe array.bytes.withUnsafeBytes { try unsafe file.write($0) }
    }
    try file.commit()
  }

  /// The JSON, the checksum's zeros first, filled up with blanks so that the arrays are aligned.
  private func header() throws(WeightError) -> [UInt8] {
    var texts: [JSONValue.Member] = [.init(Self.checksumKey, .string(Self.noChecksum))]
    texts += metadata.sorted { $0.key < $1.key }
      .map { .init($0.key, .string($0.value)) }
    var members: [JSONValue.Member] = [.init(Self.metadataKey, .object(texts))]
    var offset = 0
    for (name, array) in arrays {
      guard let type = Self.name(of: array.type) else {
        throw .unwritable(tensor: name, array.type)
      }
      let end = offset + array.bytes.count
      members.append(
        .init(
          name,
          [
            "dtype": .string(type), "shape": JSONValue(array.shape),
            "data_offsets": JSONValue([offset, end]),
          ]
        )
      )
      offset = end
    }
    var bytes = Array(JSONValue.object(members).line.utf8)
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }
}
