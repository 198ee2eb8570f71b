package import Graphs

/// Turns the form that an operator has from an opset on into the one it had before: an ``Upgrade`` the other way.
package struct Downgrade: Sendable {
  /// The opset that introduced the newer form.
  package let opset: Int
  /// Rewrites a node; throws where the older form cannot say the same.
  package let apply: @Sendable (Node, inout DowngradeScope) throws(OperatorError) -> Node

  package init(
    below opset: Int,
    _ apply: @escaping @Sendable (Node, inout DowngradeScope) throws(OperatorError) -> Node
  ) {
    self.opset = opset
    self.apply = apply
  }
}

/// What a downgrade may ask of the graph, and add to it.
package struct DowngradeScope {
  private var new: NewConstants
  private let stored: (String) -> Constant?
  /// What is known of a value.
  package let facts: (String) -> ValueFacts
  /// The opset of the file that the graph was read from; 0 where there was none.
  package let fileOpset: Int

  init(
    fileOpset: Int,
    taken: @escaping (String) -> Bool,
    beside names: Set<String>,
    constant: @escaping (String) -> Constant?,
    facts: @escaping (String) -> ValueFacts
  ) {
    self.fileOpset = fileOpset
    new = NewConstants(taken: taken, beside: names)
    stored = constant
    self.facts = facts
  }

  /// The value of a constant.
  package func constant(_ name: String?) -> Constant? {
    guard let name else { return nil }
    return new.added[name] ?? stored(name)
  }

  /// The rank of a value, if it is known.
  package func rank(_ name: String?) -> Int? { name.flatMap { facts($0).sizes?.count } }

  /// Constants that downgrades made.
  package var added: NamedTable<Constant> { new.added }

  /// Names that were handed out, here and around it.
  var names: Set<String> { new.names }

  /// Adds a constant under a name made of `hint`, and returns the name.
  package mutating func add(_ constant: Constant, hint: String) -> String {
    new.add(constant, hint: hint)
  }

  /// A name for a value that nothing else has, made of `hint`.
  package mutating func fresh(_ hint: String) -> String { new.fresh(hint) }

  /// Takes note of names that a branch's scope handed out.
  mutating func reserve(_ names: Set<String>) { new.reserve(names) }
}

extension Node {
  /// The node with input `index` turned into a list attribute, as older forms had it.
  ///
  /// - Throws: ``OperatorError/unsupported(_:)`` where the input is no constant.
  func integersAsAttribute(
    _ index: Int,
    named attribute: String,
    _ scope: DowngradeScope
  ) throws(OperatorError) -> Node {
    var node = self
    if let name = input(index) {
      guard let values = scope.constant(name)?.integers else {
        throw .unsupported("'\(name)' is computed, and older forms state it as an attribute")
      }
      node.attributes[attribute] = .ints(values)
    }
    node.dropInputs(from: index)
    return node
  }

  /// Leaves inputs out from place `index` on, and empty ones before it at the end.
  mutating func dropInputs(from index: Int) {
    inputs = Array(inputs.prefix(index))
    while inputs.last == "" { inputs.removeLast() }
  }
}
