import Tensors
import Testing

struct ATenTests {
  private let a: Tensor
  private let b: Tensor

  init() throws {
    a = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    b = try Tensor([5, 6, 7, 8] as [Float], shape: [2, 2])
  }

  @Test func `multiplies matrices`() throws {
    #expect(try ATen.one("matmul", a, b).floats() == [19, 22, 43, 50])
  }

  @Test func `fills in defaults`() throws {
    // add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)
    #expect(try ATen.one("add", "Tensor", a, b).floats() == [6, 8, 10, 12])
    #expect(try ATen.one("add", "Tensor", a, b, 2).floats() == [11, 14, 17, 20])
    #expect(try ATen.one("add", "Tensor", a, b, ATenValue.default).floats() == [6, 8, 10, 12])
  }

  @Test func `takes numbers for scalars, floats, types and tensors`() throws {
    #expect(try ATen.one("add", "Scalar", a, 0.5).floats() == [1.5, 2.5, 3.5, 4.5])
    #expect(try ATen.one("add", "Scalar", a, 1).floats() == [2, 3, 4, 5])
    #expect(try ATen.one("leaky_relu", "", ATen.one("neg", a), 1).floats() == [-1, -2, -3, -4])
    #expect(try ATen.one("to", "dtype", a, DType.int64).dtype == .int64)
    #expect(try ATen.one("to", "dtype", a, Int(DType.int32.torchCode)).dtype == .int32)
    // A number in a tensor's place does not widen the other operand.
    let product = try ATen.one("mul", "Tensor", a, 2.0)
    #expect(product.dtype == .float32)
    #expect(try product.floats() == [2, 4, 6, 8])
  }

  @Test func `repeats a number where a fixed list is asked for`() throws {
    let image = try Tensor((0..<16).map(Float.init), shape: [1, 1, 4, 4])
    // max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], ...)
    #expect(try ATen.one("max_pool2d", "", image, 2).floats() == [5, 7, 13, 15])
    #expect(try ATen.one("max_pool2d", "", image, [2, 2], [2, 2]).floats() == [5, 7, 13, 15])
  }

  @Test func `convolves with and without bias`() throws {
    let image = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    let weight = try Tensor([1, 1, 1, 1] as [Float], shape: [1, 1, 2, 2])
    let bias = try Tensor([0.5] as [Float], shape: [1])
    #expect(try ATen.one("conv2d", image, weight).floats() == [10])
    #expect(try ATen.one("conv2d", image, weight, bias, 1, [1, 1], 1, 1).floats()[4] == 10.5)
    #expect(try ATen.one("conv2d", image, weight, Tensor?.none, 1, [0, 0]).floats() == [10])
  }

  @Test func `takes lists of tensors, with gaps where allowed`() throws {
    #expect(try ATen.one("cat", "", [a, b], 1).floats() == [1, 2, 5, 6, 3, 4, 7, 8])
    let rows = try Tensor([1] as [Int64], shape: [1])
    #expect(try ATen.one("index", "Tensor", a, [nil, rows] as [Tensor?]).floats() == [2, 4])
  }

  @Test func `hands out several tensors, lists and numbers`() throws {
    let top = try ATen.many("max", "dim", a, 1)
    #expect(try top[0].floats() == [2, 4])
    #expect(try top[1].ints() == [1, 1])
    #expect(try ATen.many("split", "Tensor", a, 1).map { try $0.floats() } == [[1, 2], [3, 4]])
    guard case .bool(true)? = try ATen.call("equal", "", [.tensor(a), .tensor(a)]).first else {
      Issue.record("equal gives a bool")
      return
    }
    guard case .int(2)? = try ATen.call("size", "int", [.tensor(a), 0]).first else {
      Issue.record("size gives an int")
      return
    }
  }

  @Test func `takes strings, devices and memory formats`() throws {
    let gelu = try ATen.one("gelu", "", a, "tanh").floats()
    #expect(abs(gelu[0] - 0.841192) < 1e-5)
    let zeros = try ATen.one("zeros", "", [2], DType.float64, ATenValue.default, Device.cpu)
    #expect(try zeros.doubles() == [0, 0])
    let image = try Tensor((0..<8).map(Float.init), shape: [1, 2, 2, 2])
    let last = try ATen.one("contiguous", "", image, MemoryFormat.channelsLast)
    #expect(last.isChannelsLast)
    #expect(last.strides == [8, 1, 4, 2])
    #expect(try last.floats() == image.floats())
  }

  @Test func `reaches other namespaces`() throws {
    let image = try Tensor([1, -2, 3, -4] as [Float], shape: [1, 1, 2, 2])
    let weight = try Tensor([1] as [Float], shape: [1, 1, 1, 1])
    // Convolution and relu in one oneDNN call.
    let fused = try ATen.one(
      "mkldnn::_convolution_pointwise",
      "",
      image,
      weight,
      Tensor?.none,
      [0, 0],
      [1, 1],
      [1, 1],
      1,
      "relu",
      ATenValue.optionalTensors([]),
      String?.none
    )
    #expect(try fused.floats() == [1, 0, 3, 0])
  }

  @Test func `names operator, shapes and reason of a failure`() throws {
    let c = try Tensor([1, 2, 3] as [Float], shape: [3])
    let error = #expect(throws: TensorError.self) { _ = try ATen.one("matmul", a, c) }
    guard case .operatorFailed(let failure)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(failure.name == "matmul")
    #expect(failure.arguments == ["float32[2, 2]", "float32[3]"])
    #expect(!failure.message.isEmpty && !failure.message.contains("\n"))
    #expect(
      "\(try #require(error))"
        == "ATen operator matmul(float32[2, 2], float32[3]): \(failure.message)"
    )
  }

  @Test func `names overloads when one is missing`() throws {
    let error = #expect(throws: TensorError.self) { _ = try ATen.one("max", "dimm", a, 1) }
    #expect("\(try #require(error))".contains("\"dim\""))
    let unknown = #expect(throws: TensorError.self) { _ = try ATen.one("maxx", a) }
    #expect("\(try #require(unknown))" == "ATen operator maxx: libtorch has no operator aten::maxx")
  }

  @Test(arguments: [
    ([ATenValue.none, .int(1)], "argument 'self' wants Tensor, got none"),
    ([], "argument 'self' (Tensor) is missing and has no default"),
    ([.string("x")], "argument 'self' wants Tensor, got a string"),
    ([.tensors([])], "argument 'self' wants Tensor, got tensors"),
  ])
  func `says which argument does not fit`(arguments: [ATenValue], message: String) throws {
    let relu = try ATenOperator("relu")
    let error = #expect(throws: TensorError.self) { _ = try relu(arguments) }
    if arguments.count > 1 {
      #expect("\(try #require(error))".contains("takes 1 arguments, got 2"))
    } else {
      #expect("\(try #require(error))".hasSuffix(message))
    }
  }

  @Test func `refuses other results than asked for`() throws {
    #expect(throws: TensorError.self) { _ = try ATen.one("max", "dim", a, 1) }
    #expect(throws: TensorError.self) { _ = try ATen.many("equal", "", a, a) }
  }

  @Test func `tells the schema`() throws {
    #expect(try ATenOperator("relu").schema == "aten::relu(Tensor self) -> Tensor")
  }

  @Test func `calls a found operator within microseconds`() throws {
    let relu = try ATenOperator("relu")
    let small = try Tensor([1] as [Float], shape: [1])
    let clock = ContinuousClock()
    func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
      try body()
      let rounds = 20_000
      var best = Double.infinity
      for _ in 0..<5 {
        let time = try clock.measure { for _ in 0..<rounds { try body() } }
        best = min(best, Double(time.components.attoseconds) / 1e9 / Double(rounds))
      }
      return best
    }
    let direct = try nanoseconds { _ = try relu.one([.tensor(small)]) }
    let named = try nanoseconds { _ = try ATen.one("relu", small) }
    let alias = try nanoseconds { _ = try ATen.one("alias", small) }
    let view = try nanoseconds { _ = try ATen.one("view", small, [1, 1]) }
    print("ns per call: relu, found \(direct), by name \(named); alias \(alias); view \(view)")
    #expect(named < 20_000)
  }
}
