import PluginKit

/// The functions of a strategy with the interface `esp.pruner/1`.
///
/// `@unchecked`: pointers into a library that stays mapped.
@safe
struct PrunerVtable: Vtable, @unchecked Sendable {
  let table: esp_pruner_v1

  var plans: Bool { unsafe table.plan != nil }
  var scores: Bool { unsafe table.score != nil }

  @unsafe
  init(_ address: UnsafeRawPointer, strategy: String, path: String) throws(Refusal) {
    table = try unsafe Self.copy(address, as: esp_pruner_v1.self, strategy: strategy, path: path)
    guard plans || scores else {
      throw Refusal(.strategyMalformed, path, "\"\(strategy)\" has neither \"plan\" nor \"score\"")
    }
  }
}
