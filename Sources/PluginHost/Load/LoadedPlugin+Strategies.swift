import CEspalier
import PluginKit

extension LoadedPlugin {
  /// The strategies of a table that the manifest lists and this host uses; no other is looked at beyond its id and interface.
  ///
  /// - Safety: `table` is a widened copy of what the entry returned.
  @unsafe
  static func strategies(
    _ table: esp_plugin,
    _ manifest: Manifest,
    _ entries: [Manifest.StrategyEntry],
    host: HostRecord,
    path: String
  ) throws(Refusal) -> [String: LoadedStrategy] {
    let heads = try unsafe heads(table, path: path)
    let held = Dictionary(grouping: heads) { $0.entry.id }
    try checkIdentity(held, manifest, path: path)
    let listed = Set(entries.map(\.id)).union(manifest.skipped.map(\.id))
    let serial = manifest.isProcessSerial ? RecursiveLock() : nil
    let creation = RecursiveLock()
    var strategies: [String: LoadedStrategy] = [:]
    for entry in entries {
      let own = held[entry.id]?.first { $0.entry.interface.known == entry.interface }
      guard let own else {
        throw Refusal(
          .strategyMissing,
          path,
          "its table lacks \"\(entry.id)\" (\(entry.interface.rawValue)), which the manifest lists"
        )
      }
      strategies[entry.id] = try LoadedStrategy(
        own,
        interface: entry.interface,
        host: host,
        serial: serial,
        creation: creation,
        path: path
      )
    }
    for head in heads where !listed.contains(head.entry.id) {
      host.log(
        .warning,
        manifest.id,
        "the strategy \"\(head.entry.id)\" is not in the manifest, so it is not offered"
      )
    }
    return strategies
  }

  @unsafe
  private static func heads(
    _ table: esp_plugin,
    path: String
  ) throws(Refusal) -> [StrategyHead] {
    let count = unsafe table.n_strategies
    guard count <= TableLimits.strategies, unsafe count == 0 || table.strategies != nil else {
      throw Refusal(.tableMalformed, path, "it claims \(count) strategies")
    }
    var heads: [StrategyHead] = []
    var names: [String: InterfaceID] = [:]
    var seen: Set<InterfaceChoice.Entry> = []
    for index in 0..<Int(count) {
      guard let pointer = unsafe table.strategies?[index] else {
        throw Refusal(.strategyMalformed, path, "strategy \(index) is NULL")
      }
      let head = try unsafe StrategyHead(pointer, path: path)
      let (id, interface) = (head.entry.id, head.entry.interface)
      guard seen.insert(head.entry).inserted else {
        throw Refusal(.strategyMalformed, path, "it holds \"\(id)\" (\(interface)) twice")
      }
      if let first = names.updateValue(interface, forKey: id), first.name != interface.name {
        throw Refusal(
          .strategyMalformed,
          path,
          "it holds \"\(id)\" as \(first) and as \(interface): one id has one interface, if in several revisions"
        )
      }
      heads.append(head)
    }
    return heads
  }

  /// Refuses a table that has an id of the manifest by another interface.
  ///
  /// What is skipped may be missing: a plugin need not hand it to a host that does not know it.
  private static func checkIdentity(
    _ held: [String: [StrategyHead]],
    _ manifest: Manifest,
    path: String
  ) throws(Refusal) {
    func differ(_ id: String, _ found: InterfaceID, _ listed: String) -> Refusal {
      Refusal(
        .tableIdentity,
        path,
        "its table says that \"\(id)\" has the interface \(found), the manifest \(listed)"
      )
    }
    for listed in manifest.interfaces {
      guard let found = held[listed.id]?.first?.entry.interface,
        !found.isRevision(of: listed.interface)
      else { continue }
      throw differ(listed.id, found, listed.interface.rawValue)
    }
    for skipped in manifest.skipped {
      guard let found = held[skipped.id]?.first?.entry.interface,
        found.name != skipped.interface.name
      else { continue }
      throw differ(skipped.id, found, "\(skipped.interface)")
    }
  }
}
