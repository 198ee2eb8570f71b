package import Graphs

/// Turns an operator's older form into the one that `opset` introduced.
package struct Upgrade: Sendable {
  /// The opset that introduced the newer form.
  package let opset: Int
  /// Rewrites one node; most return one node, some two or three.
  package let apply: @Sendable (Node, inout UpgradeScope) throws(OperatorError) -> [Node]

  package init(
    to opset: Int,
    _ apply: @escaping @Sendable (Node, inout UpgradeScope) throws(OperatorError) -> [Node]
  ) {
    self.opset = opset
    self.apply = apply
  }
}

/// What an upgrade may add to the graph, and ask of it.
package struct UpgradeScope {
  private var new: NewConstants
  /// The value of an initialiser or Constant node, by name.
  package let constant: (String) -> Constant?
  /// The sizes of a value as far as they are known; nil where not even the rank is.
  package let sizes: (String) -> [Int?]?

  package init(
    taken: @escaping (String) -> Bool,
    constant: @escaping (String) -> Constant?,
    sizes: @escaping (String) -> [Int?]?
  ) {
    new = NewConstants(taken: taken)
    self.constant = constant
    self.sizes = sizes
  }

  /// The rank of a value, if it is known.
  package func rank(_ name: String) -> Int? { sizes(name)?.count }

  /// Constants that upgrades made, to be added to the graph.
  package var added: NamedTable<Constant> { new.added }

  /// Adds a constant under a name made of `hint` and returns the name.
  package mutating func add(_ constant: Constant, hint: String) -> String {
    new.add(constant, hint: hint)
  }

  /// A value name that nothing uses, made of `hint`.
  package mutating func fresh(_ hint: String) -> String { new.fresh(hint) }
}
