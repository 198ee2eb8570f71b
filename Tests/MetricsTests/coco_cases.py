"""Draws detection problems and prints them with what pycocotools says of them, as JSON."""
import contextlib
import io
import json
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

EDGES = [1024.0, 9216.0, 1023.9999999, 9216.0000001, 0.0, 1e10]


def draw(seed, images, classes, truths, detections, ties=False, crowds=0.15, edges=False, crowded_image=False, twins=False):
    rng = np.random.default_rng(seed)
    rows_t, rows_d = [], []
    for k in range(truths):
        w, h = np.exp(rng.uniform(np.log(4), np.log(300), 2))
        x, y = rng.uniform(-5, 400, 2)
        if edges and k % 3 == 0:
            w, h = [(32, 32), (96, 96), (0, 20), (64, 16), (20, 0)][rng.integers(5)]
        area = float(rng.choice(EDGES)) if edges and k % 4 == 0 else w * h * rng.uniform(0.4, 1)
        image = 0 if crowded_image and rng.random() < 0.5 else int(rng.integers(images * 3 // 4 + 1))
        row = [min(image, images - 1), int(rng.integers(classes)), x, y, w, h, area, int(rng.random() < crowds)]
        rows_t.append([float(v) if 2 <= i <= 6 else int(v) for i, v in enumerate(row)])
    for k in range(detections):
        if rows_t and rng.random() < 0.6:
            t = rows_t[rng.integers(len(rows_t))]
            j = rng.normal(0, 0.15, 4) if rng.random() < 0.8 else np.zeros(4)
            image, cat = t[0], t[1] if rng.random() < 0.9 else int(rng.integers(classes))
            x, y, w, h = t[2] + j[0] * t[4], t[3] + j[1] * t[5], t[4] * np.exp(j[2]), t[5] * np.exp(j[3])
        else:
            image, cat = int(rng.integers(images)), int(rng.integers(classes))
            x, y = rng.uniform(0, 400, 2)
            w, h = [(32, 32), (96, 96), (0, 9)][rng.integers(3)] if edges else np.exp(rng.uniform(1, 6, 2))
        if crowded_image and rng.random() < 0.7:
            image, cat = 0, 0
        score = rng.random()
        rows_d.append([int(image), int(cat), float(x), float(y), float(w), float(h), float(round(score, 1) if ties else score)])
    if twins:
        # A detection half-way between two objects, which takes one of them, and one that only the other could have.
        for k in range(40):
            image, x, side = int(rng.integers(images)), 1000.0 + 100 * k, int(rng.choice([-10, 20]))
            rows_t += [[image, 0, x, 0.0, 40.0, 40.0, 1600.0, 0], [image, 0, x + 10, 0.0, 40.0, 40.0, 1600.0, 0]]
            rows_d += [[image, 0, x + 5, 0.0, 40.0, 40.0, 0.95], [image, 0, x + side, 0.0, 40.0, 40.0, float(rng.random())]]
    return rows_t, rows_d


def score(images, classes, rows_t, rows_d):
    truth = COCO()
    truth.dataset = {
        "images": [{"id": i + 1} for i in range(images)],
        "categories": [{"id": c + 1, "name": str(c)} for c in range(classes)],
        "annotations": [
            {"id": k + 1, "image_id": t[0] + 1, "category_id": t[1] + 1, "bbox": t[2:6], "area": t[6], "iscrowd": t[7]}
            for k, t in enumerate(rows_t)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = truth.loadRes([
            {"image_id": d[0] + 1, "category_id": d[1] + 1, "bbox": d[2:6], "score": d[6]} for d in rows_d
        ])
        run = COCOeval(truth, found, "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision = run.eval["precision"][:, :, :, 0, 2]
    per_class = [float(np.mean(p[p > -1])) if (p > -1).any() else -1.0 for p in np.moveaxis(precision, 2, 0)]
    return [float(v) for v in run.stats], per_class


def sampled(images, rows_t, rows_d, sample):
    """The images of a sample as a set of their own: copies are images that say the same."""
    return (
        [[place] + t[1:] for place, image in enumerate(sample) for t in rows_t if t[0] == image],
        [[place] + d[1:] for place, image in enumerate(sample) for d in rows_d if d[0] == image],
    )


cases = [
    dict(images=12, classes=3, truths=60, detections=200),
    dict(images=12, classes=3, truths=60, detections=200, ties=True),
    dict(images=30, classes=40, truths=150, detections=900, ties=True),
    dict(images=6, classes=2, truths=80, detections=300, edges=True, ties=True),
    dict(images=4, classes=2, truths=60, detections=900, crowded_image=True),
    dict(images=4, classes=2, truths=60, detections=900, crowded_image=True, ties=True, crowds=0.5),
    dict(images=8, classes=2, truths=80, detections=300, twins=True),
    dict(images=10, classes=5, truths=0, detections=40),
    dict(images=10, classes=5, truths=3, detections=1),
    dict(images=150, classes=1, truths=600, detections=5000, ties=True),
]
out = []
for number, case in enumerate(cases * int(sys.argv[1])):
    rows_t, rows_d = draw(1000 + number, **case)
    stats, per_class = score(case["images"], case["classes"], rows_t, rows_d)
    rng = np.random.default_rng(number)
    sample = [] if case.get("ties") else [int(v) for v in rng.integers(case["images"], size=case["images"])]
    expected = []
    if sample:
        t, d = sampled(case["images"], rows_t, rows_d, sample)
        expected = score(len(sample), case["classes"], t, d)[0] if d else []
    out.append(dict(
        images=case["images"], classes=case["classes"], truths=rows_t, detections=rows_d, stats=stats,
        perClass=per_class, sample=sample if expected else [], sampleStats=expected,
    ))
json.dump(out, sys.stdout)
