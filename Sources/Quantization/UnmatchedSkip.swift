internal import Graphs
package import Models

/// A text of `skip` that no layer and no weight of a model has for a name.
package struct UnmatchedSkip: Error, Sendable, Hashable, CustomStringConvertible {
  package let text: String
  /// What may be meant.
  package let nearest: String?
  package let model: String

  /// The first such text, or nil.
  package init?(_ settings: QuantizeSettings, _ model: Model) {
    let names = model.graph.nodes.flatMap { [$0.name] + $0.inputs.dropFirst() }
      .filter { !$0.isEmpty }
    let unmatched = settings.skip.first { NamePattern($0).selected(from: names).isEmpty }
    guard let text = unmatched else { return nil }
    self.text = text
    self.model = model.name
    let isPart = names.contains { $0.contains(text) }
    nearest = isPart ? "*\(text)*" : Graphs.nearest(to: text, in: names)
  }

  /// What was found, and the cure.
  package var description: String {
    "'skip' names '\(text)', which no layer and no weight of \(model) has for a name"
      + (nearest.map { "; did you mean '\($0)'?" } ?? "; `espalier inspect` lists the layers")
  }
}
