import PluginKit

extension FunctionDeclaration.Binding {
  /// Reads the text after `bind`.
  init?(manifest text: String) {
    switch text {
    case "weight.data": self = .weightData
    case "weight.numel": self = .weightCount
    case "weight.ndim": self = .weightRank
    case "weight.shape": self = .weightShape
    case "scores.data": self = .scores
    case "scores.numel": self = .scoreCount
    case "channels": self = .channels
    case "channel": self = .channelIndex
    case "group.name": self = .groupName
    case "seed": self = .seed
    default:
      if text.hasPrefix("weight.shape["), text.hasSuffix("]"),
        let axis = Int(text.dropFirst("weight.shape[".count).dropLast()), (0..<8).contains(axis)
      {
        self = .weightExtent(axis: axis)
      } else if text.hasPrefix("param:"), text.utf8.count > 6, text.utf8.count <= 70 {
        self = .parameter(String(text.dropFirst(6)))
      } else {
        return nil
      }
    }
  }

  /// Whether C may receive it as this type.
  func accepts(_ type: FunctionDeclaration.ValueType) -> Bool {
    switch self {
    case .weightData: type == .f32Pointer
    case .scores: type == .f32Pointer || type == .f64Pointer
    case .weightShape: type == .i64Pointer
    case .groupName: type == .text
    case .seed: type == .u64 || type == .i64
    case .parameter: !type.isPointer || type == .text
    case .weightCount, .weightRank, .weightExtent, .scoreCount, .channels, .channelIndex:
      type == .i32 || type == .u32 || type == .i64 || type == .u64
    }
  }
}

extension FunctionDeclaration.ValueType {
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
}
