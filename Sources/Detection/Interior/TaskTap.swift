package import Tensors

/// A value inside a network that a task's loss reads.
package struct TaskTap: Sendable, Hashable {
  /// By which the loss finds it among the outputs.
  package let name: String
  /// The network's own name of it.
  package let value: String
  /// The network's axes in the order in which the loss wants them.
  package let axes: [Int]

  package init(_ name: String, of value: String, axes: [Int]) {
    self.name = name
    self.value = value
    self.axes = axes
  }
}

extension [TaskTap] {
  /// A network's outputs and tapped values with those added that a loss asks for, by its own names.
  ///
  /// - Parameter outputs: what the network made, by its own names.
  /// - Returns: the same, and the taps.
  /// - Throws: `TensorError` for a value of other axes.
  package func added(to outputs: [String: Tensor]) throws -> [String: Tensor] {
    var all = outputs
    for tap in self {
      guard let tensor = outputs[tap.value] else { continue }
      all[tap.name] =
        tap.axes == Array<Int>(tap.axes.indices) ? tensor : try tensor.permuted(tap.axes)
    }
    return all
  }
}
