import PluginKit

/// A plugin that passed every step, in this process or in processes of its own.
protocol AvailablePlugin: Sendable {
  var manifest: Manifest { get }
  /// Of the library.
  var sha256: String { get }
  /// What stands behind a strategy's id.
  func offer(_ id: String) -> LoadedPlugin.Offer?
  /// What a strategy says of itself.
  func description(of id: String) -> StrategyDescription?
  /// Lets the plugin join its threads, at the end of the process.
  func shutDown()
}

extension LoadedPlugin: AvailablePlugin {}
