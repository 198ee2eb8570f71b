import CGuard
import PluginKit

/// The functions of a strategy with the interface `esp.space/1`.
///
/// `@unchecked`: pointers into a library that stays mapped.
@safe
struct SpaceVtable: Vtable, @unchecked Sendable {
  let table: esp_space_v1

  @unsafe
  init(_ address: UnsafeRawPointer, strategy: String, path: String) throws(Refusal) {
    table = try unsafe Self.copy(address, as: esp_space_v1.self, strategy: strategy, path: path)
    let isComplete = unsafe table.dimensions != nil && table.decode != nil
    guard isComplete else {
      throw Refusal(.strategyMalformed, path, "\"\(strategy)\" lacks \"dimensions\" or \"decode\"")
    }
  }
}
