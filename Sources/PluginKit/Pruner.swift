/// A strategy that decides which channels a model loses.
///
/// A pruner plans; it never edits: the host applies the plan. Implementation requirements:
/// - The same model, settings and seed give the same plan.
/// - Nothing of the context is used after ``plan(for:)`` returned.
/// - It ends soon once ``PruningContext/shouldStop`` says so.
///
/// Conform to ``ChannelScorer`` too where the importance of a channel is also the strategy's own.
public protocol Pruner: Sendable {
  /// Chooses what to cut.
  ///
  /// - Parameter model: The groups to choose from, their weights, and what a plan would cost.
  /// - Returns: A cut for each group that is to lose channels.
  /// - Throws: ``PluginError`` where no plan can be made.
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan
}

/// A strategy that says how much each channel of a group matters.
public protocol ChannelScorer: Sendable {
  /// Scores the channels of one group.
  ///
  /// - Parameters:
  ///   - group: The group.
  ///   - model: The model that it is of.
  /// - Returns: One finite number a channel; the channels with the least are cut first.
  /// - Throws: ``PluginError`` where no score can be given.
  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double]
}
