import PluginKit

/// Values one after the other as bytes, for another process of this program.
struct Packer {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ value: UInt64) {
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }

  mutating func add(_ value: Int) { add(UInt64(bitPattern: Int64(value))) }
  mutating func add(_ value: Double) { add(value.bitPattern) }
  mutating func add(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func add(_ text: String) {
    let utf8 = Array(text.utf8)
    add(utf8.count)
    bytes += utf8
  }

  mutating func add(_ raw: [UInt8]) {
    add(raw.count)
    bytes += raw
  }

  mutating func add(_ values: [Float]) {
    add(values.count)
    unsafe values.withUnsafeBytes { unsafe bytes += $0 }
  }

  mutating func add<Value: Packed>(_ value: Value) { value.pack(into: &self) }

  mutating func add<Value: Packed>(_ value: Value?) {
    add(value != nil)
    if let value { add(value) }
  }

  mutating func add<Value: Packed>(_ values: [Value]) {
    add(values.count)
    for value in values { add(value) }
  }

  /// The bytes of what a body adds.
  static func bytes(_ body: (inout Packer) -> Void) -> [UInt8] {
    var packer = Packer()
    body(&packer)
    return packer.bytes
  }
}

/// What two processes of this program hand each other.
protocol Packed {
  func pack(into packer: inout Packer)
  init(from unpacker: inout Unpacker) throws(PluginError)
}

/// Reads what a ``Packer`` wrote.
struct Unpacker {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func raw(_ count: Int) throws(PluginError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw PluginError.garbled }
    let part = rest.prefix(count)
    rest = rest.dropFirst(count)
    return part
  }

  mutating func uint() throws(PluginError) -> UInt64 {
    var value: UInt64 = 0
    for (place, byte) in try raw(8).enumerated() { value |= UInt64(byte) << (8 * place) }
    return value
  }

  mutating func int() throws(PluginError) -> Int { Int(Int64(bitPattern: try uint())) }
  mutating func double() throws(PluginError) -> Double { Double(bitPattern: try uint()) }
  mutating func bool() throws(PluginError) -> Bool { try raw(1).first != 0 }

  mutating func text() throws(PluginError) -> String {
    let count = try int()
    return String(decoding: try raw(count), as: UTF8.self)
  }

  mutating func data() throws(PluginError) -> [UInt8] {
    let count = try int()
    return Array(try raw(count))
  }

  mutating func floats() throws(PluginError) -> [Float] {
    let count = try int()
    guard count >= 0, count <= rest.count / 4 else { throw PluginError.garbled }
    let bytes = try raw(count * 4)
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      filled = count
    }
  }

  mutating func value<Value: Packed>(_ type: Value.Type = Value.self) throws(PluginError) -> Value {
    try Value(from: &self)
  }

  mutating func optional<Value: Packed>(
    _ type: Value.Type = Value.self
  ) throws(PluginError) -> Value? {
    try bool() ? try value(type) : nil
  }

  mutating func values<Value: Packed>(
    _ type: Value.Type = Value.self
  ) throws(PluginError) -> [Value] {
    let count = try int()
    guard count >= 0, count <= rest.count else { throw PluginError.garbled }
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try value(type)) }
    return values
  }
}

extension Int: Packed {
  func pack(into packer: inout Packer) { packer.add(self) }
  init(from unpacker: inout Unpacker) throws(PluginError) { self = try unpacker.int() }
}

extension Double: Packed {
  func pack(into packer: inout Packer) { packer.add(self) }
  init(from unpacker: inout Unpacker) throws(PluginError) { self = try unpacker.double() }
}

extension String: Packed {
  func pack(into packer: inout Packer) { packer.add(self) }
  init(from unpacker: inout Unpacker) throws(PluginError) { self = try unpacker.text() }
}

extension PluginError {
  /// Bytes that are not what was expected.
  static let garbled = PluginError(.internalError, "the other process sent what is no message")
}
