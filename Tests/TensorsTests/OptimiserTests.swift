import Tensors
import Testing

/// Optimisers against the formulas of their papers, reckoned in `Double` for one weight.
struct OptimiserTests {
  private static let start = [0.5, -1.25, 2]
  private static let rates = [0.1, 0.05, 0.05, 0.01]

  /// The weight after each step, by torch; the loss is Σ w³ / 3, whose gradient is w².
  private static func weights(
    _ make: ([ParameterGroup]) throws -> any Optimiser,
    decay: Double
  ) throws -> [[Double]] {
    let weight = try Tensor(start.map { Float($0) }, shape: [3])
    try weight.setRequiresGradient()
    let optimiser = try make([ParameterGroup([weight], weightDecay: decay, rate: 0.5)])
    var result: [[Double]] = []
    for rate in rates {
      let cube = try ATen.one("pow", "Tensor_Scalar", weight, 3)
      let loss = try ATen.one("sum", "", ATen.one("div", "Scalar", cube, 3.0))
      try loss.backward()
      try optimiser.step(rate: rate)
      #expect(try weight.gradient == nil)
      result.append(try weight.detached().doubles())
    }
    return result
  }

  private static func expect(
    _ found: [[Double]],
    _ update: (
      _ weight: Double, _ gradient: Double, _ memory: inout [Double], _ rate: Double, _ step: Int
    ) -> Double
  ) {
    var weights = start
    var memories = [[Double]](repeating: [0, 0], count: start.count)
    for (step, rate) in rates.enumerated() {
      for index in weights.indices {
        let weight = weights[index]
        // Half the rate: the group's factor.
        weights[index] = update(weight, weight * weight, &memories[index], rate / 2, step)
        #expect(abs(found[step][index] - weights[index]) < 2e-6, "step \(step), weight \(index)")
      }
    }
  }

  @Test(arguments: [false, true])
  func `SGD adds momentum and L2`(isNesterov: Bool) throws {
    let found = try Self.weights(
      { try SGD($0, momentum: 0.9, isNesterov: isNesterov) },
      decay: 0.01
    )
    Self.expect(found) { weight, gradient, memory, rate, _ in
      let slope = gradient + 0.01 * weight
      memory[0] = 0.9 * memory[0] + slope
      return weight - rate * (isNesterov ? slope + 0.9 * memory[0] : memory[0])
    }
  }

  @Test
  func `SGD without momentum keeps no state`() throws {
    let found = try Self.weights({ try SGD($0) }, decay: 0)
    Self.expect(found) { weight, gradient, _, rate, _ in weight - rate * gradient }
    #expect(try SGD([ParameterGroup([Tensor([Float(1)], shape: [1])])]).state.isEmpty)
  }

  @Test(arguments: [0, 0.5])
  func `RMSProp has epsilon under the root`(momentum: Double) throws {
    let found = try Self.weights(
      { try RMSProp($0, rho: 0.95, epsilon: 1e-6, momentum: momentum) },
      decay: 0.01
    )
    Self.expect(found) { weight, gradient, memory, rate, _ in
      let slope = gradient + 0.01 * weight
      memory[0] = 0.95 * memory[0] + 0.05 * slope * slope
      memory[1] = momentum * memory[1] + rate * slope / (memory[0] + 1e-6).squareRoot()
      return weight - memory[1]
    }
  }

  @Test(arguments: [false, true])
  func `Adam corrects its means, and AdamW decays beside them`(isDecoupled: Bool) throws {
    let found = try Self.weights({ try Adam($0, isDecoupled: isDecoupled) }, decay: 0.01)
    Self.expect(found) { weight, gradient, memory, rate, step in
      let slope = isDecoupled ? gradient : gradient + 0.01 * weight
      let base = isDecoupled ? weight * (1 - rate * 0.01) : weight
      memory[0] = 0.9 * memory[0] + 0.1 * slope
      memory[1] = 0.999 * memory[1] + 0.001 * slope * slope
      var (one, two) = (1.0, 1.0)
      for _ in 0...step {
        one *= 0.9
        two *= 0.999
      }
      let root = (memory[1] / (1 - two)).squareRoot() + 1e-8
      return base - rate * memory[0] / (1 - one) / root
    }
  }

  @Test
  func `clipping scales all gradients by one factor`() throws {
    let tensors = try [[3.0], [0, 4.0]].map { values in
      let tensor = try Tensor(values.map { Float($0) }, shape: [values.count])
      try tensor.setRequiresGradient()
      try tensor.setGradient(Tensor(values.map { Float($0) }, shape: [values.count]))
      return tensor
    }
    #expect(try GradientClipping.clip(tensors, to: 10) == 5)
    #expect(try tensors[0].gradient?.doubles() == [3])
    #expect(try GradientClipping.clip(tensors, to: 1) == 5)
    #expect(abs((try tensors[0].gradient?.doubles()[0] ?? 0) - 0.6) < 1e-6)
    #expect(abs((try tensors[1].gradient?.doubles()[1] ?? 0) - 0.8) < 1e-6)
  }

  @Test
  func `moving averages follow with the decay, faster at the start`() throws {
    let tensor = try Tensor([Float(1)], shape: [1])
    let average = try MovingAverage(of: [tensor], decay: 0.5)
    _ = try withoutGradients { try ATen.one("mul_", "Scalar", tensor, 3.0) }
    try average.update(step: 0)
    // Step 0 keeps a tenth: 0.1 · 1 + 0.9 · 3.
    #expect(abs(try average.smoothed[0].doubles()[0] - 2.8) < 1e-6)
    try average.update(step: 1000)
    #expect(abs(try average.smoothed[0].doubles()[0] - 2.9) < 1e-6)
  }
}
