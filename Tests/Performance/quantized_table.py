"""The table of scripts/quantize-bccd.sh: size, mAP, and the outputs' distance from the first model's in ONNX Runtime.

    python quantized_table.py PICTURES.npy NAME=MODEL.onnx...      beside each model lie its evaluations, MODEL.onnx.RUNTIME.json
"""
import json
import os
import sys

import numpy as np
import onnxruntime


def outputs(path, pictures):
    """By output: what ONNX Runtime makes of all pictures, node by node, so that whole-number kernels of this processor do not count."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    entry = session.get_inputs()[0].name
    made = [session.run(names, {entry: picture[None]}) for picture in pictures]
    return {name: np.concatenate([arrays[index].ravel() for arrays in made]) for index, name in enumerate(names)}


def figure(path, runtime):
    with open(f"{path}.{runtime}.json") as file:
        return 100 * json.load(file)["sizes"][0]["value"]


pictures = np.load(sys.argv[1], mmap_mode="r")
models = [argument.rsplit("=", 1) for argument in sys.argv[2:]]
wanted = outputs(models[0][1], pictures)
print(f"{'':22} {'size':>10} {'mAP':>7} {'':>7} {'in ORT':>7}   |q - f| / |f| of outputs on {len(pictures)} test pictures")
first = None
for name, path in models:
    ours, theirs = figure(path, "espalier"), figure(path, "onnxruntime")
    first = ours if first is None else first
    line = f"{name:22} {os.path.getsize(path) / 1024:6.0f} KiB {ours:7.2f} {ours - first:+7.2f} {theirs:7.2f}"
    # What was cut or trained on is meant to make something else.
    if name != models[0][0] and "aware" not in name and "r578" not in name:
        found = outputs(path, pictures)
        apart = [np.linalg.norm(found[key] - wanted[key]) / np.linalg.norm(wanted[key]) for key in wanted]
        line += "  " + "".join(f"{value:9.4f}" for value in apart)
    print(line)
