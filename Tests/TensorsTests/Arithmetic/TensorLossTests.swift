import Glibc
import Tensors
import Testing

struct TensorLossTests {
  private let a: Tensor
  private let b: Tensor

  init() throws {
    a = try Tensor([1, 2, 3, 4] as [Double], shape: [2, 2])
    b = try Tensor([1, 1.5, 5, 0] as [Double], shape: [2, 2])
  }

  @Test func `measures how far tensors are apart`() throws {
    // Differences: 0, 0.5, -2, 4.
    #expect(try a.absoluteError(to: b, .none).doubles() == [0, 0.5, 2, 4])
    #expect(try a.absoluteError(to: b, .sum).doubles() == [6.5])
    #expect(try a.absoluteError(to: b).doubles() == [1.625])
    #expect(try a.squaredError(to: b, .none).doubles() == [0, 0.25, 4, 16])
    #expect(try a.squaredError(to: b).doubles() == [5.0625])
    #expect(try a.smoothError(to: b, .none).doubles() == [0, 0.125, 1.5, 3.5])
    #expect(try a.smoothError(to: b, beta: 2, .sum).doubles() == [0.0625 + 1 + 3])
  }

  @Test func `compares shares`() throws {
    // KL([1/2, 1/2] ‖ [1/4, 3/4]) = ln 2 / 2 + ln(2 / 3) / 2.
    let own = try Tensor([0.25, 0.75] as [Double], shape: [1, 2]).log()
    let wanted = try Tensor([0.5, 0.5] as [Double], shape: [1, 2]).log()
    let divergence = try own.divergence(fromLogarithms: wanted).doubles()[0]
    #expect(abs(divergence - (log(2.0) + log(2.0 / 3)) / 2) < 1e-15)
  }

  @Test func `measures cross-entropies of logits`() throws {
    // σ(ln 3) = 3 / 4, so that the wanted 1 costs -ln(3/4), and 0 costs -ln(1/4).
    let logits = try Tensor([log(3.0), log(3.0)] as [Double], shape: [2])
    let wanted = try Tensor([1, 0] as [Double], shape: [2])
    let weight = try Tensor([2, 1] as [Double], shape: [2])
    let (hit, miss) = (-log(0.75), -log(0.25))
    let each = try logits.binaryCrossEntropy(with: wanted, .none).doubles()
    #expect(abs(each[0] - hit) < 1e-15 && abs(each[1] - miss) < 1e-15)
    let sum = try logits.binaryCrossEntropy(with: wanted, weight: weight, .sum).doubles()[0]
    #expect(abs(sum - (2 * hit + miss)) < 1e-15)
    // softmax([0, ln 3]) = [1/4, 3/4].
    let rows = try Tensor([0, log(3.0), 0, log(3.0)] as [Double], shape: [2, 2])
    let classes = try Tensor([1, 0] as [Int64], shape: [2])
    #expect(
      try abs(rows.crossEntropy(withClasses: classes).doubles()[0] - (hit + miss) / 2) < 1e-15
    )
    #expect(
      try abs(rows.crossEntropy(withClasses: classes, .sum).doubles()[0] - hit - miss) < 1e-15
    )
  }
}
