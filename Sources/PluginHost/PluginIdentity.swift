/// Which plugin a run was given: its id, version and library.
package struct PluginIdentity: Sendable, Hashable {
  package let id: String
  package let version: String
  /// Of the library.
  package let sha256: String
}

extension PluginIdentity: CustomStringConvertible {
  /// The version and the hash.
  package var description: String { "\(version) sha256:\(sha256)" }
}
