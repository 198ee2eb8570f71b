// Reading what the other side of the C boundary wrote: bounded copies, never a struct as a whole.

/// A copy of a growing struct of which its author may know fewer fields, or more; what is missing
/// reads as zero.
///
/// - Safety: `pointer` begins with the `struct_size` that its memory truly has.
@unsafe
package func widened<T>(_ pointer: UnsafePointer<T>) -> T {
  let source = unsafe UnsafeRawPointer(pointer)
  let claimed = Int(unsafe source.loadUnaligned(as: UInt32.self))
  if claimed >= MemoryLayout<T>.size { return unsafe pointer.pointee }
  return unsafe withUnsafeTemporaryAllocation(
    byteCount: MemoryLayout<T>.size,
    alignment: MemoryLayout<T>.alignment
  ) { buffer in
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe buffer.copyMemory(
      from: UnsafeRawBufferPointer(start: source, count: min(claimed, MemoryLayout<T>.size))
    )
    return unsafe buffer.load(as: T.self)
  }
}

/// Fills a struct whose reader may know fewer fields: writes at most the `struct_size` it asks for,
/// and leaves that size in place.
///
/// - Safety: `target` begins with the `struct_size` that its memory truly has.
@unsafe
package func fill<T>(_ target: UnsafeMutablePointer<T>, with value: T) {
  let raw = UnsafeMutableRawPointer(target)
  let asked = unsafe raw.loadUnaligned(as: UInt32.self)
  unsafe withUnsafeBytes(of: value) { bytes in
    unsafe raw.copyMemory(
      from: bytes.baseAddress ?? UnsafeRawPointer(raw),
      byteCount: min(Int(asked), MemoryLayout<T>.size)
    )
  }
  if asked >= 4 { unsafe raw.storeBytes(of: asked, as: UInt32.self) }
}

/// The largest text that is taken over from the other side.
package let textLimit: UInt64 = 1 << 16

extension String {
  /// Copies a text, cut at 64 KiB; bytes that are not UTF-8 are replaced.
  ///
  /// - Safety: `text.ptr` has `text.len` bytes.
  @unsafe
  package init(crossing text: esp_str) {
    guard let pointer = unsafe text.ptr, unsafe text.len > 0 else {
      self = ""
      return
    }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: pointer,
      count: Int(Swift.min(text.len, textLimit))
    )
    self = unsafe String(decoding: bytes, as: UTF8.self)
    if unsafe text.len > textLimit { self += "… (\(unsafe text.len) bytes)" }
  }

  /// Lends the text as C sees it.
  package func withCrossing<Result>(_ body: (esp_str) -> Result) -> Result {
    var copy = self
    return copy.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        unsafe body(esp_str(ptr: characters.baseAddress, len: UInt64(characters.count)))
      }
    }
  }
}

extension ParameterValue {
  /// Copies a value; `nil` for `ESP_T_NONE` and for what is not a value.
  ///
  /// - Safety: The pointer inside, if any, has the length that the value says.
  @unsafe
  package init?(crossing value: esp_value) {
    let count = Int(clamping: unsafe value.len)
    guard count <= 1 << 24 else { return nil }
    switch unsafe value.type {
    case ESP_T_BOOL: self = .bool(unsafe value.u.i != 0)
    case ESP_T_I64: self = .int(Int(unsafe value.u.i))
    case ESP_T_F64: self = .double(unsafe value.u.f)
    case ESP_T_STR:
      let pointer = unsafe value.u.p?.assumingMemoryBound(to: CChar.self)
      self = .string(unsafe String(crossing: esp_str(ptr: pointer, len: value.len)))
    case ESP_T_I64S:
      self = .ints(unsafe Self.elements(of: value, as: Int64.self).map { Int($0) })
    case ESP_T_F64S:
      self = .doubles(unsafe Self.elements(of: value, as: Double.self))
    case ESP_T_STRS:
      self = .strings(
        unsafe Self.elements(of: value, as: esp_str.self).map { unsafe String(crossing: $0) }
      )
    default: return nil
    }
  }

  @unsafe
  private static func elements<T>(of value: esp_value, as type: T.Type) -> [T] {
    guard let pointer = unsafe value.u.p else { return [] }
    return unsafe Array(
      UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: type), count: Int(value.len))
    )
  }
}

extension ParameterSpec.Kind {
  package var tag: UInt32 {
    switch self {
    case .bool: ESP_T_BOOL
    case .int: ESP_T_I64
    case .double: ESP_T_F64
    case .string: ESP_T_STR
    case .ints: ESP_T_I64S
    case .doubles: ESP_T_F64S
    case .strings: ESP_T_STRS
    }
  }

  package init?(tag: UInt32) {
    guard let kind = Self.allCases.first(where: { $0.tag == tag }) else { return nil }
    self = kind
  }
}
