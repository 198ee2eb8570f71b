package import PluginKit

/// A plain C function as a manifest declares it: symbol, typed arguments, what each is bound to.
package struct FunctionDeclaration: Sendable, Hashable {
  /// What the function is used for.
  package enum Role: String, Sendable, Hashable, CaseIterable {
    /// One call a weight fills the scores of all its channels.
    case score
    /// One call a channel returns its score.
    case scoreChannel = "score_channel"

    package var interface: PluginInterface {
      switch self {
      case .score, .scoreChannel: .pruner
      }
    }
  }

  /// The closed set of C types.
  package enum ValueType: String, Sendable, Hashable, CaseIterable {
    case i8, u8, i16, u16, i32, u32, i64, u64, f32, f64
    case f32Pointer = "f32*"
    case f64Pointer = "f64*"
    case i64Pointer = "i64*"
    case text = "cstr"

    package var isPointer: Bool {
      switch self {
      case .f32Pointer, .f64Pointer, .i64Pointer, .text: true
      default: false
      }
    }
  }

  /// What an argument carries.
  package enum Binding: Sendable, Hashable {
    case pruner(PrunerBinding)
    case seed
    case parameter(String)
  }

  /// What comes back.
  package enum Return: Sendable, Hashable {
    case nothing
    /// 0 is success.
    case status
    /// What was asked for: a score, a loss.
    case result(ValueType)
  }

  package struct Argument: Sendable, Hashable {
    package let type: ValueType
    package let binding: Binding
  }

  package let id: String
  package let symbol: String
  package let role: Role
  package let doc: String
  package let arguments: [Argument]
  package let returns: Return
  /// The hyper-parameters, in the order of the arguments bound to them.
  package let parameters: [ParameterSpec]
}
