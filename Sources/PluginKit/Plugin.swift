/// A plugin: the strategies that one shared library offers.
public struct Plugin: Sendable {
  /// The plugin's id; equal to the manifest's.
  public var id: String
  /// The plugin's version; equal to the manifest's.
  public var version: String
  /// Who ships it.
  public var vendor: String
  /// What it offers.
  public var strategies: [Entry]
  /// Ends what the plugin has started, its threads above all; the host calls it once, at the end of the process.
  public var shutdown: (@Sendable () -> Void)?

  /// Describes a plugin.
  public init(
    id: String,
    version: String,
    vendor: String = "",
    strategies: [Entry],
    shutdown: (@Sendable () -> Void)? = nil
  ) {
    self.id = id
    self.version = version
    self.vendor = vendor
    self.strategies = strategies
    self.shutdown = shutdown
  }

  /// One strategy on offer; each interface's file says how one is made.
  public struct Entry: Sendable {
    let description: StrategyDescription
    let export: StrategyExport
  }
}
