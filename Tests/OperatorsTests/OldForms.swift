import Foundation
import Graphs
import ModelFormats
import TestSupport

/// Models in old forms of operators, each with what ONNX Runtime computes from it.
enum OldForms {
  /// One model and its data.
  struct Form: Sendable {
    let name: String
    let graph: Graph
    let inputs: [String: Constant]
    let outputs: [String: Constant]
    /// The same model, brought to opset 21 by onnx.version_converter; nil for Hardmax, which that leaves as it is.
    let converted: Graph?
  }

  static let names = [
    "cast7", "clip7", "clip7_low", "cumsum11", "dropout7", "dropout10", "gather7", "hardmax7",
    "logsoftmax11", "onehot9", "pad7", "pad7_reflect", "reducel2_11", "reducemax12", "reducemean13",
    "reducesum11", "reducesum_all7", "reshape7", "scatter9", "slice7", "softmax7", "softmax11_last",
    "split7", "split11_equal", "squeeze7", "squeeze11_all", "topk7", "unsqueeze7",
  ]

  /// Those that onnx.version_converter brings to opset 21.
  static let convertedNames = names.filter { !["hardmax7"].contains($0) }

  /// The folder with the models, made once.
  static let folder = Result { () throws -> ScratchFolder in
    let folder = try ScratchFolder()
    _ = try Python.run(script, [folder.url.path])
    return folder
  }

  static func form(_ name: String) throws -> Form {
    let folder = try folder.get()
    let data = try ONNX.read(folder.path("\(name).data.onnx"))
    var inputs: [String: Constant] = [:]
    var outputs: [String: Constant] = [:]
    for (label, constant) in data.constants {
      if label.hasPrefix("in.") {
        inputs[String(label.dropFirst(3))] = constant
      } else {
        outputs[String(label.dropFirst(4))] = constant
      }
    }
    let converted = folder.path("\(name).converted.onnx")
    return Form(
      name: name,
      graph: try ONNX.read(folder.path("\(name).onnx")),
      inputs: inputs,
      outputs: outputs,
      converted: FileManager.default.fileExists(atPath: converted)
        ? try ONNX.read(converted) : nil
    )
  }

  private static let script = """
    import sys, numpy as np, onnx, onnxruntime as ort
    from onnx import helper as h, numpy_helper as nh, TensorProto as T, version_converter
    folder = sys.argv[1]
    rng = np.random.default_rng(7)
    def noise(*shape): return rng.standard_normal(shape).astype(np.float32)
    def write(name, opset, node, inputs, constants=(), outputs=1):
        y = [f"y{i}" for i in range(outputs)]
        op, attributes = node
        names = [*inputs, *[n for n, _ in constants]]
        g = h.make_graph([h.make_node(op, names, y, **attributes)], name,
            [h.make_tensor_value_info(n, h.np_dtype_to_tensor_dtype(v.dtype), v.shape) for n, v in inputs.items()],
            [h.make_empty_tensor_value_info(n) for n in y],
            [nh.from_array(v, n) for n, v in constants])
        m = h.make_model(g, opset_imports=[h.make_opsetid("", opset)], ir_version=7)
        m = onnx.shape_inference.infer_shapes(m)
        options = ort.SessionOptions(); options.log_severity_level = 4
        r = ort.InferenceSession(m.SerializeToString(), options).run(None, inputs)
        onnx.save(m, f"{folder}/{name}.onnx")
        data = [nh.from_array(v, "in." + n) for n, v in inputs.items()]
        data += [nh.from_array(np.asarray(v), "out." + n) for n, v in zip(y, r)]
        onnx.save(h.make_model(h.make_graph([], "data", [], [], data), ir_version=7), f"{folder}/{name}.data.onnx")
        if op == "Hardmax": return
        onnx.save(version_converter.convert_version(m, 21), f"{folder}/{name}.converted.onnx")
    i = lambda *v: np.array(v, np.int64)
    x = {"x": noise(2, 3, 4)}
    write("cast7", 7, ("Cast", dict(to=T.INT32)), {"x": noise(5) * 9})
    write("clip7", 7, ("Clip", dict(min=-0.5, max=0.25)), x)
    write("clip7_low", 7, ("Clip", dict(min=-0.5)), x)
    write("cumsum11", 11, ("CumSum", dict(exclusive=1, reverse=1)), x, [("a", i(1))])
    write("dropout7", 7, ("Dropout", dict(ratio=0.3)), x)
    write("dropout10", 10, ("Dropout", dict(ratio=0.3)), x)
    write("gather7", 7, ("Gather", dict(axis=1)), x, [("a", i(2, 0))])
    write("hardmax7", 7, ("Hardmax", {}), {"x": noise(2, 3, 4, 2)})
    write("logsoftmax11", 11, ("LogSoftmax", dict(axis=0)), x)
    write("onehot9", 9, ("OneHot", dict(axis=1)), {"x": i(1, 0, 3)}, [("d", i(4)), ("v", np.array([2, 5], np.float32))])
    write("pad7", 7, ("Pad", dict(pads=[0, 1, 0, 0, 0, 2], value=1.5)), x)
    write("pad7_reflect", 7, ("Pad", dict(pads=[0, 0, 1, 0, 0, 2], mode="reflect")), x)
    write("reducel2_11", 11, ("ReduceL2", dict(axes=[-1], keepdims=0)), x)
    write("reducemax12", 12, ("ReduceMax", dict(axes=[0, 2])), x)
    write("reducemean13", 13, ("ReduceMean", dict(axes=[1])), x)
    write("reducesum11", 11, ("ReduceSum", dict(axes=[0, -1], keepdims=0)), x)
    write("reducesum_all7", 7, ("ReduceSum", {}), x)
    write("reshape7", 7, ("Reshape", {}), x, [("s", i(0, -1, 2))])
    write("scatter9", 9, ("Scatter", dict(axis=1)), {"x": noise(2, 4)}, [("i", np.array([[1, 3], [0, 2]])), ("u", noise(2, 2))])
    write("slice7", 7, ("Slice", dict(starts=[1, -3], ends=[9, -1], axes=[0, 2])), x)
    write("softmax7", 7, ("Softmax", dict(axis=1)), x)
    write("softmax11_last", 11, ("Softmax", dict(axis=2)), x)
    write("split7", 7, ("Split", dict(axis=2, split=[1, 3])), x, outputs=2)
    write("split11_equal", 11, ("Split", dict(axis=2)), x, outputs=2)
    write("squeeze7", 7, ("Squeeze", dict(axes=[0])), {"x": noise(1, 3, 1)})
    write("squeeze11_all", 11, ("Squeeze", {}), {"x": noise(1, 3, 1)})
    write("topk7", 7, ("TopK", dict(k=2, axis=1)), x, outputs=2)
    write("unsqueeze7", 7, ("Unsqueeze", dict(axes=[0, 3])), x)
    """
}
