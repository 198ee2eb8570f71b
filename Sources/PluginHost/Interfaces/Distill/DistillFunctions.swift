/// What a plain C function that computes a loss of distillation may ask for.
package enum DistillBinding: Sendable, Hashable {
  case studentData
  case teacherData
  /// Where the loss's derivatives by the student's elements go.
  case gradientData
  /// Where the loss goes, of a function that does not return it.
  case lossData
  case count
  case rank
  case shape
  case extent(axis: Int)
  /// Which of the pairs it is, and how many there are.
  case pairIndex
  case pairCount
  case step
}

extension DistillBinding: FunctionBinding {
  init?(manifest text: String) {
    switch text {
    case "student.data": self = .studentData
    case "teacher.data": self = .teacherData
    case "gradient.data": self = .gradientData
    case "loss.data": self = .lossData
    case "student.numel": self = .count
    case "student.ndim": self = .rank
    case "student.shape": self = .shape
    case "pair": self = .pairIndex
    case "pairs": self = .pairCount
    case "step": self = .step
    default:
      guard let axis = Int(subscriptOf: "student.shape", in: text), (0..<8).contains(axis) else {
        return nil
      }
      self = .extent(axis: axis)
    }
  }

  var isOutput: Bool { self == .gradientData || self == .lossData }

  func accepts(_ type: FunctionDeclaration.ValueType) -> Bool {
    switch self {
    case .studentData, .teacherData, .gradientData: type == .f32Pointer
    case .lossData: type == .f32Pointer || type == .f64Pointer
    case .shape: type == .i64Pointer
    case .count, .rank, .extent, .pairIndex, .pairCount, .step: type.isCount
    }
  }
}

/// The rules of `forward` and `backward`.
enum DistillFunctions: FunctionRules {
  static func binding(_ text: String) -> FunctionDeclaration.Binding? {
    DistillBinding(manifest: text).map { .distill($0) }
  }

  static func problem(with function: FunctionDeclaration) -> String? {
    func count(_ binding: DistillBinding) -> Int {
      function.arguments.count { $0.binding == .distill(binding) }
    }
    guard count(.studentData) == 1, count(.teacherData) == 1 else {
      return "one argument each is bound to \"student.data\" and \"teacher.data\""
    }
    guard count(.gradientData) <= 1, count(.lossData) <= 1 else {
      return "two arguments are bound to one output"
    }
    let returnsLoss = if case .result = function.returns { true } else { false }
    switch function.role {
    case .backward:
      guard count(.gradientData) == 1, count(.lossData) == 0, !returnsLoss else {
        return
          "a function of role \"backward\" fills \"gradient.data\" and returns void or a status"
      }
    default:
      guard returnsLoss != (count(.lossData) == 1) else {
        return "a function of role \"forward\" returns the loss, or writes it to \"loss.data\""
      }
    }
    return nil
  }

  static func problem(with strategy: [FunctionDeclaration]) -> String? {
    guard let forward = strategy.first(where: { $0.role == .forward }) else {
      return "the strategy has no function of role \"forward\""
    }
    let fills = forward.arguments.contains { $0.binding == .distill(.gradientData) }
    let hasBackward = strategy.contains { $0.role == .backward }
    if fills && hasBackward {
      return "\"forward\" fills \"gradient.data\", so there can be no \"backward\""
    }
    return fills || hasBackward
      ? nil
      : "nothing gives the loss's gradient: bind \"gradient.data\" in \"forward\", or add a function "
        + "of role \"backward\""
  }
}
