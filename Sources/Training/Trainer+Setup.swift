import Graphs
package import Models
import Operators
import Tensors

extension Trainer {
  /// The name of the one input, which takes images.
  package static func imageInput(of model: Model) throws(TrainingError) -> String {
    let inputs = model.graph.requiredInputs
    guard inputs.count == 1, let input = inputs.first,
      let sizes = model.facts[input.name].sizes, sizes.count == 4, sizes[1] ?? 3 == 3
    else {
      throw .inputs(model: model.name, inputs.map { "'\($0.name)'" })
    }
    return input.name
  }

  /// A constant's tensor as the session executes with it from now on, in memory of its own.
  static func own(
    _ name: String,
    of session: Session,
    channelsLast: Bool
  ) throws -> Tensor {
    var tensor = try session.tensor(constant: name)
    if channelsLast && tensor.rank == 4 {
      tensor = try tensor.contiguous(.channelsLast)
    }
    try session.set(constant: name, to: tensor)
    return tensor
  }

  /// Groups by weight decay and by learning rate, each in the order of the weights.
  static func groups(
    _ weights: TrainableWeights,
    _ tensors: [Tensor],
    _ settings: TrainSettings
  ) throws(TrainingError) -> [ParameterGroup] {
    for rate in settings.rates
    where !weights.weights.contains(where: { rate.matches($0.name) }) {
      let names = weights.weights.map(\.name)
      throw .unmatched(pattern: rate.pattern, nearest: nearest(to: rate.pattern, in: names))
    }
    var groups: [ParameterGroup] = []
    for (weight, tensor) in zip(weights.weights, tensors) {
      let decay = weight.decays ? settings.weightDecay : 0
      // The last pattern that matches decides.
      let rate = settings.rates.last { $0.matches(weight.name) }?.factor ?? 1
      if let index = groups.firstIndex(where: { $0.weightDecay == decay && $0.rate == rate }) {
        groups[index].tensors.append(tensor)
      } else {
        groups.append(ParameterGroup([tensor], weightDecay: decay, rate: rate))
      }
    }
    return groups
  }

  static func optimiser(
    _ groups: [ParameterGroup],
    _ settings: TrainSettings
  ) throws -> any Optimiser {
    switch settings.optimiser {
    case .sgd:
      try SGD(groups, momentum: settings.momentum, isNesterov: settings.nesterov)
    case .rmsprop:
      try RMSProp(
        groups,
        rho: settings.rho,
        epsilon: settings.epsilon ?? 1e-6,
        momentum: settings.momentum
      )
    case .adam, .adamw:
      try Adam(
        groups,
        betas: (settings.betas[0], settings.betas[1]),
        epsilon: settings.epsilon ?? 1e-8,
        isDecoupled: settings.optimiser == .adamw
      )
    }
  }
}

extension TrainSettings.Rate {
  /// Whether a name fits the pattern, in which `*` stands for any run of characters.
  package func matches(_ name: String) -> Bool {
    NamePattern(pattern).matches(name)
  }
}
