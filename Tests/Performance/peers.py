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


import onnx

timed("import 200 MB ONNX", "onnx.load", lambda: onnx.load(large))


try:
    import torch
    import torch_pruning as tp

    from network import build

    torch.set_num_threads(2)
    network = build(yolo)
    example = torch.randn(1, 3, 416, 416)
    names = {"0": 0.5, "1": 0.7, "2": 0.8}

    def prune():
        """Reads the file, finds groups, cuts by r578, writes the file: what `espalier prune` does."""
        model = build(yolo)
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
