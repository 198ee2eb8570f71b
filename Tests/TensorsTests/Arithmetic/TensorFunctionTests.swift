import Glibc
import Tensors
import Testing

struct TensorFunctionTests {
  private let x: Tensor

  init() throws { x = try Tensor([-2.5, -1, 0.5, 4] as [Double], shape: [4]) }

  @Test func `computes functions of each element`() throws {
    #expect(try x.abs().doubles() == [2.5, 1, 0.5, 4])
    #expect(try x.square().doubles() == [6.25, 1, 0.25, 16])
    #expect(try x.abs().sqrt().doubles()[3] == 2)
    #expect(try x.abs().rsqrt().doubles()[3] == 0.5)
    #expect(try x.pow(3).doubles() == [-15.625, -1, 0.125, 64])
    #expect(try x.relu().doubles() == [0, 0, 0.5, 4])
    #expect(try x.floor().doubles() == [-3, -1, 0, 4])
    #expect(try x.ceil().doubles() == [-2, -1, 1, 4])
    // Halves go to the even neighbour.
    #expect(try (x + 1).rounded().doubles() == [-2, 0, 2, 5])
    let e = try Tensor([0, 1] as [Double], shape: [2]).exp()
    #expect(try e.doubles() == [1, M_E])
    #expect(try e.log().doubles() == [0, 1])
  }

  @Test func `keeps elements between bounds`() throws {
    #expect(try x.clamped(min: -1.5, max: 2.0).doubles() == [-1.5, -1, 0.5, 2])
    #expect(try x.clamped(min: 0).doubles() == [0, 0, 0.5, 4])
    #expect(try x.clamped(max: 0).doubles() == [-2.5, -1, 0, 0])
    let other = try Tensor([0] as [Double], shape: [1])
    #expect(try x.maximum(other).doubles() == [0, 0, 0.5, 4])
    #expect(try x.minimum(other).doubles() == [-2.5, -1, 0, 0])
  }

  @Test func `computes logistic functions and shares`() throws {
    // σ(ln 3) = 3 / 4; softmax of [0, ln 3] is [1/4, 3/4].
    let logits = try Tensor([0, log(3.0), 0, 0] as [Double], shape: [2, 2])
    let shares = try logits.softmax(along: 1).doubles()
    #expect(zip(shares, [0.25, 0.75, 0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-15 })
    let columns = try logits.softmax(along: 0).doubles()
    #expect(zip(columns, [0.5, 0.75, 0.5, 0.25]).allSatisfy { abs($0 - $1) < 1e-15 })
    let logs = try logits.logSoftmax(along: 1).doubles()
    #expect(zip(logs, shares).allSatisfy { abs($0 - log($1)) < 1e-15 })
    #expect(try abs(logits.sigmoid().doubles()[1] - 0.75) < 1e-15)
    #expect(try abs(logits.sigmoid().logit().doubles()[1] - log(3.0)) < 1e-15)
  }

  @Test func `sums up all elements or axes`() throws {
    let cube = try Tensor((1...8).map(Double.init), shape: [2, 2, 2])
    #expect(try cube.sum().doubles() == [36])
    #expect(try cube.sum().shape == [])
    #expect(try cube.sum(along: [0, 2]).doubles() == [14, 22])
    #expect(try cube.sum(along: [-1], keepingAxes: true).shape == [2, 2, 1])
    #expect(try cube.sum(along: [0], as: .float32).dtype == .float32)
    #expect(try cube.mean().doubles() == [4.5])
    #expect(try cube.mean(along: [1, 2]).doubles() == [2.5, 6.5])
    #expect(try cube.mean(along: [1], keepingAxes: true).shape == [2, 1, 2])
    #expect(try cube.product(along: 0).doubles() == [5, 12, 21, 32])
    #expect(try cube.product(along: 2, keepingAxis: true).shape == [2, 2, 1])
    #expect(try cube.max().doubles() == [8])
    #expect(try cube.max(along: [0, 1]).doubles() == [7, 8])
    #expect(try cube.min().doubles() == [1])
    #expect(try cube.min(along: [2], keepingAxes: true).doubles() == [1, 3, 5, 7])
    let sides = try Tensor([3, 4, 5, 12] as [Float], shape: [2, 2])
    #expect(try sides.length(along: [1]).floats() == [5, 13])
    #expect(try sides.length(along: [1], keepingAxes: true).shape == [2, 1])
    #expect(try sides.length(as: .float64).doubles() == [(194 as Double).squareRoot()])
  }

  @Test func `means of whole numbers want a type`() throws {
    let whole = try Tensor([1, 2] as [Int64], shape: [2])
    #expect(throws: TensorError.self) { try whole.mean() }
    #expect(try whole.mean(along: [0], as: .float64).doubles() == [1.5])
  }
}
