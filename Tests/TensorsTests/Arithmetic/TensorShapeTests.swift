import Tensors
import Testing

struct TensorShapeTests {
  /// The rows 1 2 3 and 4 5 6.
  private let a: Tensor

  init() throws { a = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]) }

  @Test func `multiplies matrices and batches of them`() throws {
    let b = try Tensor([1, 0, 0, 1, 1, 1] as [Float], shape: [3, 2])
    #expect(try a.matmul(b).floats() == [4, 5, 10, 11])
    #expect(try a.matmul(b.selected(along: 1, at: 0)).floats() == [4, 10])
    let batch = try a.unsqueezed(at: 0).batchedMatmul(b.unsqueezed(at: 0))
    #expect(batch.shape == [1, 2, 2])
    #expect(try batch.floats() == [4, 5, 10, 11])
  }

  @Test func `puts elements into another shape and order`() throws {
    #expect(try a.reshaped([3, -1]).shape == [3, 2])
    #expect(try a.permuted([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
    #expect(try a.transposed().floats() == [1, 4, 2, 5, 3, 6])
    #expect(try a.unsqueezed(at: 0).transposed(0, 2).shape == [3, 2, 1])
    #expect(try a.unsqueezed(at: 1).flattened(from: 0, through: 1).shape == [2, 3])
    #expect(try a.unsqueezed(at: 2).shape == [2, 3, 1])
    #expect(try a.unsqueezed(at: 2).squeezed(at: 2).shape == [2, 3])
    #expect(try a.squeezed(at: 0).shape == [2, 3])
    #expect(try a.unsqueezed(at: 0).expanded(to: [2, -1, -1]).sum().floats() == [42])
    let turned = try a.transposed()
    #expect(!turned.isContiguous)
    #expect(try turned.contiguous().isContiguous)
    #expect(try a.reshaped([1, 2, 3, 1]).contiguous(.channelsLast).isChannelsLast)
  }

  @Test func `copies only what has to change`() throws {
    #expect(try a.converted(to: .float32) === a)
    #expect(try a.moved(to: .cpu) === a)
    #expect(try (a / 2).converted(to: .int64).ints() == [0, 1, 1, 2, 2, 3])
    let copy = try a.copied()
    try copy.multiplyInPlace(by: 0)
    #expect(try a.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try Tensor.zeros(like: a).floats() == [0, 0, 0, 0, 0, 0])
    #expect(try Tensor.ones(like: a.converted(to: .int64)).ints() == [1, 1, 1, 1, 1, 1])
  }

  @Test func `takes parts out`() throws {
    #expect(try a.narrowed(along: 1, from: 1, count: 2).floats() == [2, 3, 5, 6])
    #expect(try a.sliced(along: 1, from: 1, to: 99).floats() == [2, 3, 5, 6])
    #expect(try a.selected(along: 1, at: -1).floats() == [3, 6])
    #expect(try a.split(every: 2, along: 1).map { try $0.floats() } == [[1, 2, 4, 5], [3, 6]])
    #expect(
      try a.split(into: [1, 2], along: 1).map { try $0.floats() } == [[1, 4], [2, 3, 5, 6]]
    )
    let places = try Tensor([2, 0] as [Int64], shape: [2])
    #expect(try a.picked(along: 1, at: places).floats() == [3, 1, 6, 4])
    #expect(try a.gathered(along: 1, at: places.reshaped([2, 1])).floats() == [3, 4])
    let rows = try Tensor([0, 1] as [Int64], shape: [2])
    #expect(try a.indexed(by: [rows, places]).floats() == [3, 4])
    #expect(try a.indexed(by: [nil, places]).floats() == [3, 1, 6, 4])
  }

  @Test func `puts tensors together`() throws {
    let b = try a.narrowed(along: 1, from: 0, count: 1)
    #expect(try Tensor.concatenated([a, b], along: 1).floats() == [1, 2, 3, 1, 4, 5, 6, 4])
    #expect(try Tensor.stacked([b, b]).shape == [2, 2, 1])
    #expect(try Tensor.stacked([b, b], along: 2).floats() == [1, 1, 4, 4])
  }
}
