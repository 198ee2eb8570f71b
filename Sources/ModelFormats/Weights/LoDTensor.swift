internal import Graphs

/// Reads Paddle's LoDTensor, alone in a file or one of many: versions, levels of detail, a description, the elements.
enum LoDTensor {
  private static let types: [Int: ElementType] = [
    0: .bool, 1: .int16, 2: .int32, 3: .int64, 4: .float16, 5: .float32, 6: .float64, 20: .uint8,
    21: .int8, 22: .bfloat16,
  ]

  /// Whether bytes begin as a LoDTensor does: two versions of 0 around a small number of levels.
  static func isIt(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 20 else { return false }
    return bytes[0..<4].elements(as: UInt32.self) == [0]
      && (bytes[4..<12].elements(as: UInt64.self).first ?? .max) < 16
  }

  /// The next tensor.
  ///
  /// - Parameters:
  ///   - reader: stands at its first byte, and behind its last afterwards.
  ///   - bytes: all that the reader reads, which the tensor's elements stay in.
  ///   - memory: the same, as the description's reader needs it.
  ///   - name: the tensor's name, for errors.
  ///   - path: the file, for errors.
  /// - Returns: the tensor.
  /// - Throws: ``WeightError`` with the place of what is wrong.
  static func next(
    _ reader: inout ByteReader,
    _ bytes: Bytes,
    _ memory: UnsafeRawBufferPointer,
    name: String,
    path: String
  ) throws(WeightError) -> Constant {
    let start = reader.position
    let version = try reader.number(UInt32.self)
    guard version == 0 else {
      throw reader.damage(
        at: start,
        .unexpected("a tensor of version 0 was expected, not \(version)")
      )
    }
    for _ in 0..<min(try reader.number(UInt64.self), 1 << 16) {
      _ = try reader.take(try reader.number(UInt64.self))
    }
    let inner = try reader.number(UInt32.self)
    guard inner == 0 else {
      throw reader.damage(
        at: reader.position - 4,
        .unexpected("a tensor of version 0 was expected, not \(inner)")
      )
    }
    let length = try reader.number(Int32.self)
    let place = try reader.take(Int(length))
    let (code, shape) = unsafe try description(
      UnsafeRawBufferPointer(rebasing: memory[place]),
      at: place.lowerBound,
      path
    )
    guard let type = types[code] else {
      throw reader.damage(
        at: place.lowerBound,
        .unknownType(tensor: name, "number \(code) of Paddle")
      )
    }
    var count: Int? = 1
    for size in shape {
      let product = (count ?? 0).multipliedReportingOverflow(by: size)
      count = count == nil || size < 0 || product.overflow ? nil : product.partialValue
    }
    guard let count, let size = type.byteCount(of: count) else {
      throw reader.damage(
        at: place.lowerBound,
        .wrongSize(tensor: name, shape: shape, expected: nil, found: reader.left)
      )
    }
    return Constant(type: type, shape: shape, bytes: bytes[try reader.take(size)])
  }

  /// Type and sizes of a TensorDesc.
  static func description(
    _ memory: UnsafeRawBufferPointer,
    at offset: Int,
    _ path: String
  ) throws(WeightError) -> (type: Int, shape: [Int]) {
    var (type, shape): (Int?, [Int]) = (nil, [])
    do throws(ONNXError) {
      guard var reader = unsafe WireReader(memory, message: "TensorDesc") else {
        throw .damaged(path: nil, offset: 0, .noGraph)
      }
      while let field = try reader.next() {
        switch field.number {
        case 1: type = try reader.int(field)
        case 2: try reader.append(field, to: &shape)
        default: try reader.skip(field)
        }
      }
    } catch {
      throw .damaged(path: path, offset: offset, .message("the tensor's description: \(error)"))
    }
    guard let type else {
      throw .damaged(
        path: path,
        offset: offset,
        .unexpected("the tensor's description has no type")
      )
    }
    return (type, shape)
  }
}
