package import PluginKit

/// What a search offers a space: the run's network as a pruner sees it, and what the run asks for.
package final class SpaceContext: SearchContext {
  package let network: (any PruningContext)?
  package let inputSize: (height: Int, width: Int)?
  package let classes: Int?
  package let seed: UInt64
  private let report: (LogLevel, String) -> Void

  package init(
    network: (any PruningContext)?,
    inputSize: (height: Int, width: Int)?,
    classes: Int?,
    seed: UInt64,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) {
    self.network = network
    self.inputSize = inputSize
    self.classes = classes
    self.seed = seed
    report = log
  }

  package func log(_ level: LogLevel, _ message: String) { report(level, message) }
}

@available(*, unavailable) extension SpaceContext: Sendable {}
