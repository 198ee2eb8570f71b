import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// Models that onnx itself makes, and what numpy says that they hold.
@Suite(.enabled(if: Python.isPresent, "\(Python.reason)")) struct OracleTests {
  private static let script = #"""
    import sys, onnx, numpy
    from onnx import helper, numpy_helper, TensorProto
    folder = sys.argv[1]
    rng = numpy.random.default_rng(5)
    typed, raw = [], []
    for kind in range(1, 27):
        name = f"t{kind}"
        if kind == TensorProto.STRING:
            tensor = helper.make_tensor(name, kind, [2, 2], [b"a", "é".encode(), b"", b"\xff"])
            typed.append(tensor); raw.append(tensor)
            continue
        width = {21: 1, 22: 1, 23: 1, 25: 1, 26: 1}.get(kind)
        values = rng.integers(0, 2, 7) if kind != TensorProto.FLOAT8E8M0 else numpy.array([1.0] * 7)
        if kind in (1, 10, 11, 16): values = rng.standard_normal(7)
        if kind in (14, 15): values = rng.standard_normal(7) + 1j * rng.standard_normal(7)
        tensor = helper.make_tensor(name, kind, [7], values.tolist())
        typed.append(tensor)
        raw.append(numpy_helper.from_array(numpy_helper.to_array(tensor), name))
        assert raw[-1].data_type == kind and raw[-1].HasField("raw_data"), kind
    assert typed[0].float_data and typed[15].int32_data
    for name, tensors in (("typed", typed), ("raw", raw)):
        graph = helper.make_graph([], "g", [], [], tensors)
        onnx.save(helper.make_model(graph), f"{folder}/{name}.onnx")
    print(len(typed))
    """#

  @Test func `typed fields give the raw data that onnx makes of them`() throws {
    let folder = try ScratchFolder()
    let count = try Python.run(Self.script, [folder.url.path])
    let typed = try ONNX.read(folder.path("typed.onnx"))
    let raw = try ONNX.read(folder.path("raw.onnx"))
    #expect("\(typed.constants.count)\n" == count)
    for (name, constant) in typed.constants {
      #expect(constant == raw.constants[name], "\(name) of type \(constant.type)")
    }
    try ONNX.write(typed, to: folder.path("copy.onnx"))
    let pair = [folder.path("typed.onnx"), folder.path("copy.onnx")]
    #expect(try Python.run(Comparison.script, pair) == "1 equal\n")
  }

  private static let features = #"""
    import sys, onnx
    from onnx import helper, TensorProto, parser
    folder = sys.argv[1]
    model = parser.parse_model('''
      <ir_version: 10, opset_import: ["" : 21, "local" : 1], producer_name: "maker",
       producer_version: "1.2", domain: "org", model_version: 7, doc_string: "model text",
       metadata_props: ["a": "b"]>
      agraph (float[N, 3, "h w"] x, bool c, float[2] w) => (float[N, 3, ?] y)
        <float[2] w = {1, 2}, float[1] unused = {3}, float[N] inner> {
        k = Constant <value = float[2] named {4, 5}> ()
        s = Constant <value_strings = ["p", "q"]> ()
        f = local.twice <alpha = 0.5> (x)
        y = If (c) <then_branch = g1 () => (float z) { z = Relu (f) },
                    else_branch = g2 () => (float z) <float[1] b = {9}> { z = Add (f, b) }>
      }
      <opset_import: ["" : 21], domain: "local", doc_string: "doubles">
      twice <alpha, beta: float = 2.0> (a) => (b) {
        t = Elu <alpha: float = @alpha> (a)
        b = Add (t, t)
      }''')
    model.graph.node[0].attribute[0].doc_string = "attribute text"
    model.graph.node[0].doc_string = "node text"
    model.graph.doc_string = "graph text"
    model.graph.input[0].doc_string = "input text"
    model.graph.input[0].type.denotation = "TENSOR"
    model.graph.input[0].type.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    model.graph.initializer[0].doc_string = "tensor text"
    model.graph.node[2].metadata_props.add(key="k", value="v")
    annotation = model.graph.quantization_annotation.add(tensor_name="x")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="w")
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("sv", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("si", TensorProto.INT64, [1], [2]), [4])
    model.graph.sparse_initializer.append(sparse)
    model.graph.node.append(helper.make_node("Constant", [], ["sp"], sparse_value=sparse))
    model.graph.value_info.append(
        helper.make_tensor_sequence_value_info("seq", TensorProto.FLOAT, ["n"]))
    model.configuration.add(name="cfg", num_devices=2)
    model.training_info.add()
    onnx.save(model, f"{folder}/features.onnx")
    """#

  @Test func `everything that a model can say comes through`() throws {
    let folder = try ScratchFolder()
    _ = try Python.run(Self.features, [folder.url.path])
    let path = folder.path("features.onnx")
    let graph = try ONNX.read(path)
    try ONNX.write(graph, to: folder.path("copy.onnx"))
    #expect(try ONNX.read(folder.path("copy.onnx")) == graph)
    #expect(
      try Python.run(Comparison.script, [path, folder.path("copy.onnx")]) == "1 equal\n"
    )
    #expect(graph.model.opset == 21)
    #expect(graph.model.metadata == ["a": "b"])
    #expect(graph.requiredInputs.map(\.name) == ["x", "c"])
    #expect(
      graph.inputs[0].type.shape == Shape([.symbolic("N"), .known(3), .symbolic("h w")])
    )
    #expect(graph.nodes[0].tensor("value")?.floats == [4, 5])
    #expect(graph.nodes[3].graph("else_branch")?.constants["b"]?.floats == [9])
    #expect(graph.model.functions[0].defaults == ["beta": .float(2)])
    #expect(
      graph.model.functions[0].nodes[0].attributes["alpha"] == .reference(name: "alpha", kind: 1)
    )
  }
}
