import PluginKit

/// A run that searches among networks: its own network, its input size and its classes.
final class DrawnSearch: SearchContext {
  let pruning: DrawnPruning
  private let inputs: Inputs

  let classes: Int?
  private let side: Int?

  var network: (any PruningContext)? { pruning }
  var inputSize: (height: Int, width: Int)? { side.map { ($0, $0) } }
  var seed: UInt64 { inputs.seed }
  var shouldStop: Bool { inputs.stops }

  init(_ inputs: Inputs, _ draw: inout Draw) throws {
    self.inputs = inputs
    classes = draw.pick([nil, 1, 3])
    side = draw.pick([nil, 64, 128])
    pruning = try DrawnPruning(inputs, &draw)
  }
}

@available(*, unavailable) extension DrawnSearch: Sendable {}
