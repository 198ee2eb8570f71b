import Tensors
import Testing

/// What must fail: the error says which operator it was, and what both shapes are.
struct TensorArithmeticErrorTests {
  struct Misfit: Sendable, CustomTestStringConvertible {
    let name: String
    let body: @Sendable (Tensor, Tensor) throws(TensorError) -> Tensor
    var testDescription: String { name }

    init(
      _ name: String,
      _ body: @escaping @Sendable (Tensor, Tensor) throws(TensorError) -> Tensor
    ) { (self.name, self.body) = (name, body) }
  }

  static let misfits: [Misfit] = [
    Misfit("add") { a, b throws(TensorError) in try a + b },
    Misfit("sub") { a, b throws(TensorError) in try a - b },
    Misfit("mul") { a, b throws(TensorError) in try a * b },
    Misfit("div") { a, b throws(TensorError) in try a / b },
    Misfit("addcmul") { a, b throws(TensorError) in try a.addingProduct(a, b) },
    Misfit("eq") { a, b throws(TensorError) in try a .== b },
    Misfit("ne") { a, b throws(TensorError) in try a .!= b },
    Misfit("lt") { a, b throws(TensorError) in try a .< b },
    Misfit("le") { a, b throws(TensorError) in try a .<= b },
    Misfit("gt") { a, b throws(TensorError) in try a .> b },
    Misfit("ge") { a, b throws(TensorError) in try a .>= b },
    Misfit("logical_and") { a, b throws(TensorError) in try a .& b },
    Misfit("logical_or") { a, b throws(TensorError) in try a .| b },
    Misfit("maximum") { a, b throws(TensorError) in try a.maximum(b) },
    Misfit("minimum") { a, b throws(TensorError) in try a.minimum(b) },
    Misfit("matmul") { a, b throws(TensorError) in try a.matmul(b) },
    Misfit("cat") { a, b throws(TensorError) in try Tensor.concatenated([a, b], along: 0) },
    Misfit("stack") { a, b throws(TensorError) in try Tensor.stacked([a, b]) },
    Misfit("l1_loss") { a, b throws(TensorError) in try a.absoluteError(to: b) },
    Misfit("mse_loss") { a, b throws(TensorError) in try a.squaredError(to: b) },
    Misfit("smooth_l1_loss") { a, b throws(TensorError) in try a.smoothError(to: b) },
    Misfit("kl_div") { a, b throws(TensorError) in try a.divergence(fromLogarithms: b) },
    Misfit("binary_cross_entropy_with_logits") { a, b throws(TensorError) in
      try a.binaryCrossEntropy(with: b)
    },
    Misfit("add_") { a, b throws(TensorError) in
      try a.addInPlace(b)
      return a
    },
    Misfit("copy_") { a, b throws(TensorError) in
      try a.copyInPlace(b)
      return a
    },
  ]

  @Test(arguments: misfits)
  func `shapes that do not go together are named, both`(_ misfit: Misfit) throws {
    let a = try Tensor.full([2, 3], 1)
    let b = try Tensor.full([4, 5], 1)
    let error = #expect(throws: TensorError.self) { try misfit.body(a, b) }
    guard case .operatorFailed(let failure) = error else {
      Issue.record("\(misfit.name) gave \(String(describing: error))")
      return
    }
    #expect(failure.name == misfit.name)
    #expect(error?.description.contains("float32[2, 3]") == true)
    #expect(error?.description.contains("float32[4, 5]") == true)
  }

  @Test func `a shape of another count is named beside the tensor's`() throws {
    let a = try Tensor.full([2, 3], 1)
    for change in [[4, 2], [7]] {
      let reshaped = #expect(throws: TensorError.self) { try a.reshaped(change) }
      #expect(reshaped?.description.contains("float32[2, 3], \(change)") == true)
      let expanded = #expect(throws: TensorError.self) { try a.expanded(to: change) }
      #expect(expanded?.description.contains("float32[2, 3], \(change)") == true)
    }
  }

  @Test func `parts that lie outside are refused with the shape`() throws {
    let a = try Tensor.full([2, 3], 1)
    let far = try Tensor([3] as [Int64], shape: [1])
    for part in [
      { try a.narrowed(along: 1, from: 2, count: 2) }, { try a.selected(along: 0, at: 2) },
      { try a.split(into: [1, 1], along: 1)[0] }, { try a.picked(along: 1, at: far) },
      { try a.gathered(along: 1, at: far.reshaped([1, 1])) }, { try a.indexed(by: [nil, far]) },
      { try a.sum(along: [2]) }, { try a.softmax(along: 2) },
    ] as [() throws -> Tensor] {
      let error = #expect(throws: TensorError.self) { try part() }
      #expect(error?.description.contains("float32[2, 3]") == true)
    }
  }
}
