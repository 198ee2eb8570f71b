import CGuard
import PluginKit

/// A strategy's table after it was copied and checked.
///
/// `@unchecked`: immutable, and what it points at lives until the process ends.
@safe
struct LoadedStrategy: @unchecked Sendable {
  let host: HostRecord
  let description: StrategyDescription
  /// The plugin's own struct, which `create` is given back.
  let address: UnsafePointer<esp_strategy>
  let table: esp_strategy
  /// The functions of the interface.
  let vtable: any Vtable
  /// What keeps calls of one instance apart; one for all where the plugin is serial.
  private let serial: RecursiveLock?
  let creation: RecursiveLock

  /// Checks the rest of a table, by the interface that it has.
  init(
    _ head: StrategyHead,
    interface: PluginInterface,
    host: HostRecord,
    serial: RecursiveLock?,
    creation: RecursiveLock,
    path: String
  ) throws(Refusal) {
    let table = unsafe head.table
    let id = head.entry.id
    func malformed(_ text: String) -> Refusal {
      Refusal(.strategyMalformed, path, text)
    }
    guard unsafe table.create != nil, unsafe table.destroy != nil else {
      throw malformed("\"\(id)\" lacks \"create\" or \"destroy\"")
    }
    guard let vtable = unsafe table.vtable else { throw malformed("\"\(id)\" has no vtable") }
    let flags = unsafe table.flags
    description = StrategyDescription(
      id: id,
      name: unsafe String(crossing: table.name),
      version: unsafe String(crossing: table.version),
      doc: unsafe String(crossing: table.doc),
      parameters: try unsafe Self.parameters(table, id: id, path: path),
      isReentrant: flags & ESP_S_REENTRANT != 0,
      isDeterministic: flags & ESP_S_DETERMINISTIC != 0,
      // A table that says nothing of devices was written for main memory.
      devices: unsafe table.device_mask == 0
        ? .cpu : StrategyDevices(rawValue: table.device_mask)
    )
    unsafe self.address = unsafe head.address
    unsafe self.table = unsafe table
    self.vtable = try unsafe interface.vtable.init(vtable, strategy: id, path: path)
    self.host = host
    self.creation = creation
    self.serial = flags & ESP_S_PROCESS_SERIAL != 0 ? serial ?? creation : serial
  }

  /// The lock of a new instance; `nil` for a strategy that needs none.
  var lock: RecursiveLock? {
    serial ?? (description.isReentrant ? nil : RecursiveLock())
  }

  private static func parameters(
    _ table: esp_strategy,
    id: String,
    path: String
  ) throws(Refusal) -> [ParameterSpec] {
    let count = unsafe table.n_params
    guard count <= TableLimits.parameters, unsafe count == 0 || table.params != nil else {
      throw Refusal(.tableMalformed, path, "\"\(id)\" claims \(count) parameters")
    }
    var specs: [ParameterSpec] = []
    for index in 0..<Int(count) {
      guard let pointer = unsafe table.params?[index] else {
        throw Refusal(.parameterMalformed, path, "parameter \(index) of \"\(id)\" is NULL")
      }
      let spec = try unsafe parameter(pointer, index, id, path)
      if let problem = spec.problem {
        throw Refusal(
          .parameterMalformed,
          path,
          "parameter \"\(spec.name)\" of \"\(id)\": \(problem)"
        )
      }
      guard !specs.contains(where: { $0.name == spec.name }) else {
        throw Refusal(
          .parameterMalformed,
          path,
          "\"\(id)\" declares the parameter \"\(spec.name)\" twice"
        )
      }
      specs.append(spec)
    }
    return specs
  }

  private static func parameter(
    _ pointer: UnsafePointer<esp_param_spec>,
    _ index: Int,
    _ id: String,
    _ path: String
  ) throws(Refusal) -> ParameterSpec {
    let raw = unsafe widened(pointer)
    let required = unsafe MemoryLayout<esp_param_spec>.offset(of: \.max).map { $0 + 24 } ?? 0
    guard unsafe raw.struct_size >= required, unsafe raw.struct_size <= TableLimits.structSize,
      let kind = unsafe ParameterSpec.Kind(tag: raw.type),
      unsafe raw.n_choices <= TableLimits.choices,
      unsafe raw.n_choices == 0 || raw.choices != nil
    else {
      throw Refusal(
        .parameterMalformed,
        path,
        "parameter \(index) of \"\(id)\" has a type, size or number of choices that is none"
      )
    }
    let flags = unsafe raw.flags
    let alias = unsafe String(crossing: raw.alias)
    return unsafe ParameterSpec(
      name: String(crossing: raw.name),
      kind: kind,
      doc: String(crossing: raw.doc),
      defaultValue: ParameterValue(crossing: raw.def),
      minimum: ParameterValue(crossing: raw.min),
      maximum: ParameterValue(crossing: raw.max),
      choices: UnsafeBufferPointer(start: raw.choices, count: Int(raw.n_choices)).map {
        unsafe String(crossing: $0)
      },
      isRequired: flags & ESP_P_REQUIRED != 0,
      isTunable: flags & ESP_P_TUNABLE != 0,
      isLogarithmic: flags & ESP_P_LOG != 0,
      alias: alias.isEmpty ? nil : alias
    )
  }
}

/// Caps on what a plugin's table may claim.
enum TableLimits {
  static let structSize: UInt32 = 1 << 16
  static let strategies: UInt32 = 1024
  static let parameters: UInt32 = 256
  static let choices: UInt32 = 256
}
