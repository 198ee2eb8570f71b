/// The id of an interface as manifests and tables write it: a dotted name, a slash, a revision.
package struct InterfaceID: Sendable, Hashable {
  /// What the revisions of one interface share, such as `esp.pruner`.
  package let name: String
  /// From 1; a higher one is newer.
  package let revision: UInt32

  /// Reads an id such as `esp.pruner/1`; `nil` for any other text, or one of more than 128 bytes.
  package init?(_ text: String) {
    guard text.utf8.count <= 128, let slash = text.firstIndex(of: "/") else { return nil }
    let parts = text[..<slash].split(separator: ".", omittingEmptySubsequences: false)
    let digits = text[text.index(after: slash)...]
    guard parts.count > 1, parts.allSatisfy({ DottedName.isPart($0) }),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != "0",
      let revision = UInt32(digits)
    else { return nil }
    name = String(text[..<slash])
    self.revision = revision
  }

  /// What this host has of the id; `nil` where it does not know it.
  var known: PluginInterface? { PluginInterface(rawValue: description) }

  /// Whether an interface of this host is this one, if perhaps in another revision.
  func isRevision(of interface: PluginInterface) -> Bool {
    interface.rawValue.hasPrefix(name + "/")
  }
}

extension InterfaceID: CustomStringConvertible {
  package var description: String { "\(name)/\(revision)" }
}

/// Reverse DNS as ids are written.
enum DottedName {
  /// Whether a text may stand between two dots: lower-case letters, digits, `_` and `-`.
  static func isPart(_ part: Substring) -> Bool {
    !part.isEmpty
      && part.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
  }
}
