import CDebugInfo

/// The functions of a library as its debug information describes them.
package struct DebugInfo: Sendable, Hashable {
  /// A type with its names taken off.
  package struct ValueType: Sendable, Hashable {
    /// How its bytes are read; of a pointer, those that it points at.
    package enum Kind: Sendable, Hashable {
      case void, signed, unsigned, float, other
    }

    package let kind: Kind
    /// In bytes; of a pointer, what it points at.
    package let size: Int
    package let isPointer: Bool
    /// Whether a pointer's target is const.
    package let isConstant: Bool
  }

  package struct Parameter: Sendable, Hashable {
    package let name: String
    package let type: ValueType
  }

  package struct Function: Sendable, Hashable {
    package let name: String
    package let result: ValueType
    package let parameters: [Parameter]
    package let isVariadic: Bool
    /// Whether the parameters are all that it takes: not so of `f()` in older C.
    package let hasPrototype: Bool
  }

  package let functions: [Function]

  /// Reads a library's debug information; `nil` where it has none.
  package init?(_ library: [UInt8]) {
    let list = List()
    let found = unsafe withUnsafeMutablePointer(to: &list.functions) { pointer in
      unsafe esp_debug_functions(
        library,
        library.count,
        { function, context in
          let list = unsafe context?.assumingMemoryBound(to: [Function].self)
          unsafe list?.pointee.append(Function(function.pointee))
          return 1
        },
        pointer
      )
    }
    guard found == 1 else { return nil }
    functions = list.functions
  }

  /// What the callback fills.
  private final class List {
    var functions: [Function] = []
  }
}

extension DebugInfo.Function {
  fileprivate init(_ raw: esp_debug_function) {
    name = text(of: raw.name)
    result = DebugInfo.ValueType(raw.result)
    isVariadic = raw.is_variadic != 0
    hasPrototype = raw.has_prototype != 0
    let count = min(Int(raw.n_parameters), Int(ESP_DEBUG_PARAMETERS))
    parameters = unsafe withUnsafeBytes(of: raw.parameters) { bytes in
      unsafe bytes.bindMemory(to: esp_debug_parameter.self).prefix(count).map {
        DebugInfo.Parameter(name: text(of: $0.name), type: DebugInfo.ValueType($0.type))
      }
    }
  }
}

extension DebugInfo.ValueType {
  fileprivate init(_ raw: esp_debug_type) {
    kind =
      switch UInt32(raw.kind) {
      case ESP_DEBUG_VOID.rawValue: .void
      case ESP_DEBUG_SIGNED.rawValue: .signed
      case ESP_DEBUG_UNSIGNED.rawValue: .unsigned
      case ESP_DEBUG_FLOAT.rawValue: .float
      default: .other
      }
    size = Int(raw.size)
    isPointer = raw.is_pointer != 0
    isConstant = raw.is_const != 0
  }
}

/// The text of a C array of characters, to its end.
private func text<Characters>(of characters: Characters) -> String {
  unsafe withUnsafeBytes(of: characters) { bytes in
    unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
