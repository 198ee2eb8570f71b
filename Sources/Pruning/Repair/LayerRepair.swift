package import Tensors

/// The weights of one layer that make its results after a cut come as near as they can to those before it.
///
/// Weighted least squares with a pull towards the weights at hand: W' = W + Dᵀ R (Rᵀ R + λ I)⁻¹, where the rows of R are what the
/// layer reads and those of D what its results lack, both without their means, which the bias takes over. It is the step of the optimal
/// brain surgeon for all removed channels at once (Hassibi and Stork 1993; Wang and others 2024 for coupled channels). λ is the one of
/// a few whose results are nearest on rows that are held back; where none is nearer than the weights at hand, these stay.
///
/// A row counts by how far its wanted results are from their mean: most places of a detector's maps show background, and the
/// few others are what it is for.
package struct LayerRepair {
  /// What a layer reads and what it should make; groups come first everywhere.
  package struct Sample {
    /// Groups x places x width.
    package var rows: Tensor
    /// Groups x places x channels of a group.
    package var results: Tensor

    package init(rows: Tensor, results: Tensor) {
      self.rows = rows
      self.results = results
    }

    /// How much each row counts, groups x places x 1: its squared distance from the mean result, as a share of the average, and
    /// ``LayerRepair/background``.
    fileprivate func weights() throws -> Tensor {
      let means = try results.mean(along: [1], keepingAxes: true)
      let distances = try (results - means).square().sum(along: [2], keepingAxes: true)
      let average = try distances.mean(along: [1], keepingAxes: true)
      let shares = try distances / (average + LayerRepair.least)
      return try shares.clamped(min: 0.0, max: LayerRepair.most) + LayerRepair.background
    }
  }

  /// The pulls tried, as shares of the mean of Rᵀ R's diagonal.
  package static let pulls = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
  /// What a row counts whose results are the mean's, beside one at the average distance.
  package static let background = 0.1
  /// No row counts more than so many at the average distance.
  private static let most = 1000.0
  /// Keeps quotients finite where all results are equal.
  private static let least = 1e-30

  /// Groups x channels of a group x width.
  package let weight: Tensor
  /// Groups x 1 x channels of a group; nil where none is wanted.
  package let bias: Tensor?
  /// Squared errors on the rows held back, as shares of what results without any weight would have.
  package let error: (before: Double, after: Double)
  /// Whether other weights than those at hand are nearer.
  package let isNearer: Bool

  /// Finds the weights.
  ///
  /// - Parameters:
  ///   - weight: at hand, groups x channels of a group x width.
  ///   - bias: at hand, groups x 1 x channels of a group; zeros for none.
  ///   - movesBias: whether a bias can be given to the layer.
  ///   - fitted: what weights are fitted to.
  ///   - heldBack: what they are judged on.
  /// - Throws: `TensorError` from torch.
  package init(
    weight: Tensor,
    bias: Tensor,
    movesBias: Bool,
    fitted: Sample,
    heldBack: Sample
  ) throws {
    let judge = try Judge(heldBack)
    let now = try judge.error(of: weight, bias)
    var best = (error: now, weight: weight, bias: bias)
    let system = try System(weight, bias: bias, movesBias: movesBias, fitted)
    for pull in Self.pulls {
      guard let change = try system.solution(pull: pull) else { continue }
      let moved = try weight + change
      let shift = try system.bias(with: moved)
      let error = try judge.error(of: moved, shift)
      if error < best.error { best = (error, moved, shift) }
    }
    self.weight = best.weight
    self.bias = movesBias ? best.bias : nil
    error = (now, best.error)
    isNearer = best.error < now
  }

  /// The normal equations of a layer.
  private struct System {
    private let old: Tensor
    private let means: (rows: Tensor, results: Tensor)?
    private let squares: Tensor
    private let lacking: Tensor
    /// The mean of the diagonal, times the identity.
    private let ridge: Tensor

    init(_ weight: Tensor, bias: Tensor, movesBias: Bool, _ sample: Sample) throws {
      let weights = try sample.weights()
      let total = try weights.sum(along: [1], keepingAxes: true)
      func mean(_ values: Tensor) throws -> Tensor {
        try (values * weights).sum(along: [1], keepingAxes: true) / total
      }
      // A layer without a bias has to make the means too.
      means = movesBias ? try (mean(sample.rows), mean(sample.results)) : nil
      let rows = try means.map { try sample.rows - $0.rows } ?? sample.rows
      let wanted = try sample.results - (means?.results ?? bias)
      let root = try weights.sqrt()
      let made = try rows.batchedMatmul(weight.permuted([0, 2, 1]))
      let weighted = try rows * root
      let columns = try weighted.permuted([0, 2, 1])
      squares = try columns.batchedMatmul(weighted).converted(to: .float64)
      lacking = try columns.batchedMatmul((wanted - made) * root).converted(to: .float64)
      let diagonal = try ATen.one("diagonal", squares, 0, 1, 2)
      let size = try diagonal.mean(along: [1], keepingAxes: true).unsqueezed(at: 2)
      let unit = try ATen.one("eye", "", squares.shape[1]).converted(to: .float64)
        .moved(to: squares.device)
      ridge = try (size + LayerRepair.least) * unit
      old = bias
    }

    /// What to add to the weights; nil where the equations have no solution.
    func solution(pull: Double) throws -> Tensor? {
      let factor = try ATen.many("linalg_cholesky_ex", "", squares + ridge * pull)
      guard try factor[1].max().doubles().first == 0 else { return nil }
      let solution = try ATen.one("cholesky_solve", lacking, factor[0])
      let isFinite = try ATen.one("all", ATen.one("isfinite", solution))
      guard try isFinite.doubles().first == 1 else { return nil }
      return try solution.permuted([0, 2, 1]).converted(to: .float32)
    }

    /// The bias that makes the mean results right.
    func bias(with weight: Tensor) throws -> Tensor {
      guard let means else { return old }
      return try means.results - means.rows.batchedMatmul(weight.permuted([0, 2, 1]))
    }
  }

  /// Measures weights on the rows held back.
  private struct Judge {
    private let sample: Sample
    private let weights: Tensor
    private let whole: Double

    init(_ sample: Sample) throws {
      self.sample = sample
      weights = try sample.weights()
      let means = try sample.results.mean(along: [1], keepingAxes: true)
      whole = try Self.sum((sample.results - means).square() * weights)
    }

    func error(of weight: Tensor, _ bias: Tensor) throws -> Double {
      let made = try sample.rows.batchedMatmul(weight.permuted([0, 2, 1])) + bias
      let sum = try Self.sum((made - sample.results).square() * weights)
      return sum.isFinite ? sum / max(whole, .leastNormalMagnitude) : .infinity
    }

    private static func sum(_ squares: Tensor) throws -> Double {
      try squares.sum(along: [0, 1, 2], as: .float64).doubles().first ?? 0
    }
  }
}

@available(*, unavailable) extension LayerRepair: Sendable {}
@available(*, unavailable) extension LayerRepair.Sample: Sendable {}
