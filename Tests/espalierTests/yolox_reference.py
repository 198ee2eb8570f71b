"""COCO's AP of a YOLOX file by ONNX Runtime, plain numpy and pycocotools.

usage: yolox_reference.py MODEL ANNOTATIONS IMAGES
"""
import contextlib, io, json, os, sys

import cv2
import numpy as np
import onnxruntime as ort
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

model, annotations, images = sys.argv[1:]
options = ort.SessionOptions()
options.intra_op_num_threads = 2
session = ort.InferenceSession(model, options)
side = session.get_inputs()[0].shape[2]


def suppressed(boxes, scores):
    kept, order = [], np.argsort(-scores, kind="stable")
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[order, :2])
        high = np.minimum(boxes[best, 2:], boxes[order, 2:])
        both = np.maximum(high - low, 0).prod(1)
        area = lambda b: (b[..., 2:] - b[..., :2]).prod(-1)
        order = order[both / (area(boxes[best]) + area(boxes[order]) - both) <= 0.65]
    return kept


with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(annotations)
ids = sorted(truth.getCatIds())
cells = [(x, y, s) for s in (8, 16, 32) for y in range(side // s) for x in range(side // s)]
grid = np.array(cells, float)
results = []
for image in truth.imgs.values():
    picture = cv2.imread(os.path.join(images, image["file_name"]))
    scale = min(side / picture.shape[0], side / picture.shape[1])
    small = cv2.resize(picture, [min(side, round(v * scale)) for v in picture.shape[1::-1]])
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    out = session.run(None, {session.get_inputs()[0].name: canvas.transpose(2, 0, 1)[None].astype(np.float32)})[0][0].astype(float)
    centre, sides = (out[:, :2] + grid[:, :2]) * grid[:, 2:], np.exp(out[:, 2:4]) * grid[:, 2:]
    boxes = np.concatenate([centre - sides / 2, centre + sides / 2], 1) / scale
    scores = out[:, 4:5] * out[:, 5:]
    label, best = scores.argmax(1), scores.max(1)
    for c in range(scores.shape[1]):
        places = np.flatnonzero((label == c) & (best > 0.001))
        for k in suppressed(boxes[places], best[places]):
            x, y, r, b = boxes[places[k]]
            results.append(dict(image_id=image["id"], category_id=ids[c], bbox=[x, y, r - x, b - y], score=float(best[places[k]])))
with contextlib.redirect_stdout(io.StringIO()):
    judged = COCOeval(truth, truth.loadRes(results), "bbox")
    judged.evaluate()
    judged.accumulate()
    judged.summarize()
print(json.dumps([float(judged.stats[0]), float(judged.stats[1])]))
