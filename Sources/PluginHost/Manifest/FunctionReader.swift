import Files
import PluginKit

/// Reads one entry of `functions`.
struct FunctionReader {
  private typealias Declaration = FunctionDeclaration

  /// What an entry may have.
  static let keys = ["id", "symbol", "interface", "role", "doc", "args", "returns", "require"]

  let path: String

  func read(
    _ object: JSONObject,
    id: String,
    interface: PluginInterface
  ) throws(Refusal) -> FunctionDeclaration {
    let symbol = try object.string("symbol")
    guard let rules = interface.functions else {
      throw refusal(symbol, "no plain C function has the interface \"\(interface.rawValue)\"")
    }
    let role = try self.role(object, interface, symbol)
    try checkRequirements(object, symbol)
    var arguments: [FunctionDeclaration.Argument] = []
    var parameters: [ParameterSpec] = []
    for argument in try object.objects("args", limit: 64) {
      try argument.allow(["type", "bind", "access", "default", "min", "max", "doc"])
      let read = try self.argument(argument, rules, symbol: symbol)
      arguments.append(read)
      if case .parameter(let name) = read.binding {
        guard !parameters.contains(where: { $0.name == name }) else {
          throw refusal(symbol, "two arguments are bound to the parameter \"\(name)\"")
        }
        parameters.append(try parameter(name, read.type, argument, symbol))
      }
    }
    let declaration = FunctionDeclaration(
      id: id,
      symbol: symbol,
      role: role,
      doc: try object.optionalString("doc") ?? "",
      arguments: arguments,
      returns: try self.returns(object, symbol),
      parameters: parameters
    )
    if let problem = rules.problem(with: declaration) { throw refusal(symbol, problem) }
    return declaration
  }

  /// Refuses functions of one id that do not make a strategy.
  func check(_ functions: [FunctionDeclaration]) throws(Refusal) {
    for (index, function) in functions.enumerated() {
      let same = functions.filter { $0.id == function.id }
      guard same.first == function, functions.firstIndex(of: function) == index else { continue }
      if let problem = function.role.interface.functions?.problem(with: same) {
        throw refusal(function.symbol, problem)
      }
    }
  }

  private func role(
    _ object: JSONObject,
    _ interface: PluginInterface,
    _ symbol: String
  ) throws(Refusal) -> FunctionDeclaration.Role {
    let name = try object.string("role")
    let known = Declaration.Role.allCases.filter { $0.interface == interface }
    guard let role = known.first(where: { $0.rawValue == name }) else {
      let names = known.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw refusal(symbol, "the role \"\(name)\" is not \(names)")
    }
    return role
  }

  private func refusal(_ symbol: String, _ text: String) -> Refusal {
    Refusal(.manifestFunction, path, "function \"\(symbol)\": \(text)")
  }

  /// The host always hands over contiguous 32-bit floats on the CPU, so nothing else can be required.
  private func checkRequirements(_ object: JSONObject, _ symbol: String) throws(Refusal) {
    guard let require = try object.object("require") else { return }
    try require.allow(["device", "dtype", "contiguous"])
    guard try require.optionalString("device") ?? "cpu" == "cpu",
      try require.optionalString("dtype") ?? "f32" == "f32",
      try require.optionalBool("contiguous") ?? true
    else {
      throw refusal(symbol, "only device \"cpu\", dtype \"f32\", contiguous true can be required")
    }
  }

  private func argument(
    _ object: JSONObject,
    _ rules: any FunctionRules.Type,
    symbol: String
  ) throws(Refusal) -> FunctionDeclaration.Argument {
    let typeName = try object.string("type")
    guard let type = Declaration.ValueType(rawValue: typeName) else {
      let known = Declaration.ValueType.allCases.map(\.rawValue).joined(separator: ", ")
      throw refusal(symbol, "the type \"\(typeName)\" is not one of \(known)")
    }
    let bind = try object.string("bind")
    guard let binding = Declaration.Binding(manifest: bind, rules: rules) else {
      throw refusal(symbol, "nothing is called \"\(bind)\"")
    }
    guard binding.accepts(type) else {
      throw refusal(symbol, "\"\(bind)\" cannot be passed as \(typeName)")
    }
    let access = try object.optionalString("access")
    let isOutput = binding.isOutput
    guard access == nil || type.isPointer && access == (isOutput ? "write" : "read") else {
      throw refusal(symbol, "the access of \"\(bind)\" is \"\(isOutput ? "write" : "read")\"")
    }
    return FunctionDeclaration.Argument(type: type, binding: binding)
  }

  private func parameter(
    _ name: String,
    _ type: FunctionDeclaration.ValueType,
    _ object: JSONObject,
    _ symbol: String
  ) throws(Refusal) -> ParameterSpec {
    let kind: ParameterSpec.Kind =
      switch type {
      case .text: .string
      case .f32, .f64: .double
      default: .int
      }
    func value(_ key: String) throws(Refusal) -> ParameterValue? {
      switch (object[key], kind) {
      case (nil, _): return nil
      case (.int(let number)?, .int): return .int(number)
      case (.string(let text)?, .string): return .string(text)
      case (let value?, .double) where value.number != nil: return value.number.map { .double($0) }
      default:
        throw refusal(symbol, "\"\(key)\" of parameter \"\(name)\" does not fit \(type.rawValue)")
      }
    }
    let bounds = type.bounds
    let spec = ParameterSpec(
      name: name,
      kind: kind,
      doc: try object.optionalString("doc") ?? "",
      defaultValue: try value("default"),
      minimum: try value("min") ?? bounds?.lower,
      maximum: try value("max") ?? bounds?.upper,
      isRequired: object["default"] == nil
    )
    if let problem = spec.problem {
      throw refusal(symbol, "parameter \"\(name)\": \(problem)")
    }
    return spec
  }

  private func returns(
    _ object: JSONObject,
    _ symbol: String
  ) throws(Refusal) -> FunctionDeclaration.Return {
    guard let returns = try object.object("returns") else { return .nothing }
    try returns.allow(["type", "meaning"])
    let typeName = try returns.string("type")
    let meaning = try returns.optionalString("meaning")
    if typeName == "void", meaning == nil { return .nothing }
    guard let type = Declaration.ValueType(rawValue: typeName), !type.isPointer else {
      throw refusal(symbol, "it cannot return \"\(typeName)\"")
    }
    switch meaning {
    case "status" where type == .i32: return .status
    case "score", "loss": return .result(type)
    default:
      throw refusal(
        symbol,
        "\"meaning\" of \"returns\" is \"status\" (of type i32), \"score\" or \"loss\""
      )
    }
  }
}
