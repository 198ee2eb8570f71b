import Graphs
import ModelFormats
import Testing

struct UnknownFieldTests {
  /// One field of each wire type, a group among them, all unknown everywhere.
  private static let strange: [UInt8] =
    Wire.int(1000, -1) + Wire.data(1001, [1, 2, 3]) + Wire.fixed32(1002, 1.5)
    + Wire.varint(1003 << 3 | 1) + [1, 2, 3, 4, 5, 6, 7, 8]
    + Wire.varint(1004 << 3 | 3) + Wire.int(1, 1) + Wire.varint(1004 << 3 | 4)

  @Test func `every message keeps what is not known`() throws {
    let strange = Self.strange
    let value = Wire.text(1, "v") + strange
    let node = Wire.text(4, "Op") + Wire.data(10, [1]) + strange
    let function = Wire.text(1, "f") + Wire.text(10, "d") + Wire.data(7, node) + strange
    let tensor = Wire.text(8, "w") + Wire.int(2, 1) + Wire.fixed32(4, 0) + strange
    let body =
      Wire.data(1, node) + Wire.data(5, tensor) + Wire.data(11, value) + Wire.data(13, value)
      + Wire.data(14, Wire.text(1, "annotated")) + Wire.data(15, [0x1A, 0]) + strange
    let model = Wire.model(body) + Wire.data(25, function) + Wire.data(20, []) + strange
    let graph = try Wire.read(model)
    #expect(graph.nodes[0].unknownFields == Wire.data(10, [1]) + strange)
    #expect(graph.constants["w"]?.unknownFields == strange)
    #expect(graph.inputs[0].unknownFields == strange)
    #expect(graph.values["v"]?.unknownFields == strange)
    #expect(
      graph.unknownFields
        == Wire.data(14, Wire.text(1, "annotated")) + Wire.data(15, [0x1A, 0]) + strange
    )
    #expect(graph.model.functions[0].unknownFields == strange)
    #expect(graph.model.functions[0].nodes[0].unknownFields.suffix(strange.count) == strange[...])
    #expect(graph.model.unknownFields == Wire.data(20, []) + strange)
    #expect(try ONNX.graph(from: ONNX.encode(graph)) == graph)
  }

  @Test func `metadata that is there twice stays there twice, and a type is stated once`() throws {
    let entry = Wire.data(14, Wire.text(1, "k") + Wire.text(2, "v"))
    let value = Wire.data(13, Wire.text(1, "v") + Wire.data(2, Wire.data(1, Wire.int(1, 1))))
    let graph = try Wire.read(Wire.model(value + value) + entry + entry)
    #expect(graph.model.metadata == ["k": "v"])
    #expect(graph.model.unknownFields == entry)
    #expect(graph.values.count == 1)
    #expect(graph.unknownFields.isEmpty)
    #expect(try ONNX.graph(from: ONNX.encode(graph)) == graph)
  }

  private func type(_ fields: [UInt8]) throws -> ValueInfo {
    let input = Wire.data(11, Wire.text(1, "x") + Wire.data(2, fields))
    let graph = try Wire.read(Wire.model(input))
    #expect(try ONNX.graph(from: ONNX.encode(graph)) == graph)
    return try #require(graph.inputs.first)
  }

  @Test func `types that say more are kept whole`() throws {
    let named = Wire.data(1, Wire.data(1, Wire.text(2, "n")) + Wire.data(1, []))
    let shape = Wire.data(1, Wire.int(1, 1) + Wire.data(2, Array(named[2...])))
    let plain = try type(shape)
    #expect(plain.otherType.isEmpty)
    #expect(plain.type == ValueType(element: .float32, shape: Shape([.symbolic("n"), .unknown])))

    let denoted = shape + Wire.text(6, "IMAGE")
    #expect(try type(denoted).otherType == denoted)
    #expect(try type(denoted).type == plain.type)

    let open = Wire.data(1, Wire.int(1, 1) + Wire.data(2, Wire.data(1, Wire.int(1, -1))))
    #expect(try type(open).type.shape == Shape([.unknown]))
    #expect(try type(open).otherType == open)

    let sequence = Wire.data(4, Wire.data(1, shape))
    #expect(try type(sequence).otherType == sequence)
    #expect(try type(sequence).type == ValueType(element: nil, shape: nil))

    let future = Wire.data(1, Wire.int(1, 27))
    #expect(try type(future).otherType == future)
    #expect(try type([]).unknownFields == [0x12, 0])
  }

  @Test func `a type that was changed is written as it is now`() throws {
    let shape = Wire.data(1, Wire.int(1, 1) + Wire.data(2, [])) + Wire.text(6, "IMAGE")
    let input = Wire.data(11, Wire.text(1, "x") + Wire.data(2, shape))
    var graph = try Wire.read(Wire.model(input))
    graph.inputs[0].type.element = .float16
    let again = try ONNX.graph(from: ONNX.encode(graph))
    #expect(again.inputs[0].type == ValueType(element: .float16, shape: []))
    #expect(again.inputs[0].otherType.isEmpty)
  }
}
