/// What moves parameters by their gradients; its state is tensors, so that it can be written down and taken up again.
///
/// An optimiser belongs to one thread, as torch's grad mode does.
package protocol Optimiser: AnyObject {
  /// The parameters, in groups with settings of their own.
  var groups: [ParameterGroup] { get }

  /// What is remembered between steps: lists by name, one tensor for each parameter in the order of the groups.
  var state: [OptimiserState] { get }

  /// Moves every parameter that has a gradient, and clears the gradients.
  ///
  /// - Parameter rate: The learning rate; groups have a factor on it.
  /// - Throws: ``TensorError`` from torch.
  func step(rate: Double) throws
}

/// Parameters that are moved by the same rule.
package struct ParameterGroup: Sendable {
  /// Leaf tensors that require gradients.
  package var tensors: [Tensor]
  /// The share of a parameter that is added to its gradient (L2), or taken off it (AdamW).
  package var weightDecay: Double
  /// A factor on the learning rate.
  package var rate: Double

  package init(_ tensors: [Tensor], weightDecay: Double = 0, rate: Double = 1) {
    self.tensors = tensors
    self.weightDecay = weightDecay
    self.rate = rate
  }
}

/// One kind of memory of an optimiser.
package struct OptimiserState: Sendable {
  /// Such as `momentum`.
  package var name: String
  /// One tensor for each parameter, in the order of the groups.
  package var tensors: [Tensor]
}

extension [ParameterGroup] {
  /// A tensor of zeros beside each parameter, laid out in memory as it is.
  func zeros() throws(TensorError) -> [[Tensor]] {
    var result: [[Tensor]] = []
    for group in self {
      var zeros: [Tensor] = []
      for tensor in group.tensors { zeros.append(try Tensor.zeros(like: tensor.detached())) }
      result.append(zeros)
    }
    return result
  }

  /// Parameters of a group that have a gradient, with it and with what is remembered of them; gradients are cleared.
  func take(
    _ index: Int,
    _ memories: [[[Tensor]]]
  ) throws(TensorError) -> (tensors: [Tensor], gradients: [Tensor], memories: [[Tensor]]) {
    var tensors: [Tensor] = []
    var gradients: [Tensor] = []
    var taken = memories.map { _ in [Tensor]() }
    for (place, tensor) in self[index].tensors.enumerated() {
      guard let gradient = try tensor.gradient else { continue }
      try tensor.setGradient(nil)
      tensors.append(tensor)
      gradients.append(gradient)
      for memory in memories.indices { taken[memory].append(memories[memory][index][place]) }
    }
    return (tensors, gradients, taken)
  }
}

extension ATen {
  /// Calls an operator for what it does to its arguments.
  static func run(
    _ name: String,
    _ overload: String,
    _ arguments: any ATenArgument...
  ) throws(TensorError) {
    _ = try call(name, overload, arguments.map(\.atenValue))
  }
}
