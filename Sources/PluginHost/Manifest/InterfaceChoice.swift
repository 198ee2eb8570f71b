/// Which interface of each id of a manifest the host uses: of the revisions that it knows, the newest.
package struct InterfaceChoice: Sendable {
  /// An id with one of its interfaces.
  package struct Entry: Sendable, Hashable {
    package let id: String
    package let interface: InterfaceID

    package init(id: String, interface: InterfaceID) {
      self.id = id
      self.interface = interface
    }
  }

  /// An id that has interfaces of two names, which no strategy can have.
  package struct Conflict: Error, Sendable, Hashable {
    package let id: String
    package let interfaces: [InterfaceID]
  }

  private let used: [String: InterfaceID]
  /// What is left out, each once, in the order of the manifest.
  package let skipped: [SkippedStrategy]

  /// Chooses among what a manifest lists; an id may stand with several revisions of one interface.
  ///
  /// - Parameters:
  ///   - entries: What the manifest lists.
  ///   - isKnown: Whether the host knows an interface.
  /// - Throws: The first id that has interfaces of two names.
  package init(
    _ entries: [Entry],
    isKnown: (InterfaceID) -> Bool
  ) throws(Conflict) {
    var names: [String: InterfaceID] = [:]
    var used: [String: InterfaceID] = [:]
    for entry in entries {
      let first = names[entry.id] ?? entry.interface
      guard first.name == entry.interface.name else {
        throw Conflict(id: entry.id, interfaces: [first, entry.interface])
      }
      names[entry.id] = first
      guard isKnown(entry.interface) else { continue }
      if let other = used[entry.id], other.revision >= entry.interface.revision { continue }
      used[entry.id] = entry.interface
    }
    var seen: Set<Entry> = []
    skipped = entries.filter { used[$0.id] != $0.interface && seen.insert($0).inserted }
      .map { entry in
        let reason: SkippedStrategy.Reason =
          switch used[entry.id] {
          case nil: .unknownInterface
          case let used? where isKnown(entry.interface): .olderRevision(used: used)
          case let used?: .unknownRevision(used: used)
          }
        return SkippedStrategy(id: entry.id, interface: entry.interface, reason: reason)
      }
    self.used = used
  }

  /// Whether the host uses the entry.
  package func uses(_ entry: Entry) -> Bool { used[entry.id] == entry.interface }
}
