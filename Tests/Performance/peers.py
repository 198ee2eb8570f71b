"""Times what a user would otherwise use, for `make bench`.

Input: a folder with yolov3.onnx (YOLOv3-MobileNetV1, COCO, 416) and large.onnx (about 200 MB), both written by
espalier; runs; and the start of a job's name, to time only that. Output: one JSON object a line, {"job", "peer",
"seconds": [...]}; a peer that cannot run gives "skipped".
"""
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "2")

folder, runs = sys.argv[1], int(sys.argv[2])
wanted = sys.argv[3] if len(sys.argv) > 3 else ""
yolo, large = os.path.join(folder, "yolov3.onnx"), os.path.join(folder, "large.onnx")


def timed(job, peer, action, repeats=runs, warm=1):
    """Prints the seconds of `repeats` calls of `action` after `warm` untimed ones."""
    if not job.startswith(wanted):
        return
    try:
        for _ in range(warm):
            action()
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"job": job, "peer": peer, "seconds": seconds}), flush=True)
    except Exception as error:  # a peer that fails is reported, and the others still run
        print(json.dumps({"job": job, "peer": peer, "skipped": f"{type(error).__name__}: {error}"[:200]}), flush=True)


import numpy as np
import onnx
from onnx import numpy_helper

timed("import 200 MB ONNX", "onnx.load", lambda: onnx.load(large))


def build_torch():
    """The same network as a torch module, read node by node from the file, so that weights and shapes agree."""
    import torch

    graph = onnx.load(yolo).graph
    weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.steps, self.layers = [], torch.nn.ModuleDict()
            for index, node in enumerate(graph.node):
                attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
                key = f"l{index}"
                if node.op_type == "Conv":
                    w = weights[node.input[1]]
                    group = attributes.get("group", 1)
                    pads = attributes.get("pads", [0, 0, 0, 0])
                    layer = torch.nn.Conv2d(
                        w.shape[1] * group, w.shape[0], tuple(w.shape[2:]), tuple(attributes.get("strides", [1, 1])),
                        tuple(pads[:2]), groups=group, bias=len(node.input) > 2)
                    layer.weight.data = w
                    if len(node.input) > 2:
                        layer.bias.data = weights[node.input[2]]
                    self.layers[key] = layer
                elif node.op_type == "BatchNormalization":
                    scale, offset, mean, var = (weights[n] for n in node.input[1:5])
                    layer = torch.nn.BatchNorm2d(len(scale), eps=attributes.get("epsilon", 1e-5))
                    layer.weight.data, layer.bias.data = scale, offset
                    layer.running_mean, layer.running_var = mean, var
                    self.layers[key] = layer
                self.steps.append((node.op_type, key, list(node.input), node.output[0], attributes))

        def forward(self, image):
            values = {graph.input[0].name: image}
            for op, key, inputs, output, attributes in self.steps:
                x = values[inputs[0]]
                if op in ("Conv", "BatchNormalization"):
                    y = self.layers[key](x)
                elif op == "Relu":
                    y = torch.relu(x)
                elif op == "LeakyRelu":
                    y = torch.nn.functional.leaky_relu(x, attributes.get("alpha", 0.01))
                elif op in ("Resize", "Upsample"):
                    y = torch.nn.functional.interpolate(x, scale_factor=2, mode="nearest")
                elif op == "Concat":
                    y = torch.cat([values[i] for i in inputs], 1)
                else:
                    raise ValueError(f"no torch layer for {op}")
                values[output] = y
            return [values[o.name] for o in graph.output]

    return Network().eval()


image = np.random.default_rng(0).standard_normal((1, 3, 416, 416), dtype=np.float32)
result = {}

try:
    import torch

    torch.set_num_threads(2)
    network, x = build_torch(), torch.from_numpy(image)
    with torch.no_grad():
        result["torch"] = [o.numpy() for o in network(x)]
        timed("forward at 416", f"PyTorch eager {torch.__version__}", lambda: network(x), warm=3)
except Exception as error:
    print(json.dumps({"job": "forward at 416", "peer": "PyTorch eager", "skipped": str(error)[:200]}))

try:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(yolo, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: image}
    result["onnxruntime"] = session.run(None, feed)
    timed("forward at 416", f"ONNX Runtime {onnxruntime.__version__}", lambda: session.run(None, feed), warm=3)
except Exception as error:
    print(json.dumps({"job": "forward at 416", "peer": "ONNX Runtime", "skipped": str(error)[:200]}))

try:
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(yolo, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 2})
    request = compiled.create_infer_request()
    request.infer([image])
    timed("forward at 416", "OpenVINO f32", lambda: request.infer([image]), warm=3)
except Exception as error:
    print(json.dumps({"job": "forward at 416", "peer": "OpenVINO f32", "skipped": str(error)[:200]}))

if "torch" in result and "onnxruntime" in result:
    worst = max(float(np.abs(a - b).max()) for a, b in zip(result["torch"], result["onnxruntime"]))
    print(json.dumps({"job": "forward at 416", "peer": "check: eager against ONNX Runtime", "difference": worst}))

try:
    import copy

    import torch_pruning as tp

    network = build_torch()
    example = torch.from_numpy(image)
    names = {"0": 0.5, "1": 0.7, "2": 0.8}

    def prune():
        """Reads the file, finds groups, cuts by r578, writes the file: what `espalier prune` does."""
        model = build_torch()
        ratios, kept = {}, []
        convolutions = [n for n in onnx.load(yolo, load_external_data=False).graph.node if n.op_type == "Conv"]
        by_weight = {}
        for op, key, inputs, _, _ in model.steps:
            if op == "Conv":
                by_weight[inputs[1]] = model.layers[key]
        for node in convolutions:
            layer = by_weight[node.input[1]]
            if node.input[1].startswith("yolo_block."):
                ratios[layer] = names[node.input[1].split(".")[1]]
            else:
                kept.append(layer)
        pruner = tp.pruner.BasePruner(
            model, example, importance=tp.importance.GroupMagnitudeImportance(p=1),
            pruning_ratio_dict=ratios, ignored_layers=kept, pruning_ratio=0.0)
        pruner.step()
        torch.save(model.state_dict(), os.path.join(folder, "peer.pth"))

    timed("groups and r578 cut, file to file", f"Torch-Pruning {tp.__version__}", prune)
    timed("count FLOPs of 98 MB", "Torch-Pruning counter (warm module)",
          lambda: tp.utils.count_ops_and_params(network, example))
except Exception as error:
    print(json.dumps({"job": "groups and r578 cut, file to file", "peer": "Torch-Pruning", "skipped": str(error)[:200]}))

timed("count FLOPs of 98 MB", "onnx.load + shape inference",
      lambda: onnx.shape_inference.infer_shapes(onnx.load(yolo)))
