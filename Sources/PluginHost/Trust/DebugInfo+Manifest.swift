/// Whether a manifest's declarations agree with what the compiler wrote down.
extension DebugInfo {
  /// Refuses a declaration that the debug information contradicts: in the number of arguments, or in a type's kind or size.
  ///
  /// A function without debug information is not judged.
  ///
  /// - Throws: A refusal of step 4.
  func check(_ declarations: [FunctionDeclaration], path: String) throws(Refusal) {
    for declaration in declarations {
      guard let function = functions.first(where: { $0.name == declaration.symbol }),
        let problem = function.contradiction(of: declaration)
      else { continue }
      throw Refusal(
        .functionContradicted,
        path,
        "function \"\(declaration.symbol)\": by its debug information \(problem)"
      )
    }
  }
}

extension DebugInfo.Function {
  /// What is otherwise than a manifest says; `nil` where nothing is.
  func contradiction(of declaration: FunctionDeclaration) -> String? {
    if isVariadic { return "it is variadic, which no manifest can describe" }
    let declared = declaration.arguments
    if hasPrototype || !parameters.isEmpty, parameters.count != declared.count {
      return "it takes \(parameters.count) arguments, the manifest has \(declared.count)"
    }
    for (index, (parameter, argument)) in zip(parameters, declared).enumerated() {
      let name = parameter.name.isEmpty ? "argument \(index + 1)" : "\"\(parameter.name)\""
      if !parameter.type.fits(argument.type) {
        return "\(name) is \(parameter.type.words), the manifest has \(argument.type.rawValue)"
      }
      if parameter.type.isConstant, argument.binding.isOutput {
        return "\(name) points at constants, the manifest says it is written"
      }
    }
    switch declaration.returns {
    case .nothing: return nil
    case .status where result.fits(.i32): return nil
    case .result(let type) where result.fits(type): return nil
    case .status: return "it returns \(result.words), the manifest has i32"
    case .result(let type): return "it returns \(result.words), the manifest has \(type.rawValue)"
    }
  }
}

extension DebugInfo.ValueType {
  /// Whether C passes it as a manifest's type says: kind and size, whatever an integer's sign.
  func fits(_ type: FunctionDeclaration.ValueType) -> Bool {
    switch type {
    case .f32Pointer: isPointer && (kind == .void || kind == .float && size == 4)
    case .f64Pointer: isPointer && (kind == .void || kind == .float && size == 8)
    case .i64Pointer: isPointer && (kind == .void || isInteger && size == 8)
    case .text: isPointer && (kind == .void || isInteger && size == 1)
    case .f32: !isPointer && kind == .float && size == 4
    case .f64: !isPointer && kind == .float && size == 8
    case .i8, .u8: !isPointer && isInteger && size == 1
    case .i16, .u16: !isPointer && isInteger && size == 2
    case .i32, .u32: !isPointer && isInteger && size == 4
    case .i64, .u64: !isPointer && isInteger && size == 8
    }
  }

  private var isInteger: Bool { kind == .signed || kind == .unsigned }

  /// How messages name it.
  package var words: String {
    let own =
      switch kind {
      case .void: "void"
      case .signed: "i\(size * 8)"
      case .unsigned: "u\(size * 8)"
      case .float: "f\(size * 8)"
      case .other: "a type that no manifest can describe"
      }
    return isPointer ? "\(own)*" : own
  }
}
