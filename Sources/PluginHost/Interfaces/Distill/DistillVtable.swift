import PluginKit

/// The functions of a strategy with the interface `esp.distill/1`.
///
/// `@unchecked`: pointers into a library that stays mapped.
@safe
struct DistillVtable: Vtable, @unchecked Sendable {
  let table: esp_distill_v1

  /// Whether the loss is computed by esp.ops/1, which records its gradient.
  var usesOps: Bool { unsafe table.forward_ops != nil }

  @unsafe
  init(_ address: UnsafeRawPointer, strategy: String, path: String) throws(Refusal) {
    table = try unsafe Self.copy(address, as: esp_distill_v1.self, strategy: strategy, path: path)
    guard unsafe table.forward_ops != nil || (table.forward != nil && table.backward != nil) else {
      throw Refusal(
        .strategyMalformed,
        path,
        "\"\(strategy)\" has neither \"forward_ops\" nor \"forward\" with \"backward\""
      )
    }
  }
}
