import Graphs
import ModelFormats
import Operators
import Tensors
import TestSupport
import Testing

/// A model with inputs and what ONNX Runtime makes of them.
struct ReferenceRun {
  let graph: Graph
  let inputs: [String: Tensor]
  let outputs: [String: Constant]

  /// Lets ONNX Runtime execute a model of the test data.
  ///
  /// - Parameters:
  ///   - path: the model, below the test data's folder.
  ///   - drawsWeights: whether ConstantOfShape weights are replaced by seeded random ones, and values before a
  ///     softmax returned too.
  /// - Throws: what ONNX Runtime said.
  init(_ path: String, drawsWeights: Bool = false) throws {
    let folder = try ScratchFolder()
    let source = try #require(TestData.path(path))
    _ = try Python.run(
      Self.script,
      [source, folder.path("model.onnx"), folder.path("data.onnx"), drawsWeights ? "1" : "0"]
    )
    graph = try ONNX.read(folder.path("model.onnx"))
    var inputs: [String: Tensor] = [:]
    var outputs: [String: Constant] = [:]
    for (name, constant) in try ONNX.read(folder.path("data.onnx")).constants {
      if name.hasPrefix("in.") {
        inputs[String(name.dropFirst(3))] = try constant.tensor()
      } else {
        outputs[String(name.dropFirst(4))] = constant
      }
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The largest max|o - r| / max(1, max|r|) over the outputs; infinite where a shape differs.
  func error(of results: [String: Tensor]) throws -> Double {
    var worst = 0.0
    for (name, expected) in outputs {
      guard let result = results[name], result.shape == expected.shape else { return .infinity }
      let found = try result.doubles()
      let reference =
        (expected.floats?.map(Double.init)) ?? expected.integers?.map(Double.init) ?? []
      worst = max(worst, Distance(of: found, from: reference).relative)
    }
    return worst
  }

  private static let script = #"""
    import sys
    import numpy as np, onnx, onnxruntime
    from onnx import numpy_helper, helper, TensorProto
    source, target, data, draws = sys.argv[1:5]
    model = onnx.load(source)
    rng = np.random.default_rng(7)
    if draws == "1":
        shapes = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        readers = {}
        for node in model.graph.node:
            for index, name in enumerate(node.input):
                readers.setdefault(name, []).append((node, index))
        def role(name):
            for node, index in readers.get(name, []):
                if node.op_type in ("Unsqueeze", "Reshape", "Identity"):
                    return role(node.output[0])
                return node.op_type, index
            return "", 0
        kept = []
        for node in model.graph.node:
            if node.op_type != "ConstantOfShape":
                kept.append(node)
                continue
            shape = [int(s) for s in shapes[node.input[0]]]
            op, index = role(node.output[0])
            draw = rng.standard_normal(shape, dtype=np.float32)
            if op in ("Conv", "Gemm", "MatMul") and index == 1:
                fan = int(np.prod(shape[1:])) if len(shape) > 1 else 1
                value = draw * np.float32(np.sqrt(2.0 / max(fan, 1)))
            elif (op, index) in (("BatchNormalization", 1), ("BatchNormalization", 4), ("Mul", 1), ("Mul", 0)):
                value = 1 + 0.2 * np.tanh(draw)
            else:
                value = 0.1 * draw
            model.graph.initializer.append(
                numpy_helper.from_array(np.asarray(value, dtype=np.float32), node.output[0]))
        del model.graph.node[:]
        model.graph.node.extend(kept)
        model.ir_version = max(model.ir_version, 4)
        known = {o.name for o in model.graph.output}
        for node in kept:
            if node.op_type == "Softmax" and node.input[0] not in known:
                model.graph.output.append(helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, None))
    onnx.save(model, target)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(target, options, providers=["CPUExecutionProvider"])
    feed = {}
    for value in session.get_inputs():
        shape = [d if isinstance(d, int) else {0: 1, 1: 3}.get(i, 192 + 32 * i) for i, d in enumerate(value.shape)]
        if value.name == "max_output_boxes":
            feed[value.name] = np.array(20, dtype=np.int64)
        elif value.name.endswith("_threshold"):
            feed[value.name] = np.array({"iou_threshold": 0.3, "score_threshold": 0.5}[value.name], dtype=np.float32)
        elif "e2e" in source:
            from skimage import data as images, transform
            face = transform.resize(images.astronaut()[:256, 96:352], shape[2:], anti_aliasing=True)
            feed[value.name] = face.transpose(2, 0, 1)[None].astype(np.float32)
        else:
            feed[value.name] = rng.uniform(0, 1, shape).astype(np.float32)
    names = [o.name for o in session.get_outputs()]
    results = session.run(names, feed)
    tensors = [numpy_helper.from_array(v, "in." + k) for k, v in feed.items()]
    tensors += [numpy_helper.from_array(np.asarray(v), "out." + k) for k, v in zip(names, results)]
    if "e2e" in source:
        assert results[0].shape[0] > 0, "no face found"
    graph = helper.make_graph([], "data", [], [], tensors)
    onnx.save(helper.make_model(graph, ir_version=10), data)
    """#
}
