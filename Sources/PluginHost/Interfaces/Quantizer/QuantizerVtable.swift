import CGuard
import PluginKit

/// The functions of a strategy with the interface `esp.quantizer/1`.
///
/// `@unchecked`: pointers into a library that stays mapped.
@safe
struct QuantizerVtable: Vtable, @unchecked Sendable {
  let table: esp_quantizer_v1

  @unsafe
  init(_ address: UnsafeRawPointer, strategy: String, path: String) throws(Refusal) {
    table = try unsafe Self.copy(address, as: esp_quantizer_v1.self, strategy: strategy, path: path)
    guard unsafe table.ranges != nil else {
      throw Refusal(.strategyMalformed, path, "\"\(strategy)\" has no \"ranges\"")
    }
  }
}
