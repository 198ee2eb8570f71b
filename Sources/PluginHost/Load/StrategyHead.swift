import CEspalier
import PluginKit

/// A strategy's table, of which only what all interfaces share was looked at.
@safe
struct StrategyHead {
  /// The plugin's own struct.
  let address: UnsafePointer<esp_strategy>
  let table: esp_strategy
  /// The strategy's id and interface.
  let entry: InterfaceChoice.Entry

  /// Copies a table that the plugin returned; nothing that it points at is read but id and interface.
  ///
  /// - Safety: `address` points at a struct that begins with its true `struct_size`.
  @unsafe
  init(_ address: UnsafePointer<esp_strategy>, path: String) throws(Refusal) {
    let table = unsafe widened(address)
    let required = unsafe MemoryLayout<esp_strategy>.offset(of: \.vtable).map { $0 + 8 } ?? 0
    guard unsafe table.struct_size >= required, unsafe table.struct_size <= TableLimits.structSize
    else {
      throw Refusal(
        .tableMalformed,
        path,
        "a strategy's struct_size is \(unsafe table.struct_size)"
      )
    }
    let id = unsafe String(shown: table.id)
    guard !id.isEmpty else { throw Refusal(.strategyMalformed, path, "a strategy has no id") }
    let name = unsafe String(shown: table.interface_id)
    guard let interface = InterfaceID(name) else {
      throw Refusal(
        .strategyMalformed,
        path,
        "\"\(id)\" has the interface \"\(name.prefix(128))\", which is not written as esp.pruner/1"
      )
    }
    unsafe self.address = unsafe address
    unsafe self.table = unsafe table
    entry = InterfaceChoice.Entry(id: id, interface: interface)
  }
}
