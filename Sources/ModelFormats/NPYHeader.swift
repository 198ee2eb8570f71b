import Graphs

/// The dictionary at the head of an NPY file: element type, order and shape.
struct NPYHeader {
  let type: ElementType
  let shape: [Int]

  /// NumPy's codes of the element types that both sides have.
  static let codes: [(code: String, type: ElementType)] = [
    ("<f4", .float32), ("<f8", .float64), ("<f2", .float16), ("|i1", .int8), ("<i2", .int16),
    ("<i4", .int32), ("<i8", .int64), ("|u1", .uint8), ("<u2", .uint16), ("<u4", .uint32),
    ("<u8", .uint64), ("|b1", .bool), ("<c8", .complex64), ("<c16", .complex128),
  ]

  /// The bytes of the elements; nil where memory cannot address them.
  var byteCount: Int? {
    var total = type.bitCount / 8
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      total = product
    }
    return total
  }

  /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }`, keys in any order.
  init(_ text: String) throws(NPYError) {
    guard let code = Self.value(of: "descr", in: text, open: "'", close: "'") else {
      throw .header("no 'descr'")
    }
    guard let type = Self.codes.first(where: { $0.code == code })?.type else {
      throw .elementType(String(code))
    }
    guard let order = text.firstMatch(of: /'fortran_order':\s*(True|False)/)?.output.1 else {
      throw .header("no 'fortran_order'")
    }
    guard let list = Self.value(of: "shape", in: text, open: "(", close: ")") else {
      throw .header("no 'shape'")
    }
    var shape: [Int] = []
    for part in list.split(separator: ",") {
      let digits = part.filter { $0 != " " }
      guard !digits.isEmpty else { continue }
      guard let size = Int(digits), size >= 0 else { throw .header("the shape (\(list))") }
      shape.append(size)
    }
    guard order == "False" || shape.count < 2 else { throw .fortranOrder }
    self.type = type
    self.shape = shape
  }

  private static func value(
    of key: String,
    in text: String,
    open: Character,
    close: Character
  ) -> Substring? {
    guard let name = text.firstRange(of: "'\(key)':") else { return nil }
    let rest = text[name.upperBound...].drop { $0 == " " }
    guard rest.first == open, let end = rest.dropFirst().firstIndex(of: close) else { return nil }
    return rest[rest.index(after: rest.startIndex)..<end]
  }
}
