import CEspalier

extension ATenValue {
  /// The 8-byte words that the value's list or text takes beside its tag.
  @inline(__always)
  var listWords: Int {
    switch self {
    case .string(let text): (text.utf8.count + 7) / 8
    case .ints(let values): values.count
    case .doubles(let values): values.count
    case .bools(let values): (values.count + 7) / 8
    case .tensors(let tensors): tensors.count
    case .optionalTensors(let tensors): tensors.count
    default: 0
    }
  }

  /// Writes the value in the table's form; lists and texts go to `words`, whose used part is cut off.
  ///
  /// The result borrows tensors and `words`.
  @unsafe @inline(__always)
  func encoded(into words: inout UnsafeMutableRawPointer) -> esp_operand {
    var value = unsafe esp_operand()
    switch self {
    case .none: unsafe value.tag = ESP_VALUE_NONE
    case .default: unsafe value.tag = ESP_VALUE_DEFAULT
    case .tensor(let tensor):
      unsafe value.tag = ESP_VALUE_TENSOR
      unsafe value.tensor = tensor.handle
    case .int(let number):
      unsafe value.tag = ESP_VALUE_INT
      unsafe value.integer = Int64(number)
    case .double(let number):
      unsafe value.tag = ESP_VALUE_DOUBLE
      unsafe value.number = number
    case .bool(let flag):
      unsafe value.tag = ESP_VALUE_BOOL
      unsafe value.integer = flag ? 1 : 0
    case .string(let text):
      let start = unsafe words.assumingMemoryBound(to: CChar.self)
      var count = 0
      for byte in text.utf8 {
        unsafe start[count] = CChar(bitPattern: byte)
        count += 1
      }
      unsafe value.tag = ESP_VALUE_STRING
      unsafe value.string = UnsafePointer(start)
      unsafe value.count = UInt64(count)
    case .ints(let values):
      let start = unsafe words.assumingMemoryBound(to: Int64.self)
      for index in values.indices { unsafe start[index] = Int64(values[index]) }
      unsafe value.tag = ESP_VALUE_INTS
      unsafe value.ints = UnsafePointer(start)
      unsafe value.count = UInt64(values.count)
    case .doubles(let values):
      let start = unsafe words.assumingMemoryBound(to: Double.self)
      for index in values.indices { unsafe start[index] = values[index] }
      unsafe value.tag = ESP_VALUE_DOUBLES
      unsafe value.doubles = UnsafePointer(start)
      unsafe value.count = UInt64(values.count)
    case .bools(let values):
      let start = unsafe words.assumingMemoryBound(to: UInt8.self)
      for index in values.indices { unsafe start[index] = values[index] ? 1 : 0 }
      unsafe value.tag = ESP_VALUE_BOOLS
      unsafe value.bools = UnsafePointer(start)
      unsafe value.count = UInt64(values.count)
    case .tensors(let tensors):
      let start = unsafe words.assumingMemoryBound(to: OpaquePointer?.self)
      for index in tensors.indices { unsafe start[index] = tensors[index].handle }
      unsafe value.tag = ESP_VALUE_TENSORS
      unsafe value.tensors = UnsafePointer(start)
      unsafe value.count = UInt64(tensors.count)
    case .optionalTensors(let tensors):
      let start = unsafe words.assumingMemoryBound(to: OpaquePointer?.self)
      for index in tensors.indices { unsafe start[index] = tensors[index]?.handle }
      unsafe value.tag = ESP_VALUE_OPTIONAL_TENSORS
      unsafe value.tensors = UnsafePointer(start)
      unsafe value.count = UInt64(tensors.count)
    case .dtype(let dtype):
      unsafe value.tag = ESP_VALUE_DTYPE
      unsafe value.integer = Int64(dtype.torchCode)
    case .device(let device):
      unsafe value.tag = ESP_VALUE_DEVICE
      unsafe value.integer = Int64(device.kind.rawValue)
      unsafe value.count = UInt64(device.index)
    case .layout(let layout):
      unsafe value.tag = ESP_VALUE_LAYOUT
      unsafe value.integer = Int64(layout.rawValue)
    case .memoryFormat(let format):
      unsafe value.tag = ESP_VALUE_MEMORY_FORMAT
      unsafe value.integer = Int64(format.rawValue)
    }
    unsafe words += listWords * 8
    return unsafe value
  }

  /// Reads a result and takes its tensors over: those left in `value` are null afterwards.
  @unsafe
  init(taking value: inout esp_operand) {
    let count = unsafe Int(value.count)
    switch unsafe value.tag {
    case ESP_VALUE_TENSOR:
      self = unsafe value.tensor.map { unsafe .tensor(Tensor(adopting: $0)) } ?? .none
      unsafe value.tag = ESP_VALUE_NONE
    case ESP_VALUE_INT: self = unsafe .int(Int(value.integer))
    case ESP_VALUE_DOUBLE: self = unsafe .double(value.number)
    case ESP_VALUE_BOOL: self = unsafe .bool(value.integer != 0)
    case ESP_VALUE_STRING:
      self = unsafe .string(
        String(
          decoding: UnsafeRawBufferPointer(start: value.string, count: count),
          as: UTF8.self
        )
      )
    case ESP_VALUE_INTS:
      self = unsafe .ints(UnsafeBufferPointer(start: value.ints, count: count).map { Int($0) })
    case ESP_VALUE_DOUBLES:
      self = unsafe .doubles(Array(UnsafeBufferPointer(start: value.doubles, count: count)))
    case ESP_VALUE_BOOLS:
      self = unsafe .bools(UnsafeBufferPointer(start: value.bools, count: count).map { $0 != 0 })
    case ESP_VALUE_TENSORS:
      self = unsafe .tensors(Self.taking(value.tensors, count).compactMap { $0 })
    case ESP_VALUE_OPTIONAL_TENSORS:
      self = unsafe .optionalTensors(Self.taking(value.tensors, count))
    case ESP_VALUE_DEVICE:
      let kind = unsafe Device.Kind(rawValue: Int32(truncatingIfNeeded: value.integer)) ?? .cpu
      self = .device(Device(kind: kind, index: count))
    default: self = .none
    }
  }

  /// Makes own references to a result list's tensors; `free_results` gives the list's own back.
  @unsafe private static func taking(
    _ tensors: UnsafePointer<OpaquePointer?>?,
    _ count: Int
  ) -> [Tensor?] {
    unsafe UnsafeBufferPointer(start: tensors, count: count).map { handle in
      guard let handle = unsafe handle else { return nil }
      return unsafe try? Tensor(retaining: handle)
    }
  }
}
