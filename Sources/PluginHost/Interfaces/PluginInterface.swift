import PluginKit

/// The interfaces that this host offers: a case each, with what reads its table and its plain C functions.
///
/// A new interface is a case here, a header, and a folder beside this file with its `Vtable`, its instance,
/// and the extension of `PluginRegistry` that hands it out as a Swift protocol.
package enum PluginInterface: String, Sendable, Hashable, CaseIterable {
  case pruner = "esp.pruner/1"
  case distill = "esp.distill/1"
  case quantizer = "esp.quantizer/1"
  case space = "esp.space/1"

  /// What copies and checks the functions that a strategy's table points at.
  var vtable: any Vtable.Type {
    switch self {
    case .pruner: PrunerVtable.self
    case .distill: DistillVtable.self
    case .quantizer: QuantizerVtable.self
    case .space: SpaceVtable.self
    }
  }

  /// What a manifest may say of plain C functions; `nil` where the interface has none.
  var functions: (any FunctionRules.Type)? {
    switch self {
    case .pruner: PrunerFunctions.self
    case .distill: DistillFunctions.self
    case .quantizer, .space: nil
    }
  }
}

/// The functions of a strategy after they were copied and checked.
///
/// Conforming types hold a C table of pointers into a library that stays mapped.
protocol Vtable: Sendable {
  /// Copies and checks the table.
  ///
  /// - Safety: `address` points at a table of the interface that begins with its true `struct_size`.
  @unsafe
  init(_ address: UnsafeRawPointer, strategy: String, path: String) throws(Refusal)
}

extension Vtable {
  /// A copy of the table, if its size can be.
  @unsafe
  static func copy<T>(
    _ address: UnsafeRawPointer,
    as type: T.Type,
    strategy: String,
    path: String
  ) throws(Refusal) -> T {
    let size = unsafe address.loadUnaligned(as: UInt32.self)
    guard size >= 16, size <= TableLimits.structSize else {
      throw Refusal(.tableMalformed, path, "the vtable of \"\(strategy)\" has struct_size \(size)")
    }
    return unsafe widened(address.assumingMemoryBound(to: type))
  }
}

/// What a manifest may say of the plain C functions of one interface.
protocol FunctionRules {
  /// What the text after `bind` stands for; `nil` where the interface has nothing of that name.
  static func binding(_ text: String) -> FunctionDeclaration.Binding?

  /// What is wrong with one function; `nil` where nothing is.
  static func problem(with function: FunctionDeclaration) -> String?

  /// What is wrong with the functions that make one strategy; `nil` where nothing is.
  static func problem(with strategy: [FunctionDeclaration]) -> String?
}
