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
        PrunerBox(try S(settings: settings))
      }
    }

    /// Offers a score for channels.
    public static func pruner<S: Strategy & ChannelScorer>(_ type: S.Type) -> Entry {
      Entry(description: S.description, plans: false, scores: true) {
        settings throws(PluginError) in
        ScorerBox(try S(settings: settings))
      }
    }

    /// Offers a pruner with a score of its own.
    public static func pruner<S: Strategy & Pruner & ChannelScorer>(_ type: S.Type) -> Entry {
      Entry(description: S.description, plans: true, scores: true) {
        settings throws(PluginError) in
        ScoringPrunerBox(try S(settings: settings))
      }
    }
  }
}

/// An instance of a strategy, as the C side holds it: calls reach it without a copy of its value.
class StrategyBox: @unchecked Sendable {  // holds one immutable Sendable value, in its subclasses
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    throw PluginError(.unimplemented, "this strategy scores channels but does not plan")
  }

  func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    throw PluginError(.unimplemented, "this strategy plans but does not score channels")
  }
}

private final class PrunerBox<S: Pruner>: StrategyBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

  override func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try strategy.plan(for: model)
  }
}

private final class ScorerBox<S: ChannelScorer>: StrategyBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

  override func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try strategy.score(group, of: model)
  }
}

private final class ScoringPrunerBox<S: Pruner & ChannelScorer>: StrategyBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

  override func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try strategy.plan(for: model)
  }

  override func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try strategy.score(group, of: model)
  }
}
