import Evaluation
import Files
import Graphs
import ModelFormats
import Models
import Operators

/// Counts and measures what constraints ask of networks.
struct NetworkCosts {
  private let constraints: [SearchConstraint]
  private let base: NetworkFigures
  private let asksBytes: Bool

  /// Counts the network before the search, of which limits may be a share.
  init(_ constraints: [SearchConstraint], base: Model, folder _: String) throws {
    self.constraints = constraints
    asksBytes = constraints.contains { $0.figure == .bytes }
    self.base = try Self.figures(of: base, asksBytes: asksBytes)
  }

  /// What a network costs, and why a constraint rules it out; nil where none does.
  func figures(of model: Model) throws -> (NetworkFigures, String?) {
    let figures = try Self.figures(of: model, asksBytes: asksBytes)
    for constraint in constraints {
      guard let value = figures.value(of: constraint.figure) else { continue }
      let own = base.value(of: constraint.figure) ?? value
      if let violation = constraint.violation(value, base: own) { return (figures, violation) }
    }
    return (figures, nil)
  }

  private static func figures(of model: Model, asksBytes: Bool) throws -> NetworkFigures {
    var figures = NetworkFigures(
      macs: model.cost.multiplyAdds,
      parameters: model.cost.parameters
    )
    if asksBytes {
      figures.bytes = try ONNX.encode(model.operators.exported(model.graph)).count
    }
    return figures
  }
}
