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
    let least = try ATen.one("clamp_max", ends[0], 0).reshaped([1])
    let greatest = try ATen.one("clamp_min", ends[1], 0).reshaped([1])
    switch following {
    case .movingAverage:
      let rate = Double(node.float("rate", default: 0.9))
      let one = try ATen.one("ones_like", least)
      let batch = try ATen.one("cat", "", [one, least, greatest], 0)
      _ = try ATen.one("mul_", "Scalar", state, rate)
      _ = try ATen.one("add_", "Tensor", state, batch)
    case .batch:
      let batch = try ATen.one("cat", "", [least, greatest], 0)
      _ = try ATen.one("copy_", state, batch)
    case .range:
      // Row 0 holds the number of batches seen; the others, by turns, the batches' ends.
      let window = state.shape[0] - 1
      let seen = try state.floats().first ?? 0
      let row = try ATen.one("select", "int", state, 0, 1 + Int(seen) % window)
      _ = try ATen.one("copy_", row, ATen.one("cat", "", [least, greatest], 0))
      _ = try ATen.one(
        "fill_",
        "Scalar",
        ATen.one("select", "int", ATen.one("select", "int", state, 0, 0), 0, 0),
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
      least = try ATen.one("minimum", least, other.0)
      greatest = try ATen.one("maximum", greatest, other.1)
    }
    let tiny = 1e-12
    if symmetric {
      let peak = try ATen.one("maximum", ATen.one("neg", least), greatest)
      let scale = try ATen.one("clamp_min", ATen.one("div", "Scalar", peak, high), tiny)
      return (scale, try ATen.one("zeros_like", scale).cast(to: .int32))
    }
    let length = try ATen.one("sub", "Tensor", greatest, least)
    let scale = try ATen.one("clamp_min", ATen.one("div", "Scalar", length, high - low), tiny)
    let place = try ATen.one("rsub", "Scalar", ATen.one("div", "Tensor", least, scale), low)
    let zero = try ATen.one("clamp", ATen.one("round", place), low, high)
    return (scale, try zero.cast(to: .int32))
  }

  private static func ends(_ state: Tensor, _ following: Following) throws -> (Tensor, Tensor) {
    func part(_ index: Int) throws -> Tensor { try state.sliced(0, index, index + 1) }
    switch following {
    case .movingAverage:
      let count = try part(0)
      return (
        try ATen.one("div", "Tensor", part(1), count), try ATen.one("div", "Tensor", part(2), count)
      )
    case .range:
      let rows = try state.sliced(0, 1, state.shape[0])
      return (
        try ATen.one("amin", rows, [0]).sliced(0, 0, 1),
        try ATen.one("amax", rows, [0]).sliced(0, 1, 2)
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
      let peak = try ATen.one("amax", ATen.one("abs", weight.detached()), axes).reshaped(
        [axis < 0 ? 1 : weight.shape[axis]]
      )
      let scale = try ATen.one("clamp_min", ATen.one("div", "Scalar", peak, 127), 1e-12)
      return (scale, try ATen.one("zeros_like", scale).cast(to: .int32))
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
