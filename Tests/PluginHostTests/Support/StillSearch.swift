import PluginKit

/// A search as a host would offer it to a space, with fixed answers.
final class StillSearch: SearchContext {
  let network: (any PruningContext)?
  let inputSize: (height: Int, width: Int)?
  let classes: Int?
  let seed: UInt64

  init(
    _ network: (any PruningContext)? = nil,
    inputSize: (height: Int, width: Int)? = nil,
    classes: Int? = nil,
    seed: UInt64 = 7
  ) {
    self.network = network
    self.inputSize = inputSize
    self.classes = classes
    self.seed = seed
  }
}

@available(*, unavailable)
extension StillSearch: Sendable {}
