import Tensors
import Testing

struct TensorOperatorTests {
  private let a: Tensor
  private let b: Tensor

  init() throws {
    a = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    b = try Tensor([5, 7, 9, 2] as [Float], shape: [2, 2])
  }

  @Test func `computes two tensors element by element`() throws {
    #expect(try (a + b).floats() == [6, 9, 12, 6])
    #expect(try (a - b).floats() == [-4, -5, -6, 2])
    #expect(try (a * b).floats() == [5, 14, 27, 8])
    #expect(try (b / a).floats() == [5, 3.5, 3, 0.5])
    #expect(try (-a).floats() == [-1, -2, -3, -4])
  }

  @Test func `takes numbers on either side`() throws {
    #expect(try (a + 0.5).floats() == [1.5, 2.5, 3.5, 4.5])
    #expect(try (0.5 + a).floats() == [1.5, 2.5, 3.5, 4.5])
    #expect(try (a - 1).floats() == [0, 1, 2, 3])
    #expect(try (1 - a).floats() == [0, -1, -2, -3])
    #expect(try (a * 3).floats() == [3, 6, 9, 12])
    #expect(try (3 * a).floats() == [3, 6, 9, 12])
    #expect(try (a / Float(2)).floats() == [0.5, 1, 1.5, 2])
  }

  @Test func `binds as numbers do`() throws {
    #expect(try (a + b * 2 - 1).floats() == [10, 15, 20, 7])
    #expect(try (10 - a * a / 2).floats() == [9.5, 8, 5.5, 2])
  }

  @Test func `keeps whole numbers whole beside whole numbers only`() throws {
    let whole = try Tensor([1, 2] as [Int64], shape: [2])
    #expect(try (whole * 2 - 1).dtype == .int64)
    #expect(try (whole * 2.0).dtype == .float32)
    #expect(try (whole / 2).floats() == [0.5, 1])
    #expect(try (a * 0.1).dtype == .float32)
  }

  @Test func `broadcasts from the last axis`() throws {
    let row = try Tensor([10, 20] as [Float], shape: [2])
    let column = try Tensor([100, 200] as [Float], shape: [2, 1])
    #expect(try (a + row).floats() == [11, 22, 13, 24])
    #expect(try (a + column).floats() == [101, 102, 203, 204])
    #expect(try (row + column).shape == [2, 2])
  }

  @Test func `adds multiples and products in one pass`() throws {
    #expect(try a.adding(b, times: 2).floats() == [11, 16, 21, 8])
    #expect(try b.subtracting(a, times: 0.5).floats() == [4.5, 6, 7.5, 0])
    #expect(try a.addingProduct(a, b).floats() == [6, 16, 30, 12])
  }

  @Test func `is recorded for gradients`() throws {
    // d/dx mean(max(1 - 2x, 0)) is -2 / 4 where x < 1/2, else 0.
    let x = try Tensor([1, -2, 3, 0] as [Float], shape: [4])
    try x.setRequiresGradient()
    try (1 - x * 2).relu().mean().backward()
    #expect(try x.gradient?.floats() == [0, -0.5, 0, -0.5])
  }

  @Test func `changes a tensor where it lies`() throws {
    let part = try a.selected(along: 0, at: 1)
    try part.addInPlace(1)
    #expect(try a.floats() == [1, 2, 4, 5])
    try a.multiplyInPlace(by: 2)
    #expect(try a.floats() == [2, 4, 8, 10])
    try a.addInPlace(b)
    #expect(try a.floats() == [7, 11, 17, 12])
    try part.copyInPlace(Tensor([3] as [Double], shape: [1]))
    #expect(try a.floats() == [7, 11, 3, 3])
    #expect(a.dtype == .float32)
  }
}
