internal import Files
internal import CMatIO

/// A value of a MATLAB file, as far as lists of faces need it.
indirect enum MATLABValue: Sendable, Hashable {
  case cells([MATLABValue])
  /// Numbers column by column, and the number of rows.
  case numbers([Double], rows: Int)
  case text(String)

  /// The variables of a file that are asked for and there.
  ///
  /// - Throws: ``DataError`` where the file cannot be opened as a MATLAB file.
  static func read(_ names: [String], from path: String) throws(DataError) -> [String: MATLABValue]
  {
    guard File.isRegular(path) else { throw .missing(path: path, wanted: "a MATLAB file") }
    let library = try MATLABLibrary(for: path)
    guard let file = unsafe library.open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
      throw .empty(path: path, reason: "this is not a MATLAB file; take it from its source anew")
    }
    defer { _ = unsafe library.close(file) }
    var values: [String: MATLABValue] = [:]
    for name in names {
      guard let variable = unsafe library.read(file, name) else { continue }
      defer { unsafe library.free(variable) }
      unsafe values[name] = value(variable, library)
    }
    return values
  }

  private static func value(
    _ variable: MATLABLibrary.Variable,
    _ library: MATLABLibrary
  ) -> MATLABValue {
    var count = 1
    for axis in 0..<Int(unsafe variable.pointee.rank) {
      unsafe count *= variable.pointee.dims[axis]
    }
    let rows = unsafe variable.pointee.rank > 0 ? Int(variable.pointee.dims[0]) : 0
    guard count > 0, let data = unsafe variable.pointee.data else {
      return unsafe variable.pointee.class_type == MAT_C_CELL ? .cells([]) : .numbers([], rows: 0)
    }
    if unsafe variable.pointee.class_type == MAT_C_CELL {
      return .cells(
        (0..<count).map { index in
          guard let cell = unsafe library.cell(variable, Int32(index)) else {
            return .numbers([], rows: 0)
          }
          return unsafe value(cell, library)
        }
      )
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: data, count: variable.pointee.nbytes)
    if unsafe variable.pointee.class_type == MAT_C_CHAR {
      return .text(unsafe text(bytes, variable.pointee.data_type, Int(variable.pointee.data_size)))
    }
    return .numbers(unsafe numbers(bytes, variable.pointee.data_type, count), rows: rows)
  }

  /// Characters in the file's own encoding, without a byte order mark.
  private static func text(
    _ bytes: UnsafeRawBufferPointer,
    _ type: matio_types,
    _ width: Int
  ) -> String {
    let text: String
    switch (type, width) {
    case (MAT_T_UTF8, _): text = unsafe String(decoding: bytes, as: UTF8.self)
    case (_, 1):
      let scalars = unsafe bytes.map { Unicode.Scalar($0) }
      text = String(String.UnicodeScalarView(scalars))
    case (_, 2):
      let units = (0..<bytes.count / 2).map { index in
        unsafe bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
      }
      text = String(decoding: units, as: UTF16.self)
    default: text = ""
    }
    return TextEncoding.withoutMark(text)
  }

  private static func numbers(
    _ bytes: UnsafeRawBufferPointer,
    _ type: matio_types,
    _ count: Int
  ) -> [Double] {
    func all<Number>(_: Number.Type, _ convert: (Number) -> Double) -> [Double]
    where Number: BitwiseCopyable {
      let size = MemoryLayout<Number>.size
      return (0..<min(count, bytes.count / size)).map { index in
        convert(unsafe bytes.loadUnaligned(fromByteOffset: index * size, as: Number.self))
      }
    }
    return switch type {
    case MAT_T_DOUBLE: all(Double.self) { $0 }
    case MAT_T_SINGLE: all(Float.self) { Double($0) }
    case MAT_T_INT8: all(Int8.self) { Double($0) }
    case MAT_T_UINT8: all(UInt8.self) { Double($0) }
    case MAT_T_INT16: all(Int16.self) { Double($0) }
    case MAT_T_UINT16: all(UInt16.self) { Double($0) }
    case MAT_T_INT32: all(Int32.self) { Double($0) }
    case MAT_T_UINT32: all(UInt32.self) { Double($0) }
    case MAT_T_INT64: all(Int64.self) { Double($0) }
    case MAT_T_UINT64: all(UInt64.self) { Double($0) }
    default: []
    }
  }

  /// The elements of a cell array; a value that is none is its own only element.
  var elements: [MATLABValue] {
    if case .cells(let cells) = self { cells } else { [self] }
  }

  /// The text, also where a cell of one element holds it; a name that is a whole number may be stored as one.
  var string: String? {
    switch self {
    case .text(let text): text
    case .numbers(let values, _) where values.count == 1: Int(exactly: values[0]).map(String.init)
    case .cells(let cells) where cells.count == 1: cells[0].string
    default: nil
    }
  }

  /// The numbers column by column, also where a cell of one element holds them.
  var matrix: (values: [Double], rows: Int) {
    switch self {
    case .numbers(let values, let rows): (values, rows)
    case .cells(let cells) where cells.count == 1: cells[0].matrix
    default: ([], 0)
    }
  }
}
