import Graphs
import Tensors

/// Rounding to whole numbers and back while a network trains: forwards as stored, backwards straight through.
///
/// The operators are not ONNX's: they stand in a graph only between the start and the end of a training.
package enum FakeQuantization {
  /// The operators' domain.
  package static let domain = "espalier"
  /// Rounds a value: inputs are the value and the states whose ranges it must hold; `own` is the place of its own.
  package static let activation = "FakeQuantizeActivation"
  /// Rounds a value by a scale and zero point that are attributes.
  package static let rounding = "RoundToSteps"
  /// Rounds a weight, by its own greatest magnitudes.
  package static let weight = "FakeQuantizeWeight"

  /// How the range of a value moves while training.
  package enum Following: Int, Sendable, Hashable {
    /// The state is a count and the sums of batches' ends, of which `rate` is kept.
    case movingAverage
    /// The state is a place in a window, and the window's ends.
    case range
    /// The state is the ends of the last batch.
    case batch
    /// The state is the step, which gradients move.
    case learned
  }

  /// The three operators.
  package static let operators: [Operator] = [
    Operator(
      activation,
      domain: domain,
      shapes: ShapeRules.same(),
      channels: .closed
    ) { call in [try rounded(call)] },
    Operator(weight, domain: domain, shapes: ShapeRules.same(), channels: .closed) { call in
      [try roundedWeight(call)]
    },
    Operator(rounding, domain: domain, shapes: ShapeRules.same(), channels: .closed) { call in
      let node = call.node
      return [
        try ATen.one(
          "fake_quantize_per_tensor_affine",
          "",
          call.input(0),
          Double(node.float("scale", default: 1)),
          node.int("zero", default: 0),
          node.int("low", default: -128),
          node.int("high", default: 127)
        )
      ]
    },
  ]

  // MARK: Values

  private static func rounded(_ call: KernelCall) throws -> Tensor {
    let x = try call.input(0)
    let states = try call.inputs.dropFirst().compactMap(\.self)
    let node = call.node
    let (low, high) = (node.int("low", default: -127), node.int("high", default: 127))
    let following = Following(rawValue: node.int("following", default: 0)) ?? .movingAverage
    if following == .learned {
      let zero = try Tensor([Float(node.int("zero", default: 0))], shape: [1]).moved(to: x.device)
      // The share of the gradient that keeps steps and weights moving alike.
      let share = 1 / (Double(x.count) * Double(high)).squareRoot()
      return try ATen.one(
        "_fake_quantize_learnable_per_tensor_affine",
        "",
        x,
        call.input(1),
        zero,
        low,
        high,
        share
      )
    }
    let own = node.int("own", default: 0)
    if call.isTraining, states.indices.contains(own) {
      try withoutGradients { try follow(x, states[own], node, following) }
    }
    let symmetric = node.int("symmetric", default: 1) != 0
    let (scale, zero) = try withoutGradients {
      try parameters(states, following, symmetric: symmetric, low, high)
    }
    return try ATen.one(
      "fake_quantize_per_tensor_affine",
      "tensor_qparams",
      x,
      scale,
      zero,
      low,
      high
    )
  }

  /// Takes the batch's ends into the state, in place.
  private static func follow(
    _ x: Tensor,
    _ state: Tensor,
    _ node: Node,
    _ following: Following
  ) throws {
    let ends = try ATen.many("aminmax", "", x.detached())
    let least = try ends[0].clamped(max: 0).reshaped([1])
    let greatest = try ends[1].clamped(min: 0).reshaped([1])
    switch following {
    case .movingAverage:
      let rate = Double(node.float("rate", default: 0.9))
      let one = try Tensor.ones(like: least)
      let batch = try Tensor.concatenated([one, least, greatest], along: 0)
      try state.multiplyInPlace(by: rate)
      try state.addInPlace(batch)
    case .batch:
      let batch = try Tensor.concatenated([least, greatest], along: 0)
      try state.copyInPlace(batch)
    case .range:
      // Row 0 holds the number of batches seen; the others, by turns, the batches' ends.
      let window = state.shape[0] - 1
      let seen = try state.floats().first ?? 0
      let row = try state.selected(along: 0, at: 1 + Int(seen) % window)
      try row.copyInPlace(Tensor.concatenated([least, greatest], along: 0))
      _ = try ATen.one(
        "fill_",
        "Scalar",
        state.selected(along: 0, at: 0).selected(along: 0, at: 0),
        Double(seen + 1)
      )
    case .learned: break
    }
  }

  /// The scale and zero point that hold all states' ranges, as tensors of one element.
  private static func parameters(
    _ states: [Tensor],
    _ following: Following,
    symmetric: Bool,
    _ low: Int,
    _ high: Int
  ) throws -> (scale: Tensor, zero: Tensor) {
    var (least, greatest) = try ends(states[0], following)
    for state in states.dropFirst() {
      let other = try ends(state, following)
      least = try least.minimum(other.0)
      greatest = try greatest.maximum(other.1)
    }
    let tiny = 1e-12
    if symmetric {
      let peak = try (-least).maximum(greatest)
      let scale = try (peak / high).clamped(min: tiny)
      return (scale, try Tensor.zeros(like: scale).cast(to: .int32))
    }
    let length = try greatest - least
    let scale = try (length / (high - low)).clamped(min: tiny)
    let place = try low - least / scale
    let zero = try place.rounded().clamped(min: low, max: high)
    return (scale, try zero.cast(to: .int32))
  }

  private static func ends(_ state: Tensor, _ following: Following) throws -> (Tensor, Tensor) {
    func part(_ index: Int) throws -> Tensor {
      try state.sliced(along: 0, from: index, to: index + 1)
    }
    switch following {
    case .movingAverage:
      let count = try part(0)
      return (try part(1) / count, try part(2) / count)
    case .range:
      let rows = try state.sliced(along: 0, from: 1, to: state.shape[0])
      return (
        try rows.min(along: [0]).sliced(along: 0, from: 0, to: 1),
        try rows.max(along: [0]).sliced(along: 0, from: 1, to: 2)
      )
    case .batch, .learned: return (try part(0), try part(1))
    }
  }

  // MARK: Weights

  private static func roundedWeight(_ call: KernelCall) throws -> Tensor {
    let weight = try call.input(0)
    let axis = call.node.int("axis", default: -1)
    let (scale, zero) = try withoutGradients { () throws -> (Tensor, Tensor) in
      let axes = (0..<weight.rank).filter { $0 != axis }
      let peak = try weight.detached().abs().max(along: axes).reshaped(
        [axis < 0 ? 1 : weight.shape[axis]]
      )
      let scale = try (peak / 127).clamped(min: 1e-12)
      return (scale, try Tensor.zeros(like: scale).cast(to: .int32))
    }
    guard axis >= 0 else {
      return try ATen.one(
        "fake_quantize_per_tensor_affine",
        "tensor_qparams",
        weight,
        scale,
        zero,
        -127,
        127
      )
    }
    return try ATen.one(
      "fake_quantize_per_channel_affine",
      "",
      weight,
      scale,
      zero,
      axis,
      -127,
      127
    )
  }
}
