"""Adds to the corpus what only other programs write: typed fields, sparse tensors, annotations."""

import sys

import onnx
from onnx import TensorProto, helper

folder = sys.argv[1]
tensors = []
for kind in list(range(1, 27)):
    values = [b"a", b"b"] if kind == TensorProto.STRING else [1, 0]
    try:
        tensors.append(helper.make_tensor(f"t{kind}", kind, [2], values))
    except Exception as error:  # a type that the installed onnx cannot fill
        print(f"no seed of element type {kind}: {error}", file=sys.stderr)
graph = helper.make_graph([], "typed", [], [], tensors)
sparse = helper.make_sparse_tensor(
    helper.make_tensor("values", TensorProto.FLOAT, [1], [1.0]),
    helper.make_tensor("indices", TensorProto.INT64, [1], [2]),
    [4],
)
graph.sparse_initializer.append(sparse)
graph.node.append(helper.make_node("Constant", [], ["c"], sparse_value=sparse))
graph.input.append(helper.make_tensor_sequence_value_info("q", TensorProto.FLOAT, ["n"]))
graph.quantization_annotation.add(tensor_name="t1")
model = helper.make_model(graph, doc_string="text")
onnx.save(model, f"{folder}/typed.onnx")
external = TensorProto(name="e", data_type=TensorProto.FLOAT, dims=[2], data_location=1)
external.external_data.add(key="location", value="e.data")
onnx.save(helper.make_model(helper.make_graph([], "e", [], [], [external])), f"{folder}/external.onnx")
