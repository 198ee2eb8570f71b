import Graphs

/// An activation that oneDNN applies while it writes a convolution's output.
struct FusedActivation: Sendable {
  /// torch's name for it.
  let name: String
  /// Its numbers, unless they are inputs of the node.
  let scalars: [Double]
  /// Which form of `gelu`.
  let algorithm: String?
  /// Whether the numbers are inputs 1 and 2 of the node, as bounds are; one that is left out is infinite.
  let takesBounds: Bool

  /// x · sigmoid(x).
  static let swish = FusedActivation("swish")

  init(
    _ name: String,
    _ scalars: [Double] = [],
    algorithm: String? = nil,
    takesBounds: Bool = false
  ) {
    self.name = name
    self.scalars = scalars
    self.algorithm = algorithm
    self.takesBounds = takesBounds
  }
}

/// Whether a convolution can apply an operator to what it writes, and how.
package struct FusingRule: Sendable {
  /// The activation that a node computes of its first input; nil where a node's attributes have no such form.
  let activation: @Sendable (Node) -> FusedActivation?

  init(_ activation: @escaping @Sendable (Node) -> FusedActivation?) {
    self.activation = activation
  }

  /// The same activation for all nodes.
  static func always(_ activation: FusedActivation) -> FusingRule { FusingRule { _ in activation } }

  /// An activation without numbers, by torch's name for it.
  static func named(_ name: String) -> FusingRule { always(FusedActivation(name)) }
}
