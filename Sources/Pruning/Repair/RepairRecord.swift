package import Files
import Graphs
import Models

/// What repair of a cut network did.
package struct RepairRecord: Sendable, Hashable {
  /// A layer whose weights were fitted.
  package struct Layer: Sendable, Hashable {
    package let name: String
    /// Squared error of the layer's results on images held back, as a share of their variance.
    package let before: Double
    package let after: Double

    package init(name: String, before: Double, after: Double) {
      self.name = name
      self.before = before
      self.after = after
    }
  }

  /// Layers that got other weights, in the order of execution.
  package var layers: [Layer] = []
  /// Layers behind the cut that kept theirs.
  package var unchanged = 0
  /// Images that weights were fitted to, and that they were judged on.
  package var images: (fitted: Int, heldBack: Int) { (fitted, heldBack) }
  private var fitted = 0
  private var heldBack = 0
  /// Mean distance of the outputs from the uncut network's on the images held back, as a share of their length: after the
  /// cut, and after repair.
  package var outputs: Outputs?

  /// How far outputs are from the uncut network's.
  package struct Outputs: Sendable, Hashable {
    package let cut: Double
    package let repaired: Double

    package init(cut: Double, repaired: Double) {
      self.cut = cut
      self.repaired = repaired
    }
  }

  package init(fitted: Int, heldBack: Int) {
    self.fitted = fitted
    self.heldBack = heldBack
  }

  /// Whether the fitted weights were kept: the outputs are nearer with them, or none can be compared.
  package var isKept: Bool { outputs.map { $0.repaired < $0.cut } ?? !layers.isEmpty }
}

extension Model {
  /// The model with what repair did in its metadata.
  func recording(_ repair: RepairRecord) throws -> Model {
    var graph = graph
    graph.record(step: [.init("step", "repair")] + repair.members)
    return try replacing(graph: graph)
  }
}

extension RepairRecord {
  /// As metadata and reports have it.
  package var members: [JSONValue.Member] {
    [
      .init("images", ["fitted": .int(fitted), "heldBack": .int(heldBack)]),
      .init("layers", .int(layers.count)),
      .init("unchanged", .int(unchanged)),
      .init(
        "outputs",
        outputs.map { ["cut": .double($0.cut), "repaired": .double($0.repaired)] } ?? .null
      ),
      .init("kept", .bool(isKept)),
    ]
  }
}
