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

  /// Describes a plugin.
  public init(id: String, version: String, vendor: String = "", strategies: [Entry]) {
    self.id = id
    self.version = version
    self.vendor = vendor
    self.strategies = strategies
  }

  /// One strategy on offer.
  public struct Entry: Sendable {
    let description: StrategyDescription
    let plans: Bool
    let scores: Bool
    let make: @Sendable (Settings) throws(PluginError) -> StrategyBox

    /// Offers a pruner that leaves the importance of channels to the host.
    public static func pruner<S: Strategy & Pruner>(_ type: S.Type) -> Entry {
      Entry(description: S.description, plans: true, scores: false) {
        settings throws(PluginError) in
        StrategyBox(pruner: try S(settings: settings), scorer: nil)
      }
    }

    /// Offers a score for channels.
    public static func pruner<S: Strategy & ChannelScorer>(_ type: S.Type) -> Entry {
      Entry(description: S.description, plans: false, scores: true) {
        settings throws(PluginError) in
        StrategyBox(pruner: nil, scorer: try S(settings: settings))
      }
    }

    /// Offers a pruner with a score of its own.
    public static func pruner<S: Strategy & Pruner & ChannelScorer>(_ type: S.Type) -> Entry {
      Entry(description: S.description, plans: true, scores: true) {
        settings throws(PluginError) in
        let strategy = try S(settings: settings)
        return StrategyBox(pruner: strategy, scorer: strategy)
      }
    }
  }
}

/// An instance of a strategy, as the C side holds it.
final class StrategyBox: Sendable {
  let pruner: (any Pruner)?
  let scorer: (any ChannelScorer)?

  init(pruner: (any Pruner)?, scorer: (any ChannelScorer)?) {
    self.pruner = pruner
    self.scorer = scorer
  }
}
