import Pruning
import Tensors
import TestSupport
import Testing

struct LayerRepairTests {
  /// Drawn rows, the results of a dense layer over more inputs than are left, and the weights at hand: those of the inputs left.
  private struct Problem {
    let fitted: LayerRepair.Sample
    let heldBack: LayerRepair.Sample
    let weight: Tensor
    let bias: Tensor
    let numbers: [[Float]]

    // `mixes`: how much of the inputs left the removed input is; the rest of it is drawn.
    init(groups: Int = 1, places: Int = 60, width: Int = 4, channels: Int = 3, mixes: Float) throws
    {
      var random = SeededNumbers(7)
      func draw(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(random.next() >> 40) / Float(1 << 23) - 1 }
      }
      let weights = draw(groups * channels * (width + 1))
      let bias = draw(groups * channels)
      func sample(_ places: Int) throws -> (LayerRepair.Sample, [Float], [Float]) {
        var (rows, results): ([Float], [Float]) = ([], [])
        for group in 0..<groups {
          for _ in 0..<places {
            let left = draw(width)
            let own = draw(1)[0]
            let removed = mixes * (left[0] - 2 * left[1] + 0.5) + (1 - mixes) * own
            rows += left
            for channel in 0..<channels {
              let row = (group * channels + channel) * (width + 1)
              var sum = bias[group * channels + channel] + weights[row + width] * removed
              for index in 0..<width { sum += weights[row + index] * left[index] }
              results.append(sum)
            }
          }
        }
        let made = LayerRepair.Sample(
          rows: try Tensor(rows, shape: [groups, places, width]),
          results: try Tensor(results, shape: [groups, places, channels])
        )
        return (made, rows, results)
      }
      let (fitted, rows, results) = try sample(places)
      let (heldBack, judgedRows, judgedResults) = try sample(places / 2)
      self.fitted = fitted
      self.heldBack = heldBack
      let kept = (0..<groups * channels).flatMap { row in
        weights[row * (width + 1)..<row * (width + 1) + width]
      }
      weight = try Tensor(Array(kept), shape: [groups, channels, width])
      self.bias = try Tensor(bias, shape: [groups, 1, channels])
      numbers = [rows, results, judgedRows, judgedResults, Array(kept), bias]
    }

    func repair(movesBias: Bool = true) throws -> LayerRepair {
      try LayerRepair(
        weight: weight,
        bias: bias,
        movesBias: movesBias,
        fitted: fitted,
        heldBack: heldBack
      )
    }
  }

  @Test(arguments: [1, 3])
  func `a removed input that the others tell is made up for`(groups: Int) throws {
    let repair = try Problem(groups: groups, mixes: 1).repair()
    #expect(repair.isNearer)
    #expect(repair.error.before > 0.05)
    #expect(repair.error.after < 1e-6)
  }

  @Test func `without a bias of its own a layer keeps the one it has`() throws {
    let repair = try Problem(mixes: 1).repair(movesBias: false)
    #expect(repair.bias == nil)
    #expect(repair.error.after < repair.error.before)
  }

  @Test func `what cannot be told from the inputs left is not learned by heart`() throws {
    // Five rows for four unknowns each: a fit without a pull would be exact on them, and wrong elsewhere.
    let repair = try Problem(places: 6, mixes: 0).repair()
    #expect(repair.error.after <= repair.error.before)
  }

  @Test func `inputs of zeros leave their group's weights alone`() throws {
    let zeros = try Tensor([Float](repeating: 0, count: 2 * 5 * 3), shape: [2, 5, 3])
    let sample = LayerRepair.Sample(
      rows: zeros,
      results: try Tensor([Float](repeating: 0, count: 2 * 5 * 2), shape: [2, 5, 2])
    )
    let weight = try Tensor((0..<12).map { Float($0) }, shape: [2, 2, 3])
    let bias = try Tensor([Float](repeating: 0, count: 4), shape: [2, 1, 2])
    let repair = try LayerRepair(
      weight: weight,
      bias: bias,
      movesBias: true,
      fitted: sample,
      heldBack: sample
    )
    #expect(!repair.isNearer)
    #expect(try repair.weight.floats() == weight.floats())
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)), arguments: [true, false])
  func `weights equal those of numpy for the best pull`(movesBias: Bool) throws {
    let problem = try Problem(mixes: 0.5)
    let repair = try problem.repair(movesBias: movesBias)
    let text = try Python.run(
      """
      import json, sys
      import numpy as np
      rows, results, judged, wanted, weight, bias = [np.array(x, np.float64) for x in json.loads(sys.argv[1])]
      R, T = rows.reshape(-1, 4), results.reshape(-1, 3)
      Rj, Tj = judged.reshape(-1, 4), wanted.reshape(-1, 3)
      W, b, moves = weight.reshape(3, 4), bias, sys.argv[2] == "true"
      def importance(T):
          d = ((T - T.mean(0)) ** 2).sum(1)
          return np.clip(d / d.mean(), 0, 1000) + 0.1
      w, wj = importance(T), importance(Tj)
      mr = (R * w[:, None]).sum(0) / w.sum() if moves else np.zeros(4)
      mt = (T * w[:, None]).sum(0) / w.sum() if moves else b
      X, Y = (R - mr) * np.sqrt(w)[:, None], ((T - mt) - (R - mr) @ W.T) * np.sqrt(w)[:, None]
      H = X.T @ X
      best = (np.inf, None, None)
      for pull in [1e-4, 1e-3, 1e-2, 1e-1, 1.0]:
          V = W + np.linalg.solve(H + pull * np.trace(H) / 4 * np.eye(4), X.T @ Y).T
          c = mt - mr @ V.T if moves else b
          error = (((Rj @ V.T + c - Tj) ** 2) * wj[:, None]).sum()
          if error < best[0]: best = (error, V, c)
      print(json.dumps(list(best[1].ravel()) + list(best[2])))
      """,
      [problem.numbers.json, "\(movesBias)"]
    )
    let expected = text.split(whereSeparator: { "[], \n".contains($0) }).compactMap { Float($0) }
    let bias = try (repair.bias ?? problem.bias).floats()
    let found = try repair.weight.floats() + bias
    #expect(expected.count == found.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}

extension [[Float]] {
  fileprivate var json: String {
    "[" + map { "[" + $0.map { "\($0)" }.joined(separator: ",") + "]" }.joined(separator: ",") + "]"
  }
}
