/// What one layer adds to the cost of a network, by the lengths of two axes.
package struct CostTerm: Sendable {
  /// How lengths make a cost.
  package enum Rule: Sendable {
    /// So much for each pair of indices.
    case product(Double)
    /// As a table says.
    case table(LayerTable)
  }

  /// The channels that the layer reads.
  package let input: Width
  /// The channels that it makes; of length 1 where the layer has one axis only.
  package let output: Width
  package let rule: Rule

  package init(input: Width, output: Width = Width(full: 1), rule: Rule) {
    self.input = input
    self.output = output
    self.rule = rule
  }

  /// The segments that the cost depends on, each once.
  var segments: [Int] {
    Set((input.parts + output.parts).map(\.segment)).sorted()
  }

  /// The cost where `removed[s]` channels of segment s are gone.
  func cost(_ removed: [Int]) -> Double {
    let (a, b) = (input.length(removed), output.length(removed))
    return switch rule {
    case .product(let factor): factor * Double(a) * Double(b)
    case .table(let table): table.cost(a, b)
    }
  }
}
