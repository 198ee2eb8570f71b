"""The peers of `make bench-sensitivity`: YOLOv3-MobileNetV1's 18 head convolutions at nine ratios, forward passes only.

    sensitivity.py draw FOLDER IMAGES SIZE         images.npy and network.npz from FOLDER/yolov3.onnx
    sensitivity.py torch FOLDER FIRST STEP         a plain PyTorch loop over masks, on points FIRST, FIRST + STEP, ...
    sensitivity.py paddle FOLDER FIRST STEP 0|1    PaddleSlim's own loop on convolutions FIRST, FIRST + STEP, ...; 1: oneDNN
    sensitivity.py table FOLDER                    the table of FOLDER/*.jsonl; ends with 1 where figures differ

Every metric is the mean of |outputs| over the images. A peer's time is that of its points, baseline included, times
163 / (points + 1): each point is a whole evaluation there. Processor seconds stand beside the clock's.
"""
import glob
import json
import statistics
import sys
import time

import numpy as np

POINTS = 162
RATIOS = [r / 10 for r in range(1, 10)]


def draw(folder, count, size):
    import onnx
    from onnx import helper, numpy_helper

    graph = onnx.load(f"{folder}/yolov3.onnx").graph
    nodes = []
    for node in graph.node:
        known = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        known = {k: v for k, v in known.items() if isinstance(v, (int, float, list))}
        nodes.append(dict(op=node.op_type, inputs=list(node.input), output=node.output[0], attributes=known))
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    text = json.dumps(dict(nodes=nodes, image=graph.input[0].name, outputs=[o.name for o in graph.output]))
    np.savez(f"{folder}/network.npz", **arrays, network=np.array(text))
    images = np.random.default_rng(0).standard_normal((count, 3, size, size), dtype=np.float32)
    np.save(f"{folder}/images.npy", images)


def read(folder):
    arrays = dict(np.load(f"{folder}/network.npz"))
    network = json.loads(str(arrays.pop("network")))
    head = [n["inputs"][1] for n in network["nodes"] if n["op"] == "Conv" and n["inputs"][1].startswith("yolo_block")]
    assert len(head) == 18, head
    return network, arrays, head


def run(network, layers, image, ops):
    """Executes the network node by node, as a framework's eager mode does."""
    values = {network["image"]: image}
    for index, node in enumerate(network["nodes"]):
        x = values[node["inputs"][0]]
        if node["op"] in ("Conv", "BatchNormalization"):
            y = layers[index](x)
        elif node["op"] == "Concat":
            y = ops["Concat"]([values[i] for i in node["inputs"]])
        else:
            y = ops[node["op"]](x, node["attributes"])
        values[node["output"]] = y
    return [values[o] for o in network["outputs"]]


def line(peer, points, clock, metrics):
    seconds, processor = time.perf_counter() - clock[0], time.process_time() - clock[1]
    print(json.dumps(dict(peer=peer, points=points, seconds=seconds, processor=processor, metrics=metrics)), flush=True)


def with_torch(folder, first, step):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(2)
    network, arrays, head = read(folder)
    weights = {k: torch.from_numpy(v.copy()) for k, v in arrays.items()}
    layers, norms = {}, {}
    for index, node in enumerate(network["nodes"]):
        a, inputs = node["attributes"], node["inputs"]
        if node["op"] == "Conv":
            w = weights[inputs[1]]
            layer = torch.nn.Conv2d(w.shape[1] * a.get("group", 1), w.shape[0], w.shape[2:], a.get("strides", 1),
                                    a.get("pads", [0, 0])[:2], groups=a.get("group", 1), bias=len(inputs) > 2)
            layer.weight.data = w
            if len(inputs) > 2:
                layer.bias.data = weights[inputs[2]]
        elif node["op"] == "BatchNormalization":
            layer = torch.nn.BatchNorm2d(len(weights[inputs[1]]), eps=a.get("epsilon", 1e-5))
            layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var = (weights[i] for i in inputs[1:5])
            norms[inputs[0]] = layer
        else:
            continue
        layers[index] = layer.eval().requires_grad_(False)
    convolutions = {n["inputs"][1]: (layers[i], norms.get(n["output"])) for i, n in enumerate(network["nodes"]) if n["op"] == "Conv"}
    ops = dict(Relu=lambda x, a: torch.relu(x), LeakyRelu=lambda x, a: F.leaky_relu(x, a["alpha"]),
               Resize=lambda x, a: F.interpolate(x, scale_factor=2), Concat=lambda v: torch.cat(v, 1))
    images = torch.from_numpy(np.load(f"{folder}/images.npy"))

    def evaluate(batch):
        sums, count = 0.0, 0
        for part in images.split(batch):
            outputs = run(network, layers, part, ops)
            sums += sum(float(o.abs().sum(dtype=torch.float64)) for o in outputs)
            count += sum(o.numel() for o in outputs)
        return sums / count

    def timed(batch):
        start = time.perf_counter()
        evaluate(batch)
        return time.perf_counter() - start

    with torch.no_grad():
        batch = min([1, len(images)], key=lambda b: min(timed(b), timed(b)))
        points = [(name, ratio) for name in head for ratio in RATIOS][first::step]
        clock = (time.perf_counter(), time.process_time())
        metrics = {"baseline": evaluate(batch)}
        for name, ratio in points:
            layer, norm = convolutions[name]
            saved = layer.weight.data, norm.weight.data, norm.bias.data
            scores = layer.weight.abs().sum((1, 2, 3))
            gone = scores.argsort()[:round(ratio * len(scores))]
            layer.weight.data, norm.weight.data, norm.bias.data = (t.index_fill(0, gone, 0) for t in saved)
            metrics[f"{name} {ratio}"] = evaluate(batch)
            layer.weight.data, norm.weight.data, norm.bias.data = saved
    line(f"PyTorch {torch.__version__.split('+')[0]}, masks, batch {batch}", len(points), clock, metrics)


def with_paddle(folder, first, step, onednn):
    import logging
    # PaddlePaddle's zlib is another than theirs, and the first one loaded serves all.
    import cv2, matplotlib.pyplot, pandas, PIL.Image, scipy  # noqa: E401, F401
    import paddle
    import paddle.nn.functional as F
    from paddleslim.dygraph import L1NormFilterPruner

    logging.disable(logging.WARNING)
    paddle.set_flags({"FLAGS_use_mkldnn": onednn})
    network, arrays, head = read(folder)

    class Network(paddle.nn.Layer):
        def __init__(self):
            super().__init__()
            self.found = {}
            for index, node in enumerate(network["nodes"]):
                a, inputs = node["attributes"], node["inputs"]
                if node["op"] == "Conv":
                    w = arrays[inputs[1]]
                    layer = paddle.nn.Conv2D(
                        w.shape[1] * a.get("group", 1), w.shape[0], list(w.shape[2:]), a.get("strides", 1),
                        a.get("pads", [0, 0])[:2], groups=a.get("group", 1),
                        weight_attr=paddle.ParamAttr(name=inputs[1]), bias_attr=None if len(inputs) > 2 else False)
                    layer.weight.set_value(w)
                    if len(inputs) > 2:
                        layer.bias.set_value(arrays[inputs[2]])
                elif node["op"] == "BatchNormalization":
                    layer = paddle.nn.BatchNorm2D(len(arrays[inputs[1]]), epsilon=a.get("epsilon", 1e-5))
                    for target, name in zip((layer.weight, layer.bias, layer._mean, layer._variance), inputs[1:5]):
                        target.set_value(arrays[name])
                else:
                    continue
                self.found[index] = self.add_sublayer(f"layer{index}", layer)

        def forward(self, image):
            return run(network, self.found, image, dict(
                Relu=lambda x, a: F.relu(x), LeakyRelu=lambda x, a: F.leaky_relu(x, a["alpha"]),
                Resize=lambda x, a: F.interpolate(x, scale_factor=2, mode="nearest"), Concat=lambda v: paddle.concat(v, 1)))

    images = np.load(f"{folder}/images.npy")
    net = Network()
    net.eval()
    names, order = head[first::step], []

    def evaluate():
        sums, count = 0.0, 0
        with paddle.no_grad():
            for image in images:
                for output in net(paddle.to_tensor(image[None])):
                    sums += float(np.abs(output.numpy()).sum(dtype=np.float64))
                    count += output.numpy().size
        order.append(sums / count)
        return sums / count

    evaluate()
    order.clear()
    pruner = L1NormFilterPruner(net, [1, *images.shape[1:]])
    clock = (time.perf_counter(), time.process_time())
    found = pruner.sensitive(eval_func=evaluate, sen_file=f"{folder}/paddle-{time.time_ns()}.pickle", target_vars=names)
    points = [f"{name} {round(float(ratio), 2)}" for name, losses in found.items() for ratio in losses]
    assert len(points) + 1 == len(order) and len(points) == 9 * len(names), (len(points), len(order))
    line(f"PaddleSlim 2.6.0, Paddle {paddle.__version__}, oneDNN {'on' if onednn else 'off'}", len(points), clock,
         dict(zip(["baseline", *points], order)))


def table(folder):
    runs = {}
    for path in sorted(glob.glob(f"{folder}/*.jsonl")):
        for text in open(path):
            entry = json.loads(text)
            runs.setdefault(entry["peer"], []).append(entry)
    ours = runs["Espalier"]
    known = ours[0]["metrics"]
    first = ours[0]
    print(f"{first['images']} images, {POINTS} points and the baseline; multiply-adds executed {first['executed'] / 1e9:.1f} G, "
          f"limit of exact sharing {first['limit'] / 1e9:.1f} G, each cut by itself {first['naive'] / 1e9:.1f} G\n")
    print(f"{'who':52} {'points':>6} {'seconds':>9} {'ratio':>6} {'processor':>10} {'ratio':>6}  worst difference of metrics")
    base, worst = {}, 0.0
    for peer in sorted(runs, key=lambda p: (p != "Espalier", p)):
        points = sum(r["points"] for r in runs[peer])
        shown = []
        for kind in ("seconds", "processor"):
            whole = [r[kind] * (POINTS + 1) / (r["points"] + 1) for r in runs[peer]]
            value = statistics.median(whole)
            base.setdefault(kind, value)
            shown.append(f"{value:9.1f} {value / base[kind]:5.1f}x")
        gap = max((abs(r["metrics"][k] / known[k] - 1) for r in runs[peer] for k in r["metrics"] if k in known), default=0)
        worst = max(worst, gap)
        several = {k: {r["metrics"][k] for r in runs[peer]} for k in runs[peer][0]["metrics"]}
        note = "" if all(r["points"] == POINTS for r in runs[peer]) else ", extrapolated"
        assert all(len(v) == 1 for v in several.values()) or peer != "Espalier"
        print(f"{peer + note:52} {points:6} {shown[0]} {shown[1]:>17}  {gap:.1e}")
    print("\nMedians of runs that took turns. Extrapolated: seconds of the points measured x 163 / (points + 1).")
    sys.exit(worst > 1e-4)


if __name__ == "__main__":
    kind, folder, rest = sys.argv[1], sys.argv[2], [int(a) for a in sys.argv[3:]]
    dict(draw=draw, torch=with_torch, paddle=with_paddle, table=table)[kind](folder, *rest)
