import Tensors
import Testing

struct TensorComparisonTests {
  private let a: Tensor
  private let b: Tensor

  init() throws {
    a = try Tensor([1, 2, 3, .nan] as [Float], shape: [4])
    b = try Tensor([2, 2, 2, 2] as [Float], shape: [4])
  }

  @Test func `compares elements, and NaN with nothing`() throws {
    #expect(try (a .== b).bools() == [false, true, false, false])
    #expect(try (a .!= b).bools() == [true, false, true, true])
    #expect(try (a .< b).bools() == [true, false, false, false])
    #expect(try (a .<= b).bools() == [true, true, false, false])
    #expect(try (a .> b).bools() == [false, false, true, false])
    #expect(try (a .>= b).bools() == [false, true, true, false])
    #expect(try (a .> b).dtype == .bool)
  }

  @Test func `compares with a number`() throws {
    #expect(try (a .== 2).bools() == [false, true, false, false])
    #expect(try (a .!= 2).bools() == [true, false, true, true])
    #expect(try (a .< 2).bools() == [true, false, false, false])
    #expect(try (a .<= 2).bools() == [true, true, false, false])
    #expect(try (a .> 2).bools() == [false, false, true, false])
    #expect(try (a .> 1.5).bools() == [false, true, true, false])
    #expect(try (a .>= 2).bools() == [false, true, true, false])
  }

  @Test func `joins and chooses`() throws {
    let middle = try (a .> 1) .& (a .< 3)
    #expect(try middle.bools() == [false, true, false, false])
    #expect(try ((a .< 2) .| (a .> 2)).bools() == [true, false, true, false])
    #expect(try (a .< 2.5).choosing(a, otherwise: b).floats() == [1, 2, 2, 2])
    #expect(try middle.any().bools() == [true])
    #expect(try (a .> 3).any().bools() == [false])
  }
}
