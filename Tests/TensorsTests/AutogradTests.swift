import Tensors
import Testing

private struct Refusal: Error, CustomStringConvertible {
  let description = "no gradient today"
}

struct AutogradTests {
  @Test func `derives a sum of squares`() throws {
    let x = try Tensor([1, -2, 3] as [Float], shape: [3]).setRequiresGradient()
    #expect(x.requiresGradient)
    #expect(try x.gradient == nil)
    let loss = try ATen.one("sum", ATen.one("mul", "Tensor", x, x))
    try loss.backward()
    #expect(try x.gradient?.floats() == [2, -4, 6])
    try ATen.one("sum", x).backward()
    #expect(try x.gradient?.floats() == [3, -3, 7])
    try x.setGradient(nil)
    #expect(try x.gradient == nil)
  }

  @Test func `derives through a linear layer by hand values`() throws {
    // y = W x, L = sum(y * g): dL/dW = g xᵀ, dL/dx = Wᵀ g.
    let w = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).setRequiresGradient()
    let x = try Tensor([5, 6] as [Float], shape: [2]).setRequiresGradient()
    let y = try ATen.one("mv", w, x)
    try y.backward(gradient: Tensor([1, 10] as [Float], shape: [2]))
    #expect(try w.gradient?.floats() == [5, 6, 50, 60])
    #expect(try x.gradient?.floats() == [31, 42])
  }

  @Test func `gives derivatives without touching the leaves, twice over`() throws {
    let x = try Tensor([3] as [Float], shape: []).setRequiresGradient()
    let other = try Tensor([1] as [Float], shape: []).setRequiresGradient()
    let cube = try ATen.one("pow", "Tensor_Scalar", x, 3)
    let first = try Tensor.gradients(
      of: [cube],
      withRespectTo: [x, other],
      creatingGraph: true,
      allowingUnused: true
    )
    #expect(try first[0]?.floats() == [27])
    #expect(first[1] == nil)
    let slope = try #require(first[0])
    let second = try Tensor.gradients(of: [slope], withRespectTo: [x])
    #expect(try second[0]?.floats() == [18])
    #expect(try x.gradient == nil)
  }

  @Test func `does not record in the scopes that say so`() throws {
    let x = try Tensor([1] as [Float], shape: [1]).setRequiresGradient()
    #expect(try Runtime.isRecording())
    try withoutGradients {
      #expect(try !Runtime.isRecording())
      #expect(try !ATen.one("exp", x).requiresGradient)
      let inner = try withGradients { try ATen.one("exp", x).requiresGradient }
      #expect(inner)
    }
    #expect(throws: Refusal.self) { try withoutGradients { throw Refusal() } }
    #expect(try Runtime.isRecording())
    #expect(try ATen.one("exp", x).requiresGradient)
    let frozen = try withInferenceMode { try ATen.one("exp", x) }
    #expect(!frozen.requiresGradient)
    #expect(try !x.detached().requiresGradient)
  }

  @Test func `runs a backward pass of one's own`() throws {
    let x = try Tensor([1, 2] as [Float], shape: [2]).setRequiresGradient()
    let constant = try Tensor([1, 1] as [Float], shape: [2])
    let called = Counter()
    let rounded = try withoutGradients { try ATen.one("round", ATen.one("mul", "Tensor", x, 1.4)) }
    // A straight-through estimator: rounding passes the gradient on, times three to see it.
    let out = try Tensor.custom(outputs: [rounded], inputs: [x, constant]) { gradients in
      called.add()
      guard let gradient = gradients[0] else { return [nil, nil] }
      return [try ATen.one("mul", "Tensor", gradient, 3.0), nil]
    }
    #expect(try out[0].floats() == [1, 3])
    #expect(out[0].requiresGradient)
    try ATen.one("sum", ATen.one("mul", "Tensor", out[0], out[0])).backward()
    #expect(try x.gradient?.floats() == [6, 18])
    #expect(called.value == 1)
  }

  @Test func `lets a custom function's context go`() throws {
    let freed = Counter()
    do {
      let block = Block([1], freed: freed)
      let x = try Tensor([1] as [Float], shape: [1]).setRequiresGradient()
      let out = try Tensor.custom(outputs: [x.detached()], inputs: [x]) { gradients in
        extendLifetime(block)
        return gradients
      }
      #expect(freed.value == 0)
      #expect(out[0].requiresGradient)
    }
    #expect(freed.value == 1)
  }

  @Test func `tells why a backward pass failed`() throws {
    let x = try Tensor([1] as [Float], shape: [1]).setRequiresGradient()
    let refused = try Tensor.custom(outputs: [x.detached()], inputs: [x]) { _ in throw Refusal() }
    let error = #expect(throws: TensorError.self) { try refused[0].backward() }
    #expect("\(try #require(error))".contains("no gradient today"))
    let short = try Tensor.custom(outputs: [x.detached()], inputs: [x]) { _ in [] }
    let count = #expect(throws: TensorError.self) { try short[0].backward() }
    #expect("\(try #require(count))".contains("0 gradients for 1 inputs"))
    let plain = try Tensor([1] as [Float], shape: [1])
    #expect(throws: TensorError.self) { try plain.backward() }
    // The thread is as it was.
    let loss = try ATen.one("sum", x)
    try loss.backward()
    #expect(try x.gradient?.floats() == [1])
  }

  @Test func `computes narrower under autocast`() throws {
    let a = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let inside = try withAutocast(to: .bfloat16, on: .cpu) { try ATen.one("matmul", a, a) }
    #expect(inside.dtype == .bfloat16)
    #expect(try inside.floats() == [7, 10, 15, 22])
    let off = try withAutocast(to: .bfloat16, on: .cpu) {
      try withAutocast(to: nil, on: .cpu) { try ATen.one("matmul", a, a) }
    }
    #expect(off.dtype == .float32)
    #expect(try ATen.one("matmul", a, a).dtype == .float32)
  }
}
