import Graphs
import Testing

struct ShapeTests {
  @Test func `counts only what is known and can be addressed`() {
    #expect(Shape([2, 3]).count == 6)
    #expect(([] as Shape).count == 1)
    #expect(Shape([.known(2), .unknown]).count == nil)
    #expect(Shape([Int.max, 2]).count == nil)
    #expect(Shape([.symbolic("n")]).sizes == nil)
  }

  @Test func `prints axes joined`() {
    #expect("\(Shape([.known(1), .symbolic("height"), .unknown]))" == "1×height×?")
    #expect("\(Shape([Int]()))" == "scalar")
  }

  /// Sizes as `onnx.helper.tensor_dtype_to_np_dtype` and the packing rules of `onnx.proto` give them.
  @Test(arguments: [
    (ElementType.float32, 3, 12), (.bool, 3, 3), (.float16, 3, 6), (.int4, 3, 2), (.uint2, 5, 2),
    (.complex128, 1, 16), (.float4e2m1, 0, 0), (.float8e8m0, 2, 2),
  ])
  func `types know their raw sizes`(type: ElementType, count: Int, bytes: Int) {
    #expect(type.byteCount(of: count) == bytes)
    #expect(type.byteCount(of: -1) == nil)
    #expect(type.byteCount(of: Int.max) == nil)
  }

  @Test func `an opset set once stands under one name`() {
    var model = ModelInfo(opsets: ["ai.onnx": 11, "other": 1])
    #expect(model.opset == 11)
    model.opset = 17
    #expect(model.opset == 17)
    #expect(model.opsets.names == ["other", ""])
  }
}
