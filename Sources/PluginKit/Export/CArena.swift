/// Where an arena has its memory from, other than the heap.
package protocol ArenaSource: Sendable {
  /// Memory for so many bytes; `nil` where there is none.
  @unsafe func make(byteCount: Int) -> UnsafeMutableRawPointer?
  /// Makes it read-only.
  @unsafe func seal(_ memory: UnsafeMutableRawPointer, byteCount: Int)
  /// Takes it back.
  @unsafe func free(_ memory: UnsafeMutableRawPointer, byteCount: Int)
}

/// Memory for C structs that outlive a Swift scope: freed as a whole with the arena, or never.
@safe
package final class CArena {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []
  private let source: (any ArenaSource)?
  private var sourced: [(memory: UnsafeMutableRawPointer, byteCount: Int)] = unsafe []
  private var owners: [AnyObject] = []

  private let isPermanent: Bool

  /// Makes an arena; a permanent one leaves its memory until the process ends, as the tables of a
  /// plugin must be.
  package init(permanent: Bool = false, source: (any ArenaSource)? = nil) {
    isPermanent = permanent
    self.source = source
  }

  /// Whether its memory is not of the heap.
  package var isSourced: Bool { source != nil }

  deinit {
    guard !isPermanent else { return }
    if let source {
      unsafe sourced.forEach { unsafe source.free($0.memory, byteCount: $0.byteCount) }
    }
    unsafe blocks.forEach { unsafe $0.deallocate() }
  }

  /// Keeps an object alive as long as the arena.
  package func keep(_ owner: AnyObject) { owners.append(owner) }

  package func store<T>(_ value: T) -> UnsafeMutablePointer<T> {
    if source != nil, let pointer = unsafe store([value]) { return unsafe pointer }
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
    unsafe pointer.initialize(to: value)
    unsafe blocks.append(UnsafeMutableRawPointer(pointer))
    return unsafe pointer
  }

  /// `nil` for an empty array.
  package func store<T>(_ values: [T]) -> UnsafeMutablePointer<T>? {
    guard !values.isEmpty else { return nil }
    let byteCount = values.count * MemoryLayout<T>.stride
    if let source, let memory = unsafe source.make(byteCount: byteCount) {
      let pointer = unsafe memory.bindMemory(to: T.self, capacity: values.count)
      unsafe pointer.initialize(from: values, count: values.count)
      unsafe source.seal(memory, byteCount: byteCount)
      unsafe sourced.append((memory, byteCount))
      return unsafe pointer
    }
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: values.count)
    unsafe pointer.initialize(from: values, count: values.count)
    unsafe blocks.append(UnsafeMutableRawPointer(pointer))
    return unsafe pointer
  }

  /// Zeroed bytes, aligned for any vector unit.
  package func scratch(byteCount: Int) -> UnsafeMutableRawPointer {
    if let source, let memory = unsafe source.make(byteCount: max(byteCount, 1)) {
      unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
      unsafe sourced.append((memory, max(byteCount, 1)))
      return unsafe memory
    }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
    unsafe pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
    unsafe blocks.append(pointer)
    return unsafe pointer
  }

  package func string(_ text: String) -> esp_str {
    let bytes = Array(text.utf8)
    guard let pointer = unsafe store(bytes) else { return unsafe esp_str() }
    return unsafe esp_str(
      ptr: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self),
      len: UInt64(bytes.count)
    )
  }

  /// The text with a NUL at its end.
  @unsafe
  package func text(_ text: String) -> UnsafePointer<CChar>? {
    unsafe UnsafePointer(store(text.utf8CString.map { $0 }))
  }

  package func value(_ value: ParameterValue?) -> esp_value {
    var result = unsafe esp_value()
    switch value {
    case nil: break
    case .bool(let flag)?:
      unsafe result.type = ESP_T_BOOL
      unsafe result.u.i = flag ? 1 : 0
    case .int(let number)?:
      unsafe result.type = ESP_T_I64
      unsafe result.u.i = Int64(number)
    case .double(let number)?:
      unsafe result.type = ESP_T_F64
      unsafe result.u.f = number
    case .string(let text)?:
      let string = unsafe self.string(text)
      unsafe result.type = ESP_T_STR
      unsafe result.u.p = UnsafeRawPointer(string.ptr)
      unsafe result.len = string.len
    case .ints(let numbers)?:
      unsafe result.type = ESP_T_I64S
      unsafe result.u.p = UnsafeRawPointer(store(numbers.map(Int64.init)))
      unsafe result.len = UInt64(numbers.count)
    case .doubles(let numbers)?:
      unsafe result.type = ESP_T_F64S
      unsafe result.u.p = UnsafeRawPointer(store(numbers))
      unsafe result.len = UInt64(numbers.count)
    case .strings(let texts)?:
      unsafe result.type = ESP_T_STRS
      unsafe result.u.p = UnsafeRawPointer(store(texts.map { unsafe string($0) }))
      unsafe result.len = UInt64(texts.count)
    }
    return unsafe result
  }
}

@available(*, unavailable)
extension CArena: Sendable {}
