"""Detectors' outputs drawn from a seed, and the boxes that they stand for, in plain numpy from each head's definition.

usage: head_reference.py CASE SEED, or `cases` for the names. Prints JSON.
"""
import json, sys

import numpy as np

COCO_SIZES = [(150, 100), (64, 96)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def corners(cxcywh):
    c, s = cxcywh[..., :2], cxcywh[..., 2:]
    return np.concatenate([c - s / 2, c + s / 2], -1)


def grid(size, strides, anchors=1):
    """x, y and stride of every cell, each as often as it has anchors."""
    rows = []
    for s in strides:
        for y in range(-(-size[1] // s)):
            for x in range(-(-size[0] // s)):
                rows += [(x, y, s)] * anchors
    return np.array(rows, float)


def overlap(a, b):
    w = np.maximum(0, np.minimum(a[2], b[:, 2]) - np.maximum(a[0], b[:, 0]))
    h = np.maximum(0, np.minimum(a[3], b[:, 3]) - np.maximum(a[1], b[:, 1]))
    area = lambda q: np.maximum(0, q[..., 2] - q[..., 0]) * np.maximum(0, q[..., 3] - q[..., 1])
    return w * h / np.maximum(area(a) + area(b) - w * h, 1e-12)


def chosen(boxes, scores, case):
    """Boxes of an image after suppression: class, corners, score."""
    found = []
    if not case.get("multi", True):
        scores = np.where(scores == scores.max(1, keepdims=True), scores, 0)
    for label in range(scores.shape[1]):
        places = np.flatnonzero(scores[:, label] > case["conf"])
        places = places[np.argsort(-scores[places, label], kind="stable")]
        while len(places):
            best, places = places[0], places[1:]
            found.append((label, boxes[best], scores[best, label]))
            if case.get("iou"):
                places = places[overlap(boxes[best], boxes[places]) <= case["iou"]]
    found.sort(key=lambda f: -f[2])
    return found[: case["kept"]]


def in_picture(box, picture, size, fit):
    w, h = picture
    if fit == "stretch":
        return box * np.array([w / size[0], h / size[1]] * 2)
    scale = min(size[0] / w, size[1] / h)
    across, down = (min(m, max(1, round(v * scale))) for v, m in ((w, size[0]), (h, size[1])))
    left, top = (round((size[0] - across) / 2 - 0.1), round((size[1] - down) / 2 - 0.1))
    if fit == "letterbox_corner":
        left = top = 0
    return (box - np.array([left, top] * 2)) / scale


IMAGENET = dict(divisor=255, mean=[0.485, 0.456, 0.406], deviation=[0.229, 0.224, 0.225], order="rgb")
UNIT = dict(divisor=255, mean=[0, 0, 0], deviation=[1, 1, 1], order="rgb")
BYTES_BGR = dict(divisor=1, mean=[0, 0, 0], deviation=[1, 1, 1], order="bgr")
HALF = lambda m: dict(divisor=1, mean=[m] * 3, deviation=[128] * 3, order="rgb")


def drawn(rng, shape, low=-4, high=2):
    return rng.uniform(low, high, shape).astype(np.float32)


def boxes_in(rng, n, size, images=2):
    """Centre boxes in pixels."""
    c = rng.uniform(0, 1, (images, n, 2)) * size
    s = rng.uniform(0.05, 0.6, (images, n, 2)) * size
    return np.concatenate([c, s], -1).astype(np.float32)


def onehot(labels, scores, classes):
    table = np.zeros((len(labels), classes))
    for row, (label, score) in enumerate(zip(labels, scores)):
        if 0 <= label < classes:
            table[row, label] = score
    return table


def yolov8(rng):
    size = (96, 64)
    n = len(grid(size, [8, 16, 32]))
    b, s = boxes_in(rng, n, size), sigmoid(drawn(rng, (2, n, 3)))
    out = np.concatenate([b, s], -1).transpose(0, 2, 1)
    return dict(head="yolov8", size=size, outputs={"output0": out}, tails={"output0": ["product", "sigmoid"]}, boxes=corners(b), scores=s, prep=UNIT, fit="letterbox", conf=0.001, iou=0.7, kept=300)


def yolov10(rng):
    b = corners(boxes_in(rng, 20, (96, 64)))
    s, l = rng.uniform(0, 1, (2, 20)), rng.integers(0, 3, (2, 20))
    out = np.concatenate([b, s[..., None], l[..., None]], -1)
    scores = [onehot(l[i], s[i], 3) for i in range(2)]
    return dict(head="yolov10", size=(96, 64), outputs={"output0": out}, tails={"output0": ["ranking", "product", "sigmoid"]}, boxes=b, scores=scores, prep=UNIT, fit="letterbox", conf=0.001, kept=300)


def yolov5(rng, each=3):
    size = (96, 64)
    n = len(grid(size, [8, 16, 32])) * each
    b, s = boxes_in(rng, n, size), sigmoid(drawn(rng, (2, n, 4)))
    if each == 1:
        s[..., 0] = 1
    out = np.concatenate([b, s], -1)
    return dict(head="yolov5", size=size, outputs={"output": out}, tails={"output": ["product", "sigmoid"]}, boxes=corners(b), scores=s[..., :1] * s[..., 1:], prep=UNIT, fit="letterbox", conf=0.001, iou=0.6, kept=300)


def yolox(rng, decoded=False):
    size = (96, 64)
    g = grid(size, [8, 16, 32])
    raw, s = drawn(rng, (2, len(g), 4), -1, 2), sigmoid(drawn(rng, (2, len(g), 4)))
    b = np.concatenate([(raw[..., :2] + g[:, :2]) * g[:, 2:], np.exp(raw[..., 2:]) * g[:, 2:]], -1)
    out = np.concatenate([b if decoded else raw, s], -1)
    tails = ["sigmoid"] + (["exponential", "product"] if decoded else [])
    return dict(head="yolox", size=size, outputs={"output": out}, tails={"output": tails}, boxes=corners(b), scores=s[..., :1] * s[..., 1:], multi=False, prep=BYTES_BGR, fit="letterbox_corner", conf=0.001, iou=0.65, kept=300)


def detr(rng, kind="softmax"):
    size, n = (96, 64), 30
    b = boxes_in(rng, n, (1, 1))
    logits = drawn(rng, (2, n, 4))
    pixels = corners(b) * np.array(size * 2)
    case = dict(head="detr", size=size, outputs={"logits": logits, "boxes": b}, boxes=pixels, prep=IMAGENET, fit="stretch", conf=0.001, kept=300)
    if kind == "softmax":
        p = softmax(logits.astype(float))[..., :-1]
        return case | dict(scores=np.where(p == p.max(-1, keepdims=True), p, 0), tails={"boxes": ["sigmoid"]})
    case |= dict(scores=sigmoid(logits.astype(float)), tails={"boxes": ["sigmoid", "logarithm", "ranking"]}, prep=UNIT)
    if kind == "coco":
        logits = drawn(rng, (2, n, 92))
        p = softmax(logits.astype(float))[..., :-1]
        return case | dict(outputs={"pred_logits": logits, "pred_boxes": b}, scores=np.where(p == p.max(-1, keepdims=True), p, 0), tails={"pred_boxes": ["sigmoid"]}, prep=IMAGENET)
    tails = {"output0": ["sigmoid", "logarithm", "ranking"]}
    if kind == "joined":
        s = sigmoid(drawn(rng, (2, n, 2)))
        names = "{0: 'a', 1: 'b'}"
        return case | dict(outputs={"output0": np.concatenate([b, s], -1)}, scores=s, tails=tails, metadata={"names": names})
    if kind == "ranked":
        s, l = rng.uniform(0, 1, (2, n)), rng.integers(0, 2, (2, n))
        out = np.concatenate([b, s[..., None], l[..., None]], -1)
        return case | dict(outputs={"output0": out}, scores=[onehot(l[i], s[i], 2) for i in range(2)], tails={"output0": tails["output0"] + ["remainder"]}, metadata={"names": "{0: 'a', 1: 'b'}"})
    return case


def triples(rng, kind="torchvision"):
    size, n = (96, 64), 25
    images = 1 if kind == "torchvision" else 2
    b = corners(boxes_in(rng, n, size, images))
    s, l = rng.uniform(0, 1, (images, n)).astype(np.float32), rng.integers(0, 3, (images, n))
    scores = [onehot(l[i], s[i], 3) for i in range(images)]
    case = dict(head="triples", size=size, boxes=b, prep=UNIT, fit="stretch", conf=0.001, kept=300)
    if kind == "torchvision":
        return case | dict(outputs={"1456": b[0], "1458": s[0], "1457": l[0] + 1}, scores=scores)
    if kind == "rtdetr":
        inputs = {"images": [2, 3, 64, 96], "orig_target_sizes": [2, 2]}
        wanted = {"orig_target_sizes": [96, 64, 96, 64]}
        return case | dict(outputs={"labels": l, "boxes": b, "scores": s}, scores=scores, inputs=inputs, companions=wanted)
    if kind == "tensorflow":
        shares = b[..., [1, 0, 3, 2]] / np.array([64, 96, 64, 96])
        counts = np.array([20, 25])
        for i in range(2):
            scores[i][counts[i] :] = 0
        outputs = {"detection_boxes": shares, "detection_classes": (l + 1).astype(np.float32), "detection_scores": s, "num_detections": counts.astype(np.float32)}
        return case | dict(outputs=outputs, scores=scores)
    if kind == "mmdeploy":
        return case | dict(outputs={"dets": np.concatenate([b, s[..., None]], -1), "labels": l}, scores=scores)
    counts = np.array([[9], [25]])
    for i in range(2):
        scores[i][counts[i, 0] :] = 0
    return case | dict(outputs={"num_dets": counts, "det_boxes": b, "det_scores": s, "det_classes": l}, scores=scores, fit="letterbox")


def nms(rng, kind="paddle"):
    size, counts = (96, 64), [12, 17]
    n = sum(counts)
    b = corners(boxes_in(rng, n, size, 1))[0]
    s, l = rng.uniform(0, 1, n), rng.integers(0, 3, n)
    case = dict(head="nms", size=size, boxes=[b[:12], b[12:]], scores=[onehot(l[:12], s[:12], 3), onehot(l[12:], s[12:], 3)], conf=0.001, kept=300)
    if kind == "paddle":
        out = np.concatenate([l[:, None], s[:, None], b], -1)
        inputs = {"image": [2, 3, 64, 96], "im_shape": [2, 2], "scale_factor": [2, 2]}
        return case | dict(outputs={"rows": out, "counts": np.array(counts)}, inputs=inputs, companions={"im_shape": [64, 96, 64, 96], "scale_factor": [1, 1, 1, 1]}, prep=IMAGENET, fit="stretch")
    images = np.repeat([0, 1], counts)
    out = np.concatenate([images[:, None], b, l[:, None], s[:, None]], -1)
    return case | dict(outputs={"output": out}, tails={"output": ["suppression"]}, prep=UNIT, fit="letterbox")


def gfl(rng, kind="plus"):
    size = (128, 64)
    strides = [8, 16, 32] if kind == "nanodet" else [8, 16, 32, 64]
    offset = 0 if kind == "plus" else 0.5
    g = grid(size, strides)
    logits, dist = drawn(rng, (2, len(g), 3)), drawn(rng, (2, len(g), 32), -3, 3)
    d = (softmax(dist.astype(float).reshape(2, -1, 4, 8)) * np.arange(8)).sum(-1) * g[:, 2:]
    c = (g[:, :2] + offset) * g[:, 2:]
    b = np.concatenate([c - d[..., :2], c + d[..., 2:]], -1)
    s = sigmoid(logits.astype(float))
    bgr = dict(divisor=1, mean=[123.675, 116.28, 103.53], deviation=[58.395, 57.12, 57.375], order="bgr")
    case = dict(head="gfl", size=size, boxes=b, scores=s, prep=bgr, fit="stretch", conf=0.001, iou=0.6, kept=300)
    if kind in ("plus", "nanodet"):
        first = s.astype(np.float32) if kind == "plus" else logits
        tails = ["sigmoid"] if kind == "plus" else ["parting"]
        return case | dict(outputs={"output": np.concatenate([first, dist], -1)}, tails={"output": tails})
    case["prep"] = IMAGENET
    if kind == "decoded":
        s32 = s.astype(np.float32).transpose(0, 2, 1)
        return case | dict(outputs={"tmp_16": b.astype(np.float32), "concat_4": s32}, tails={"tmp_16": ["product"], "concat_4": ["sigmoid"]})
    outputs, tails, start = {}, {}, 0
    for place, stride in enumerate(strides):
        count = len(grid(size, [stride]))
        outputs[f"sigmoid_{place}.tmp_0"] = s[:, start : start + count].astype(np.float32)
        outputs[f"linear_{place}"] = dist[:, start : start + count]
        tails[f"sigmoid_{place}.tmp_0"] = ["sigmoid"]
        start += count
    return case | dict(outputs=outputs, tails=tails)


def beside(priors, code):
    c = priors[:, :2] + 0.1 * code[..., :2] * priors[:, 2:]
    return corners(np.concatenate([c, np.exp(0.2 * code[..., 2:]) * priors[:, 2:]], -1))


def squares(size, strides, sides):
    rows = []
    for stride, each in zip(strides, sides):
        for x, y, s in grid(size, [stride]):
            rows += [((x + 0.5) * s / size[0], (y + 0.5) * s / size[1], v / size[0], v / size[1]) for v in each]
    return np.array(rows)


def ssd300():
    rows = []
    for cells, step, low, high, ratios in [(38, 8, 30, 60, [2]), (19, 16, 60, 111, [2, 3]), (10, 32, 111, 162, [2, 3]), (5, 64, 162, 213, [2, 3]), (3, 100, 213, 264, [2]), (1, 300, 264, 315, [2])]:
        for y in range(cells):
            for x in range(cells):
                c = [(x + 0.5) * step / 300, (y + 0.5) * step / 300]
                mid = np.sqrt(low * high)
                sides = [(low, low), (mid, mid)]
                for r in ratios:
                    sides += [(low * np.sqrt(r), low / np.sqrt(r)), (low / np.sqrt(r), low * np.sqrt(r))]
                rows += [c + [w / 300, h / 300] for w, h in sides]
    return np.clip(np.array(rows), 0, 1)


def ssd(rng, kind="priors"):
    if kind == "priors":
        size, priors = (300, 300), ssd300()
        n = len(priors)
        # Few score enough to be looked at.
        logits = drawn(rng, (1, n, 3), -1, 1)
        logits[..., 0] += np.where(rng.uniform(0, 1, (1, n)) < 0.98, 9, 0)
        code = drawn(rng, (1, n, 4), -2, 2)
        b, s = beside(priors, code.astype(float)) * np.array(size * 2), softmax(logits.astype(float))[..., 1:]
        outputs, tails = {"plabel": logits, "ploc": code}, {}
    else:
        size, n = (96, 64), 40
        b = corners(boxes_in(rng, n, (1, 1)))
        p = softmax(drawn(rng, (2, n, 3)).astype(float)).astype(np.float32)
        outputs, tails = {"scores": p, "boxes": b}, {"scores": ["softmax"], "boxes": ["exponential", "product"]}
        b, s = b * np.array(size * 2), p[..., 1:]
    return dict(head="ssd", size=size, outputs=outputs, tails=tails, boxes=b, scores=s, prep=HALF(127), fit="stretch", conf=0.01, iou=0.45, kept=200)


def ultraface(rng, decoded=False):
    size = (96, 64)
    priors = np.clip(squares(size, [8, 16, 32, 64], [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]]), 0, 1)
    code, p = drawn(rng, (2, len(priors), 4), -2, 2), softmax(drawn(rng, (2, len(priors), 2)).astype(float)).astype(np.float32)
    b = beside(priors, code.astype(float))
    tails = {"scores": ["softmax"], "boxes": ["exponential"] if decoded else []}
    return dict(head="ultraface", size=size, outputs={"scores": p, "boxes": b if decoded else code}, tails=tails, boxes=b * np.array(size * 2), scores=p[..., 1:], prep=HALF(127), fit="stretch", conf=0.01, iou=0.5, kept=750)


def retinaface(rng):
    size = (96, 64)
    priors = squares(size, [8, 16, 32], [[16, 32], [64, 128], [256, 512]])
    code, logits = drawn(rng, (2, len(priors), 4), -2, 2), drawn(rng, (2, len(priors), 2))
    outputs = {"loc": code, "conf": logits, "landms": drawn(rng, (2, len(priors), 10))}
    prep = dict(divisor=1, mean=[123, 117, 104], deviation=[1, 1, 1], order="bgr")
    b = beside(priors, code.astype(float)) * np.array(size * 2)
    return dict(head="retinaface", size=size, outputs=outputs, boxes=b, scores=softmax(logits.astype(float))[..., 1:], prep=prep, fit="letterbox_corner", conf=0.01, iou=0.4, kept=750)


def yunet(rng):
    size, outputs, boxes, scores = (96, 64), {}, [], []
    for stride in (8, 16, 32):
        g = grid(size, [stride])
        cls, obj = sigmoid(drawn(rng, (2, len(g), 1))), sigmoid(drawn(rng, (2, len(g), 1)))
        raw = drawn(rng, (2, len(g), 4), -1, 1.5)
        outputs |= {f"cls_{stride}": cls, f"obj_{stride}": obj, f"bbox_{stride}": raw, f"kps_{stride}": drawn(rng, (2, len(g), 10))}
        c = (g[:, :2] + raw[..., :2]) * stride
        boxes.append(corners(np.concatenate([c, np.exp(raw[..., 2:].astype(float)) * stride], -1)))
        scores.append(np.sqrt(cls * obj))
    return dict(head="yunet", size=size, outputs=outputs, boxes=np.concatenate(boxes, 1), scores=np.concatenate(scores, 1), prep=BYTES_BGR, fit="letterbox", conf=0.01, iou=0.45, kept=750)


def scrfd(rng, flat=True):
    size, outputs, boxes, scores = (96, 64), {}, [], []
    for kind, columns in (("score", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            g = grid(size, [stride], 2)
            values = drawn(rng, (1, len(g), columns), 0, 3) if columns > 1 else sigmoid(drawn(rng, (1, len(g), 1)))
            outputs[f"{kind}_{stride}"] = values[0] if flat else values
            if columns == 1:
                scores.append(values)
            if columns == 4:
                c = g[:, :2] * stride
                boxes.append(np.concatenate([c - values[..., :2] * stride, c + values[..., 2:] * stride], -1))
    tails = {f"score_{s}": ["sigmoid"] for s in (8, 16, 32)}
    return dict(head="scrfd", size=size, outputs=outputs, tails=tails, boxes=np.concatenate(boxes, 1), scores=np.concatenate(scores, 1), prep=HALF(127.5), fit="letterbox_corner", conf=0.01, iou=0.4, kept=750)


def blazeface(rng, chosen=False):
    size = (128, 128)
    case = dict(head="blazeface", size=size, prep=UNIT, fit="letterbox", conf=0.01, iou=0.3, kept=750)
    if chosen:
        b = corners(boxes_in(rng, 9, (1, 1), 1))
        s = rng.uniform(0, 1, (1, 9, 1)).astype(np.float32)
        out = np.concatenate([b[..., [1, 0, 3, 2]], drawn(rng, (1, 9, 12)), s], -1)[0]
        inputs = {"input": [1, 3, 128, 128], "max_output_boxes": [], "iou_threshold": [], "score_threshold": []}
        return case | dict(outputs={"detections": out}, boxes=b * 128, scores=s, inputs=inputs)
    points = np.concatenate([(grid((16, 16), [1], 2)[:, :2] + 0.5) / 16, (grid((8, 8), [1], 6)[:, :2] + 0.5) / 8])
    raw, logits = drawn(rng, (2, 896, 16), -20, 30), drawn(rng, (2, 896, 1), -9, 3)
    raw[..., 2:4] = np.abs(raw[..., 2:4])
    b = np.concatenate([points * 128 + raw[..., :2], raw[..., 2:4]], -1)
    return case | dict(outputs={"raw_boxes": raw, "raw_scores": logits}, boxes=corners(b), scores=sigmoid(logits.astype(float)))


CASES = {
    "yolov8": yolov8,
    "yolov10": yolov10,
    "yolov5": yolov5,
    "yolov6": lambda r: yolov5(r, 1),
    "yolox": yolox,
    "yolox decoded": lambda r: yolox(r, True),
    "detr": detr,
    "detr of COCO": lambda r: detr(r, "coco"),
    "rtdetr": lambda r: detr(r, "sigmoid"),
    "rtdetr joined": lambda r: detr(r, "joined"),
    "rtdetr ranked": lambda r: detr(r, "ranked"),
    "torchvision": triples,
    "rtdetr with sizes": lambda r: triples(r, "rtdetr"),
    "tensorflow": lambda r: triples(r, "tensorflow"),
    "efficient nms": lambda r: triples(r, "efficient"),
    "mmdeploy": lambda r: triples(r, "mmdeploy"),
    "paddle": nms,
    "yolov7 with nms": lambda r: nms(r, "numbered"),
    "nanodet plus": gfl,
    "nanodet": lambda r: gfl(r, "nanodet"),
    "picodet": lambda r: gfl(r, "picodet"),
    "picodet decoded": lambda r: gfl(r, "decoded"),
    "ssd beside priors": ssd,
    "ssd": lambda r: ssd(r, "decoded"),
    "ultraface": lambda r: ultraface(r, True),
    "ultraface raw": ultraface,
    "retinaface": retinaface,
    "yunet": yunet,
    "scrfd": scrfd,
    "scrfd with images": lambda r: scrfd(r, False),
    "blazeface": blazeface,
    "blazeface chosen": lambda r: blazeface(r, True),
}


def listed(case):
    size, images = case["size"], len(case["boxes"])
    case["image_count"] = images
    case.setdefault("inputs", {"images": [images, 3, size[1], size[0]]})
    found = []
    for image in range(images):
        rows = chosen(np.asarray(case["boxes"][image], float), np.asarray(case["scores"][image], float), case)
        found.append([[float(l), *in_picture(b, COCO_SIZES[image], size, case["fit"]).tolist(), float(s)] for l, b, s in rows])
    outputs = [
        dict(name=n, shape=list(v.shape), values=np.asarray(v, np.float32).ravel().tolist(), whole=bool(np.issubdtype(v.dtype, np.integer)))
        for n, v in case["outputs"].items()
    ]
    keys = ("head", "inputs", "prep", "fit", "image_count")
    return {k: case[k] for k in keys} | dict(
        size=list(size), outputs=outputs, found=found, sizes=[list(s) for s in COCO_SIZES[:images]], tails=case.get("tails", {}), metadata=case.get("metadata", {}), companions=case.get("companions", {})
    )


if sys.argv[1] == "cases":
    print(json.dumps(list(CASES)))
else:
    print(json.dumps(listed(CASES[sys.argv[1]](np.random.default_rng(int(sys.argv[2]))))))
