import Tensors
import Testing

struct TensorTests {
  @Test func `keeps values, shape and type`() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(tensor.strides == [3, 1])
    #expect(tensor.rank == 2)
    #expect(tensor.count == 6)
    #expect(tensor.dtype == .float32)
    #expect(tensor.device == .cpu)
    #expect(try tensor.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try tensor.ints() == [1, 2, 3, 4, 5, 6])
    #expect("\(tensor)" == "float32[2, 3]")
  }

  @Test func `multiplies matrices`() throws {
    let a = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let b = try Tensor([5, 6, 7, 8] as [Float], shape: [2, 2])
    #expect(try ATen.one("matmul", a, b).floats() == [19, 22, 43, 50])
  }
}
