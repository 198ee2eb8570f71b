/// What a plain C function that scores channels may ask for.
package enum PrunerBinding: Sendable, Hashable {
  case weightData
  case gradientData
  case weightCount
  case weightRank
  case weightShape
  case weightExtent(axis: Int)
  case scores
  case scoreCount
  case channels
  case channelIndex
  case groupName
}

extension PrunerBinding: FunctionBinding {
  init?(manifest text: String) {
    switch text {
    case "weight.data": self = .weightData
    case "gradient.data": self = .gradientData
    case "weight.numel": self = .weightCount
    case "weight.ndim": self = .weightRank
    case "weight.shape": self = .weightShape
    case "scores.data": self = .scores
    case "scores.numel": self = .scoreCount
    case "channels": self = .channels
    case "channel": self = .channelIndex
    case "group.name": self = .groupName
    default:
      guard let axis = Int(subscriptOf: "weight.shape", in: text), (0..<8).contains(axis) else {
        return nil
      }
      self = .weightExtent(axis: axis)
    }
  }

  var isOutput: Bool { self == .scores }

  func accepts(_ type: FunctionDeclaration.ValueType) -> Bool {
    switch self {
    case .weightData, .gradientData: type == .f32Pointer
    case .scores: type == .f32Pointer || type == .f64Pointer
    case .weightShape: type == .i64Pointer
    case .groupName: type == .text
    case .weightCount, .weightRank, .weightExtent, .scoreCount, .channels, .channelIndex:
      type.isCount
    }
  }
}

/// The rules of `score` and `score_channel`.
enum PrunerFunctions: FunctionRules {
  static func binding(_ text: String) -> FunctionDeclaration.Binding? {
    PrunerBinding(manifest: text).map { .pruner($0) }
  }

  static func problem(with function: FunctionDeclaration) -> String? {
    let bindings = function.arguments.map(\.binding)
    guard bindings.contains(.pruner(.weightData)) || bindings.contains(.pruner(.gradientData))
    else { return "no argument is bound to \"weight.data\"" }
    let outputs = bindings.count { $0 == .pruner(.scores) }
    if function.role == .scoreChannel {
      guard case .result = function.returns, outputs == 0,
        !bindings.contains(.pruner(.scoreCount))
      else { return "a function of role \"score_channel\" returns the score and takes no scores" }
      return nil
    }
    guard outputs == 1 else {
      return "\(outputs) arguments are bound to \"scores.data\"; one must be"
    }
    if case .result = function.returns {
      return "a function of role \"score\" returns void or a status"
    }
    guard !bindings.contains(.pruner(.channelIndex)) else {
      return "\"channel\" belongs to the role \"score_channel\""
    }
    return nil
  }

  static func problem(with strategy: [FunctionDeclaration]) -> String? {
    strategy.count == 1 ? nil : "it has \(strategy.count) functions; a score is one"
  }
}
