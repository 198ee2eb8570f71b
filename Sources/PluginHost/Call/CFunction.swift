import CGuard
import PluginKit

/// A plain C function with its prepared signature.
///
/// `@unchecked`: the pointers are immutable and the library stays mapped.
@safe
struct CFunction: @unchecked Sendable {
  let declaration: FunctionDeclaration
  let host: HostRecord
  private let function: OpaquePointer
  private let name: FunctionName
  private let serial: RecursiveLock?

  init(
    _ declaration: FunctionDeclaration,
    symbol: UnsafeMutableRawPointer,
    host: HostRecord,
    serial: RecursiveLock?,
    path: String
  ) throws(Refusal) {
    self.declaration = declaration
    self.host = host
    self.serial = serial
    name = FunctionName(keeping: declaration.symbol)
    let types = declaration.arguments.map(\.type.tag)
    let returns: UInt8 =
      switch declaration.returns {
      case .nothing: UInt8(ESP_FFI_VOID)
      case .status: UInt8(ESP_FFI_I32)
      case .result(let type): type.tag
      }
    var fault = esp_fault()
    guard
      let function = unsafe esp_function_prepare(
        symbol,
        types,
        UInt32(types.count),
        returns,
        &fault
      )
    else {
      throw Refusal(
        .manifestFunction,
        path,
        "function \"\(declaration.symbol)\": \(fault.message)"
      )
    }
    unsafe self.function = unsafe function
  }

  /// Calls the function with arguments that lie in 8-byte slots.
  ///
  /// - Safety: Each slot holds a value of the argument's type, pointers to memory as declared.
  @unsafe
  func call(_ slots: inout [UInt64], layer: String) throws(PluginError) -> esp_result {
    var result = esp_result()
    let count = declaration.arguments.count
    let answer = unsafe slots.withUnsafeMutableBytes { bytes in
      unsafe withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer?.self,
        capacity: max(1, count)
      ) { addresses in
        for index in 0..<count {
          unsafe addresses.initializeElement(
            at: index,
            to: bytes.baseAddress.map { unsafe $0 + index * 8 }
          )
        }
        return Result { () throws(PluginError) in
          unsafe try host.call(name, layer: layer, lock: serial) {
            unsafe esp_function_call($0, function, addresses.baseAddress, &result, $1)
          }
        }
      }
    }
    try answer.get()
    guard case .status = declaration.returns, result.i != 0 else { return result }
    throw PluginError(
      PluginError.Code(rawValue: Int32(truncatingIfNeeded: result.i)),
      "it returned the status \(result.i)",
      origin: PluginError.Origin(
        plugin: host.plugin,
        function: declaration.symbol,
        layer: layer
      )
    )
  }
}

extension [FunctionDeclaration.Role: CFunction] {
  /// What a strategy of plain functions says of itself.
  func description(version: String) -> StrategyDescription {
    let declarations = values.map(\.declaration).sorted { $0.role.rawValue > $1.role.rawValue }
    var parameters: [ParameterSpec] = []
    for parameter in declarations.flatMap(\.parameters)
    where !parameters.contains(where: { $0.name == parameter.name }) {
      parameters.append(parameter)
    }
    return StrategyDescription(
      id: declarations.first?.id ?? "",
      name: declarations.first?.symbol ?? "",
      version: version,
      doc: declarations.first { !$0.doc.isEmpty }?.doc ?? "",
      parameters: parameters,
      isReentrant: true,
      // All that it is given are its arguments.
      isDeterministic: true
    )
  }
}

extension FunctionDeclaration.ValueType {
  /// The type as the bridge numbers it.
  var tag: UInt8 {
    let tag =
      switch self {
      case .i8: ESP_FFI_I8
      case .u8: ESP_FFI_U8
      case .i16: ESP_FFI_I16
      case .u16: ESP_FFI_U16
      case .i32: ESP_FFI_I32
      case .u32: ESP_FFI_U32
      case .i64: ESP_FFI_I64
      case .u64: ESP_FFI_U64
      case .f32: ESP_FFI_F32
      case .f64: ESP_FFI_F64
      case .f32Pointer, .f64Pointer, .i64Pointer, .text: ESP_FFI_POINTER
      }
    return UInt8(tag)
  }
}
