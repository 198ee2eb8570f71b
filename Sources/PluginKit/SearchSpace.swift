/// A strategy that offers networks to search among.
///
/// A space names its dimensions; a network of it is a list of tokens, one whole number a dimension. The host searches: it
/// proposes tokens, asks for their network, counts its cost, trains and judges it. Implementation requirements:
/// - The same run, settings and tokens give the same answers: the host asks more than once, in more than one process.
/// - Nothing of the context is used after a call returned.
public protocol SearchSpace: Sendable {
  /// The dimensions, in the order of the tokens; at least one.
  ///
  /// - Parameter context: What the run asks for, and its network.
  /// - Returns: One a token.
  /// - Throws: ``PluginError`` where the run's network offers nothing to choose.
  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension]

  /// The tokens where a search begins.
  ///
  /// - Returns: One token a dimension, within its bounds.
  /// - Throws: ``PluginError`` where there is none.
  func start(in context: any SearchContext) throws(PluginError) -> [Int]

  /// Whether tokens within their bounds stand for a network.
  ///
  /// - Throws: ``PluginError`` where that cannot be told.
  func isFeasible(_ tokens: [Int], in context: any SearchContext) throws(PluginError) -> Bool

  /// The network of feasible tokens.
  ///
  /// - Parameters:
  ///   - tokens: One token a dimension, within its bounds.
  ///   - context: What the run asks for, and its network.
  /// - Returns: A model, or a cut of the run's network.
  /// - Throws: ``PluginError`` where the network cannot be made.
  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork
}

extension SearchSpace {
  /// The low end of every dimension.
  public func start(in context: any SearchContext) throws(PluginError) -> [Int] {
    try dimensions(in: context).map(\.range.lowerBound)
  }

  /// All tokens are.
  public func isFeasible(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> Bool { true }
}

/// One choice of a search space: a whole number within bounds.
public struct SearchDimension: Sendable, Hashable, Codable {
  /// The name, unique in the space.
  public var name: String
  /// The numbers to choose from.
  public var range: ClosedRange<Int>
  /// Whether neighbouring numbers mean similar networks.
  public var isOrdered: Bool
  /// How reports call the numbers, from the lowest on; empty, or one for each.
  public var labels: [String]

  /// Describes a dimension by its numbers.
  public init(
    _ name: String,
    _ range: ClosedRange<Int>,
    isOrdered: Bool = true,
    labels: [String] = []
  ) {
    self.name = name
    self.range = range
    self.isOrdered = isOrdered
    self.labels = labels
  }

  /// Describes a dimension whose token is a place in a list of values.
  public init(
    _ name: String,
    values: [some CustomStringConvertible],
    isOrdered: Bool = true
  ) {
    self.init(
      name,
      0...max(0, values.count - 1),
      isOrdered: isOrdered,
      labels: values.map(\.description)
    )
  }

  /// How reports call a token.
  public func label(of token: Int) -> String {
    let place = token - range.lowerBound
    return labels.indices.contains(place) ? labels[place] : String(token)
  }
}

/// A network that a space made of tokens.
public enum SearchedNetwork: Sendable, Hashable {
  /// A whole ONNX model as bytes; the host verifies it.
  case model([UInt8])
  /// Cuts of the run's network, made by the host's own surgery; its weights are inherited.
  case cuts(PruningPlan)
}

/// What the host offers a search space; nothing of it may be kept.
public protocol SearchContext: AnyObject {
  /// The run's network as a pruner sees it; `nil` where the run has none.
  var network: (any PruningContext)? { get }

  /// The height and width that the run asks for, in pixels; `nil` where it leaves them to the space.
  var inputSize: (height: Int, width: Int)? { get }

  /// How many classes the run's task tells apart; `nil` where it has no task.
  var classes: Int? { get }

  /// The seed of the run, for weights that are drawn.
  var seed: UInt64 { get }

  /// Whether the space should end soon with ``PluginError/Code/cancelled``.
  var shouldStop: Bool { get }

  /// Tells the user something.
  func log(_ level: LogLevel, _ message: String)
}

extension SearchContext {
  /// Never, unless the host can be asked to stop.
  public var shouldStop: Bool { false }

  /// Drops the message, unless the host keeps a log.
  public func log(_ level: LogLevel, _ message: String) {}
}
