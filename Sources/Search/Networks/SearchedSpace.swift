package import PluginKit

/// What a search asks of the networks that it chooses among, by their tokens.
package protocol SearchedSpace: AnyObject {
  /// The dimensions that tokens are of.
  var dimensions: [SearchDimension] { get }

  /// Where the search begins.
  var start: [Int] { get }

  /// Whether what networks cost is measured, and so depends on what else the machine does.
  var measures: Bool { get }

  /// Whether there is a network of these tokens.
  ///
  /// - Throws: `StrategyFailure`.
  func isFeasible(_ tokens: [Int]) throws -> Bool

  /// What the network of tokens costs, and why a constraint rules it out; nil where none does.
  ///
  /// - Throws: `StrategyFailure` for what the space hands over that is no network; what measuring refuses.
  func figures(of tokens: [Int]) throws -> (figures: NetworkFigures, violation: String?)
}
