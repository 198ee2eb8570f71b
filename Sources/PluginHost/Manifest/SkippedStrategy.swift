/// A strategy that a manifest lists with an interface that this host does not use.
package struct SkippedStrategy: Sendable, Hashable {
  /// Why it is not used.
  package enum Reason: Sendable, Hashable {
    /// The host does not know the interface.
    case unknownInterface
    /// The host does not know this revision, and uses another one under the same id.
    case unknownRevision(used: InterfaceID)
    /// A newer revision under the same id is used.
    case olderRevision(used: InterfaceID)
  }

  package let id: String
  package let interface: InterfaceID
  package let reason: Reason
}

extension SkippedStrategy: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .unknownInterface:
      "strategy \"\(id)\" is skipped: this host does not know the interface \"\(interface)\"; "
        + "update Espalier to use it"
    case .unknownRevision(let used):
      "strategy \"\(id)\" is used by \"\(used)\": this host does not know \"\(interface)\"; "
        + "update Espalier to use that"
    case .olderRevision(let used):
      "strategy \"\(id)\" is used by \"\(used)\", which is newer than \"\(interface)\""
    }
  }
}
