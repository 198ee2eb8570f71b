package import Graphs

/// What analysis knows of a value at the stated input size.
package struct ValueFacts: Sendable, Hashable {
  /// The element type, if known.
  package var element: ElementType?
  /// The sizes, nil where one depends on the data; nil as a whole where even the rank is not known.
  package var sizes: [Int?]?
  /// The value itself, where it is a constant or a small whole-number tensor computed from shapes.
  package var value: Constant?

  package init(element: ElementType? = nil, sizes: [Int?]? = nil, value: Constant? = nil) {
    self.element = element
    self.sizes = sizes
    self.value = value
  }

  /// The facts of a constant.
  package init(_ constant: Constant) {
    self.init(element: constant.type, sizes: constant.shape, value: constant)
  }

  /// A float32 or other tensor of known sizes.
  package init(_ element: ElementType?, _ sizes: [Int]) {
    self.init(element: element, sizes: sizes.map(Optional.some))
  }

  /// Nothing known.
  package static let unknown = ValueFacts()

  /// The sizes, if all are known.
  package var shape: [Int]? {
    guard let sizes else { return nil }
    let known = sizes.compactMap(\.self)
    return known.count == sizes.count ? known : nil
  }
}

/// One application of an operator, as a shape rule sees it.
package struct ShapeCall: Sendable {
  /// The node, in its internal form.
  package let node: Node
  /// What is known of each input; nil where the input is left out.
  package let inputs: [ValueFacts?]
  /// Analyses a branch in this call's surroundings and returns the facts of its outputs.
  package let branch: @Sendable (Graph, [ValueFacts]) throws(OperatorError) -> [ValueFacts]

  /// The facts of an input that must be there.
  package func input(_ index: Int) throws(OperatorError) -> ValueFacts {
    guard inputs.indices.contains(index), let facts = inputs[index] else {
      throw .missingInput(index)
    }
    return facts
  }

  /// The facts of an input that may be left out.
  package func optional(_ index: Int) -> ValueFacts? {
    inputs.indices.contains(index) ? inputs[index] : nil
  }
}

/// One application of an operator, as a cost rule sees it.
package struct CostCall: Sendable {
  package let node: Node
  /// Sizes of each input, where all are known.
  package let inputs: [[Int]?]
  /// Sizes of each output, where all are known.
  package let outputs: [[Int]?]

  package init(node: Node, inputs: [[Int]?], outputs: [[Int]?]) {
    self.node = node
    self.inputs = inputs
    self.outputs = outputs
  }
}
