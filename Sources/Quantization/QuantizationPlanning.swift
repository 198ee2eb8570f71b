import Evaluation
import Graphs
package import Models
import Operators
import PluginHost
package import PluginKit

/// A strategy's plan for a float network, and the network as the plan wants it before it is quantized.
package struct QuantizationPlanning {
  package let plan: QuantizationPlan
  /// The float network, its channels evened out where the plan asks for it.
  package let model: Model
  /// Pairs of layers whose channels were evened out.
  package let equalized: [CrossLayerEqualization.Pair]
  /// Nodes that the strategy leaves float.
  private let left: Set<String>
  private let settings: QuantizeSettings

  /// Asks a strategy.
  ///
  /// - Throws: ``QuantizationError``, `StrategyFailure` for what the strategy throws.
  init(
    _ model: Model,
    _ quantizer: any Quantizer,
    _ settings: QuantizeSettings,
    _ surroundings: QuantizeStep.Surroundings
  ) throws {
    self.settings = settings
    let stored = model.graph.nodes.filter(Quantization.isPart)
    guard stored.isEmpty else {
      throw QuantizationError.quantized(
        model: model.name,
        nodes: stored.map { "\($0.op) '\($0.name)'" }
      )
    }
    let whole = settings.placement(in: model, leaving: [:])
    guard !whole.layers.isEmpty else {
      throw QuantizationError.nothing(
        model: model.name,
        reasons: whole.floats.map { "\($0.name): \($0.reason)" }
      )
    }
    try whole.requireFiniteConstants(in: model.graph)
    let subject = QuantizationSubject(
      model.graph,
      placement: whole,
      seed: surroundings.seed,
      log: { surroundings.tell(.plugin($0, $1)) }
    )
    do { plan = try quantizer.plan(for: subject) } catch {
      throw StrategyFailure(.plugin(error), of: settings.strategy)
    }
    if let lacking = plan.unsupported { throw QuantizationError.unsupported(lacking) }
    guard (plan.training == nil) == (settings.train == nil) else {
      throw QuantizationError.training(strategy: settings.strategy, wanted: plan.training != nil)
    }
    left = subject.layers(behind: plan.leftFloat, whole)
    guard plan.equalizes else {
      (self.model, equalized) = (model, [])
      return
    }
    let equalization = CrossLayerEqualization(
      model.graph,
      operators: model.operators,
      placement: settings.placement(in: model, leaving: Self.reasons(left))
    )
    equalized = equalization.pairs
    self.model = try model.replacing(graph: equalization.applied(to: model.graph))
  }

  private static func reasons(_ left: Set<String>) -> [String: String] {
    Dictionary(uniqueKeysWithValues: left.map { ($0, "left float by the strategy") })
  }

  /// Where scales stand with some more layers left float.
  package func placement(leaving layers: Set<String> = []) -> QuantizationPlacement {
    var reasons = Self.reasons(left)
    for layer in layers { reasons[layer] = "left float to reach the goal" }
    return settings.placement(in: model, leaving: reasons)
  }
}

extension QuantizeSettings {
  /// Where scales stand, layers that a reason or a pattern names left float.
  fileprivate func placement(
    in model: Model,
    leaving reasons: [String: String]
  ) -> QuantizationPlacement {
    QuantizationPlacement(model.graph, operators: model.operators, target: target) { node in
      reasons[node.name] ?? skips([node.name] + node.inputs.dropFirst().filter { !$0.isEmpty })
    }
  }
}

extension QuantizationPlacement {
  /// - Throws: ``QuantizationError/notFinite(constant:layer:count:)`` for the first layer that cannot be rounded.
  fileprivate func requireFiniteConstants(in graph: Graph) throws(QuantizationError) {
    for layer in layers {
      for name in [layer.weight, layer.bias].compactMap(\.self) {
        let count = graph.constants[name]?.floats?.count { !$0.isFinite } ?? 0
        guard count == 0 else {
          throw .notFinite(constant: name, layer: layer.name, count: count)
        }
      }
    }
  }
}

extension QuantizationSubject {
  /// The layers that tensors stand for: a weight's own, an activation's readers.
  fileprivate func layers(
    behind indices: Set<Int>,
    _ placement: QuantizationPlacement
  ) -> Set<String> {
    var names: Set<String> = []
    for index in indices where tensors.indices.contains(index) {
      if let layer = layer(tensors[index]) {
        names.insert(layer.name)
      } else {
        let values = placement.activation(of: tensors[index].name)?.values ?? []
        names.formUnion(placement.layers.filter { values.contains($0.input) }.map(\.name))
      }
    }
    return names
  }
}

extension QuantizationPlan {
  /// What is asked for together and cannot be.
  fileprivate var unsupported: String? {
    guard training != nil else { return nil }
    if correctsBiases { return "correction of biases beside training" }
    if learnsRounding { return "learned rounding beside training" }
    return goal != nil ? "layers left float for a goal beside training" : nil
  }
}
