package import PluginKit

/// Which code made a plan, for the report and the model's metadata.
package struct Provenance: Sendable, Hashable, Codable {
  package let strategy: String
  package let plugin: String
  package let version: String
  package let sha256: String
  package let settings: Settings

  package init(
    strategy: String,
    plugin: String,
    version: String,
    sha256: String,
    settings: Settings
  ) {
    self.strategy = strategy
    self.plugin = plugin
    self.version = version
    self.sha256 = sha256
    self.settings = settings
  }
}

extension Provenance {
  /// What the host decided itself: no library stands behind it, so there is no hash.
  package static func host(_ strategy: String, settings: Settings) -> Provenance {
    Provenance(
      strategy: strategy,
      plugin: "espalier",
      version: HostRecord.version,
      sha256: "",
      settings: settings
    )
  }
}
