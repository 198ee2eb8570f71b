import PluginKit

/// What an argument carries, of one interface.
protocol FunctionBinding {
  /// Reads the text after `bind`.
  init?(manifest text: String)
  /// Whether the function writes there.
  var isOutput: Bool { get }
  /// Whether C may receive it as this type.
  func accepts(_ type: FunctionDeclaration.ValueType) -> Bool
}

extension FunctionDeclaration.Binding {
  /// Reads the text after `bind`: what every interface has, then the interface's own.
  init?(manifest text: String, rules: any FunctionRules.Type) {
    if text == "seed" {
      self = .seed
    } else if text.hasPrefix("param:"), text.utf8.count > 6, text.utf8.count <= 70 {
      self = .parameter(String(text.dropFirst(6)))
    } else if let own = rules.binding(text) {
      self = own
    } else {
      return nil
    }
  }

  /// Whether the function writes there.
  var isOutput: Bool { own?.isOutput ?? false }

  /// Whether C may receive it as this type.
  func accepts(_ type: FunctionDeclaration.ValueType) -> Bool {
    switch self {
    case .seed: type == .u64 || type == .i64
    case .parameter: !type.isPointer || type == .text
    default: own?.accepts(type) ?? false
    }
  }

  private var own: (any FunctionBinding)? {
    switch self {
    case .pruner(let binding): binding
    case .seed, .parameter: nil
    }
  }
}

extension Int {
  /// The number between the brackets of `name[…]`.
  init?(subscriptOf name: String, in text: String) {
    guard text.hasPrefix(name + "["), text.hasSuffix("]") else { return nil }
    self.init(text.dropFirst(name.count + 1).dropLast())
  }
}

extension FunctionDeclaration.ValueType {
  /// Whether it holds a number of elements.
  var isCount: Bool { self == .i32 || self == .u32 || self == .i64 || self == .u64 }

  /// An integer's bits: libffi reads as many of the low bytes as the type has.
  func bits(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value)) }

  /// What an integer of the type can hold, so that no value is ever cut off on its way.
  var bounds: (lower: ParameterValue, upper: ParameterValue)? {
    switch self {
    case .i8: (.int(Int(Int8.min)), .int(Int(Int8.max)))
    case .u8: (.int(0), .int(Int(UInt8.max)))
    case .i16: (.int(Int(Int16.min)), .int(Int(Int16.max)))
    case .u16: (.int(0), .int(Int(UInt16.max)))
    case .i32: (.int(Int(Int32.min)), .int(Int(Int32.max)))
    case .u32: (.int(0), .int(Int(UInt32.max)))
    case .u64: (.int(0), .int(.max))
    default: nil
    }
  }

  /// The bits of a hyper-parameter's value; texts live as long as the arena.
  func bits(_ value: ParameterValue?, in arena: CArena) -> UInt64 {
    switch value {
    case .int(let value)?: bits(value)
    case .double(let value)?:
      self == .f32 ? UInt64(Float(value).bitPattern) : value.bitPattern
    case .string(let text)?: UInt64(UInt(bitPattern: unsafe arena.text(text)))
    default: 0
    }
  }
}
