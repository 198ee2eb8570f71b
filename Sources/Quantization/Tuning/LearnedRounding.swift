package import Datasets
import Glibc
import Operators
package import Tensors

/// Rounding of one layer's weights, each up or down, so that the layer's results change least (AdaRound; Nagel and others 2020).
///
/// Each weight is w̃ = s · clip(⌊w / s⌋ + h(v)), h(v) = clip(1.2 · σ(v) − 0.1, 0, 1) being a rectified sigmoid that begins at
/// the weight's own fraction. Squared errors of the results fall, by Adam, while a term 1 − |2h − 1|^β with falling β brings
/// every h to 0 or 1. An output channel whose error rounding to nearest keeps smaller over all rows stays with that.
package struct LearnedRounding {
  /// What rounding is learned from; groups come first everywhere.
  package struct Problem {
    /// Groups x channels x width.
    package var weight: Tensor
    /// The size of a step: groups x channels x 1.
    package var scale: Tensor
    /// Groups x 1 x channels; nil for none.
    package var bias: Tensor?
    /// What the layer reads: groups x rows x width.
    package var rows: Tensor
    /// What it should make: groups x rows x channels.
    package var results: Tensor
    /// Whether a rectifier follows, behind which errors count.
    package var isRectified: Bool

    package init(
      weight: Tensor,
      scale: Tensor,
      bias: Tensor? = nil,
      rows: Tensor,
      results: Tensor,
      isRectified: Bool = false
    ) {
      self.weight = weight
      self.scale = scale
      self.bias = bias
      self.rows = rows
      self.results = results
      self.isRectified = isRectified
    }

    /// Squared errors of a weight over some rows, by element of the results.
    fileprivate func errors(_ weight: Tensor, _ rows: Tensor, _ results: Tensor) throws -> Tensor {
      var made = try rows.batchedMatmul(weight.permuted([0, 2, 1]))
      if let bias { made = try made + bias }
      if isRectified { made = try made.relu() }
      return try (made - results).square()
    }
  }

  /// Rows that one step looks at.
  private static let batch = 256
  private static let rate = 0.03
  /// The weight of the term that brings each h to an end, beside an error that is 1 for rounding to nearest.
  private static let pressure = 10.0
  /// The share of the steps without it.
  private static let warmUp = 0.2
  private static let exponents = (first: 20.0, last: 2.0)
  private static let levels = (low: -127.0, high: 127.0)

  /// The whole numbers chosen, as floats of the weight's shape.
  package let numbers: Tensor
  /// Squared error of the results a row, with rounding to nearest and with the numbers chosen.
  package let loss: (nearest: Double, learned: Double)

  /// Learns the rounding.
  ///
  /// - Parameters:
  ///   - problem: the layer.
  ///   - iterations: steps of Adam.
  ///   - random: chooses the rows of each step.
  /// - Throws: `TensorError` from torch.
  package init(_ problem: Problem, iterations: Int, random: inout SampleRandom) throws {
    var problem = problem
    if problem.isRectified { problem.results = try problem.results.relu() }
    let steps = try problem.weight / problem.scale
    let nearest = try Self.clipped(steps.rounded())
    let nearestErrors = try Self.channelErrors(nearest, problem)
    let count = Double(max(1, problem.rows.shape[1]))
    let whole = try nearestErrors.sum().doubles().first ?? 0
    guard whole > 0 else {
      (numbers, loss) = (nearest, (0, 0))
      return
    }
    let learned = try Self.learned(
      problem,
      steps,
      unit: whole / count,
      iterations: iterations,
      &random
    )
    let learnedErrors = try Self.channelErrors(learned, problem)
    let isBetter = try learnedErrors .< nearestErrors
    numbers = try isBetter.choosing(learned, otherwise: nearest)
    let least = try learnedErrors.minimum(nearestErrors)
    loss = (whole / count, (try least.sum().doubles().first ?? 0) / count)
  }

  /// The numbers after all steps; `unit` is the error a row of rounding to nearest.
  private static func learned(
    _ problem: Problem,
    _ steps: Tensor,
    unit: Double,
    iterations: Int,
    _ random: inout SampleRandom
  ) throws -> Tensor {
    let floor = try steps.floor()
    // 0 for a weight that is a whole number of steps already.
    let span = try steps.ceil() - floor
    let shift = try start(of: steps - floor)
    try shift.setRequiresGradient()
    let adam = try Adam([ParameterGroup([shift])])
    let count = problem.rows.shape[1]
    let size = min(batch, count)
    for step in 0..<iterations {
      let chosen = try Tensor(
        (0..<size).map { _ in Int64(random.index(below: count)) },
        shape: [size]
      ).moved(to: problem.rows.device)
      let rows = try problem.rows.picked(along: 1, at: chosen)
      let results = try problem.results.picked(along: 1, at: chosen)
      let share = try rectified(shift)
      let weight = try clipped(floor.addingProduct(share, span)) * problem.scale
      let error = try problem.errors(weight, rows, results).sum()
      var loss = try error * (1 / (unit * Double(size)))
      if let exponent = exponent(step, of: iterations) {
        loss = try loss + undecided(share, exponent)
      }
      try loss.backward()
      try adam.step(rate: rate)
    }
    return try withoutGradients {
      let isUp = try (rectified(shift) .>= 0.5).converted(to: .float32)
      return try clipped(floor.addingProduct(isUp, span))
    }
  }

  /// The v with h(v) equal to a fraction.
  private static func start(of fraction: Tensor) throws -> Tensor {
    // σ(v) = (fraction + 0.1) / 1.2
    let share = try (fraction + 0.1) / 1.2
    return try share.logit().detached()
  }

  private static func rectified(_ shift: Tensor) throws -> Tensor {
    let stretched = try shift.sigmoid() * 1.2
    return try (stretched - 0.1).clamped(min: 0.0, max: 1.0)
  }

  private static func clipped(_ numbers: Tensor) throws -> Tensor {
    try numbers.clamped(min: levels.low, max: levels.high)
  }

  /// β at a step: falls along half a cosine; nil while errors alone count.
  private static func exponent(_ step: Int, of iterations: Int) -> Double? {
    let start = warmUp * Double(iterations)
    guard Double(step) >= start else { return nil }
    let passed = (Double(step) - start) / max(1, Double(iterations) - start)
    return exponents.last
      + 0.5 * (exponents.first - exponents.last) * (1 + cos(passed * Double.pi))
  }

  /// How far shares are from 0 and 1: mean of 1 − |2h − 1|^β.
  private static func undecided(_ share: Tensor, _ exponent: Double) throws -> Tensor {
    let side = try share * 2.0 - 1.0
    let power = try side.abs().pow(exponent)
    return try (1.0 - power.mean()) * pressure
  }

  /// Squared errors over all rows: groups x channels x 1.
  private static func channelErrors(_ numbers: Tensor, _ problem: Problem) throws -> Tensor {
    try withoutGradients {
      let weight = try numbers * problem.scale
      let errors = try problem.errors(weight, problem.rows, problem.results)
      let sums = try errors.sum(along: [1], as: .float64)
      return try sums.unsqueezed(at: 2)
    }
  }
}
