/// Nodes that execute as one, first to last, and what of the inputs each part reads.
struct FusedChain {
  /// The nodes' own steps, in the graph's order.
  var steps: [Step]
  /// Slots read from outside the chain; the places below index them.
  var reads: [Int]
  /// The one slot made.
  var output: Int
  var image = 0
  /// The convolution's weight; nil for a batch norm by itself.
  var weight: Int?
  var bias: Int?
  /// The first of scale, shift, mean and variance.
  var statistics: Int?
  var epsilon = 0.0
  var addend: Int?
  /// Where in `steps` the sum with the addend stands.
  var sum = 0
  var activation: FusedActivation?
  /// The activation's bounds, where they are inputs.
  var bounds: [Int?] = [nil, nil]

  /// The places of the constants that packing reads.
  var constants: [Int] {
    [weight, bias].compactMap(\.self) + (statistics.map { Array($0..<$0 + 4) } ?? [])
      + bounds.compactMap(\.self)
  }

  /// Takes the next node in.
  mutating func extend(by step: Step) {
    steps.append(step)
    output = step.makes[0]
  }

  /// Adds a slot to read and returns its place.
  mutating func read(_ slot: Int) -> Int {
    reads.append(slot)
    return reads.count - 1
  }
}
