import Files
import PluginHost

/// One function of a draft: what its names and types say of it.
struct FunctionDraft {
  let name: String
  let role: FunctionDeclaration.Role
  private let function: DebugInfo.Function
  private let arguments: [ArgumentDraft]

  init(_ function: DebugInfo.Function) {
    name = function.name
    self.function = function
    role = Self.role(of: function)
    let role = role
    arguments = function.parameters.map { ArgumentDraft($0, in: role) }
  }

  /// Whether it takes what a score or a loss is computed from.
  var isLikely: Bool {
    let binds = arguments.compactMap(\.bind)
    let reads = binds.contains("weight.data") || binds.contains("student.data")
    let writes = binds.contains { ["scores.data", "gradient.data", "loss.data"].contains($0) }
    return reads && !function.isVariadic
      && (writes || !function.result.isPointer && function.result.kind == .float)
  }

  /// The entry of the manifest.
  func json(id: String?) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let id { members.append(.init("id", .string(id))) }
    members += [
      .init("symbol", .string(name)), .init("interface", .string(role.interface.rawValue)),
      .init("role", .string(role.rawValue)), .init("args", .array(arguments.map(\.json))),
    ]
    if let returns { members.append(.init("returns", returns)) }
    if let todo = resultTodo { members.append(.init("x-todo", .string(todo))) }
    return .object(members)
  }

  /// What is left to decide.
  var todos: [String] {
    (arguments.compactMap(\.todo) + [resultTodo].compactMap(\.self)).map { "\(name): \($0)" }
      + (function.isVariadic ? ["\(name): it is variadic, which no manifest can describe"] : [])
  }

  private var returns: JSONValue? {
    let result = function.result
    guard let type = result.manifestType, !result.isPointer else { return nil }
    if result.kind == .float {
      let meaning = role.interface == .distill ? "loss" : "score"
      return ["type": .string(type), "meaning": .string(meaning)]
    }
    return type == "i32" ? ["type": "i32", "meaning": "status"] : nil
  }

  private var resultTodo: String? {
    let result = function.result
    guard returns == nil, result.kind != .void || result.isPointer else { return nil }
    return "it returns \(result.words): a status is i32, a score or a loss f32 or f64"
  }

  private static func role(of function: DebugInfo.Function) -> FunctionDeclaration.Role {
    let names = function.parameters.map { $0.name.lowercased() }
    let returnsNumber = function.result.kind == .float && !function.result.isPointer
    if names.contains(where: { $0.hasPrefix("student") || $0.hasPrefix("teacher") }) {
      let writesLoss = names.contains { $0.hasPrefix("loss") }
      return returnsNumber || writesLoss || !function.name.lowercased().contains("backward")
        ? .forward : .backward
    }
    return returnsNumber ? .scoreChannel : .score
  }
}

/// One argument of a draft.
struct ArgumentDraft {
  private let parameter: DebugInfo.Parameter
  private let role: FunctionDeclaration.Role
  /// What it carries, as far as its name and type say.
  let bind: String?

  init(_ parameter: DebugInfo.Parameter, in role: FunctionDeclaration.Role) {
    self.parameter = parameter
    self.role = role
    let name = parameter.name.lowercased()
    bind =
      parameter.type.isPointer
      ? Self.pointer(name, parameter.type, role) : Self.scalar(name, parameter, role)
  }

  var todo: String? {
    let name = parameter.name.isEmpty ? "an argument" : "\"\(parameter.name)\""
    guard parameter.type.manifestType != nil else {
      return "\(name) is \(parameter.type.words): no manifest can describe it"
    }
    guard bind == nil else { return nil }
    return "say what \(name) (\(parameter.type.words)) carries: \(choices.joined(separator: ", "))"
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("type", .string(parameter.type.manifestType ?? "?")),
      .init("bind", .string(bind ?? "?")),
    ]
    if parameter.type.isPointer, let bind, parameter.type.manifestType != "cstr" {
      let isOutput = ["scores.data", "gradient.data", "loss.data"].contains(bind)
      members.append(.init("access", .string(isOutput ? "write" : "read")))
    }
    if let todo { members.append(.init("x-todo", .string(todo))) }
    return .object(members)
  }

  private var choices: [String] {
    switch (role.interface, parameter.type.isPointer) {
    case (.distill, true):
      ["student.data", "teacher.data", "gradient.data", "loss.data", "student.shape"]
    case (_, true): ["weight.data", "scores.data", "weight.shape"]
    default: ["param:NAME"]
    }
  }

  private static func pointer(
    _ name: String,
    _ type: DebugInfo.ValueType,
    _ role: FunctionDeclaration.Role
  ) -> String? {
    func begins(_ words: String...) -> Bool {
      words.contains { name == $0 || $0.count > 1 && name.hasPrefix($0) }
    }
    guard let kind = type.manifestType else { return nil }
    let isDistill = role.interface == .distill
    if kind == "cstr" {
      return isDistill ? nil : begins("group", "name", "layer") ? "group.name" : nil
    }
    if kind == "i64*" {
      guard begins("shape", "dims", "size", "extent") else { return nil }
      return isDistill ? "student.shape" : "weight.shape"
    }
    if isDistill {
      if begins("grad", "dstudent", "dx", "g") { return type.isConstant ? nil : "gradient.data" }
      if begins("loss", "out") { return type.isConstant ? nil : "loss.data" }
      if begins("student", "s", "pred") { return "student.data" }
      if begins("teacher", "t", "target") { return "teacher.data" }
      return nil
    }
    if begins("score", "out", "result", "importance", "rank"), !type.isConstant {
      return "scores.data"
    }
    return begins("weight", "w", "filter", "data", "x", "values", "kernel") && kind == "f32*"
      ? "weight.data" : nil
  }

  private static func scalar(
    _ name: String,
    _ parameter: DebugInfo.Parameter,
    _ role: FunctionDeclaration.Role
  ) -> String? {
    guard let type = parameter.type.manifestType, !name.isEmpty else { return nil }
    let isCount = ["i32", "u32", "i64", "u64"].contains(type)
    if name == "seed", type.hasSuffix("64"), isCount { return "seed" }
    guard isCount else { return "param:\(parameter.name)" }
    let owner = role.interface == .distill ? "student" : "weight"
    switch name {
    case "n", "numel", "count", "len", "length", "size", "elements", "n_elements", "num_elements":
      return "\(owner).numel"
    case "ndim", "rank", "n_dims", "ndims": return "\(owner).ndim"
    case "channels", "n_channels", "num_channels", "out_channels", "filters":
      return role.interface == .distill ? nil : "channels"
    case "channel" where role == .scoreChannel: return "channel"
    case "pair", "pairs", "step":
      return role.interface == .distill ? name : "param:\(parameter.name)"
    default: return "param:\(parameter.name)"
    }
  }
}

extension DebugInfo.ValueType {
  /// The type as manifests write it; `nil` for what they cannot describe.
  var manifestType: String? {
    switch (isPointer, kind, size) {
    case (true, .float, 4): "f32*"
    case (true, .float, 8): "f64*"
    case (true, .signed, 8), (true, .unsigned, 8): "i64*"
    case (true, .signed, 1), (true, .unsigned, 1): "cstr"
    case (false, .float, 4): "f32"
    case (false, .float, 8): "f64"
    case (false, .signed, 1): "i8"
    case (false, .unsigned, 1): "u8"
    case (false, .signed, 2): "i16"
    case (false, .unsigned, 2): "u16"
    case (false, .signed, 4): "i32"
    case (false, .unsigned, 4): "u32"
    case (false, .signed, 8): "i64"
    case (false, .unsigned, 8): "u64"
    default: nil
    }
  }
}
