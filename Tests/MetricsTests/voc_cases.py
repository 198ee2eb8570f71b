"""Draws detection problems and prints them with Pascal VOC's figures, worked out step by step from the protocol."""
import json
import sys

import numpy as np


def overlap(a, b):
    ax2, ay2, bx2, by2 = a[0] + a[2], a[1] + a[3], b[0] + b[2], b[1] + b[3]
    if a[0] >= bx2 or ax2 <= b[0] or a[1] >= by2 or ay2 <= b[1]:
        return 0.0
    inter = (min(ax2, bx2) - max(a[0], b[0]) + 1) * (min(ay2, by2) - max(a[1], b[1]) + 1)
    return inter / ((a[2] + 1) * (a[3] + 1) + (b[2] + 1) * (b[3] + 1) - inter)


def curve(truths, detections, threshold):
    """Precision and recall of one class: an image's detections best first, then all of them by score."""
    asked = sum(1 for t in truths if not t[6])
    marks = []
    for image in sorted({d[0] for d in detections}):
        here = [t for t in truths if t[0] == image]
        used = [False] * len(here)
        mine = [d for d in detections if d[0] == image]
        for d in sorted(mine, key=lambda d: -d[6]):
            overlaps = [overlap(d[2:6], t[2:6]) for t in here]
            best = int(np.argmax(overlaps)) if overlaps else -1
            if best < 0 or not overlaps[best] > threshold:
                marks.append((d[6], 0))
            elif not here[best][6]:
                marks.append((d[6], 0 if used[best] else 1))
                used[best] = True
    marks.sort(key=lambda m: m[0], reverse=True)
    hits = np.array([m[1] for m in marks], dtype=float)
    right, count = np.cumsum(hits), np.arange(1, len(hits) + 1)
    return asked, right / np.maximum(count, 1), right / max(asked, 1)


def eleven_point(precision, recall):
    return sum(max([0.0] + [p for p, r in zip(precision, recall) if r >= j / 10]) for j in range(11)) / 11


def integral(precision, recall):
    total, last = 0.0, 0.0
    for p, r in zip(precision, recall):
        if abs(r - last) > 1e-6:
            total, last = total + p * abs(r - last), r
    return total


def every_point(precision, recall):
    recall = np.concatenate([[0.0], recall, [1.0]])
    precision = np.concatenate([[0.0], precision, [0.0]])
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.where(recall[1:] != recall[:-1])[0]
    return float(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))


MODES = {"11point": eleven_point, "integral": integral, "every_point": every_point}


def score(classes, truths, detections, threshold):
    result = {}
    for name, rule in MODES.items():
        per_class = []
        for c in range(classes):
            asked, precision, recall = curve(
                [t for t in truths if t[1] == c], [d for d in detections if d[1] == c], threshold)
            per_class.append(float(rule(precision, recall)) if asked else None)
        known = [v for v in per_class if v is not None]
        result[name] = dict(perClass=per_class, mean=sum(known) / len(known) if known else None)
    return result


out = []
for number in range(int(sys.argv[1])):
    rng = np.random.default_rng(number)
    images, classes = int(rng.integers(2, 15)), int(rng.integers(1, 6))
    truths, detections = [], []
    for _ in range(int(rng.integers(0, 70))):
        x, y, w, h = [int(v) for v in rng.integers(1, 90, 4)]
        truths.append([int(rng.integers(images)), int(rng.integers(classes)), x, y, w, h, int(rng.random() < 0.2)])
    for _ in range(int(rng.integers(1, 250))):
        if truths and rng.random() < 0.7:
            t = truths[rng.integers(len(truths))]
            j = [int(v) for v in rng.integers(-9, 10, 4)]
            box = [t[2] + j[0], t[3] + j[1], max(0, t[4] + j[2]), max(0, t[5] + j[3])]
            row = [t[0], t[1]] + box
        else:
            row = [int(rng.integers(images)), int(rng.integers(classes))] + [int(v) for v in rng.integers(0, 90, 4)]
        detections.append(row + [float(round(rng.random(), 2))])
    sample = [int(v) for v in rng.integers(images, size=images)]
    order = sorted(sample)
    t = [[place] + t[1:] for place, image in enumerate(order) for t in truths if t[0] == image]
    # Without ties, so that copies of an image cannot change places with others.
    apart = [d[:6] + [d[6] + k * 1e-6] for k, d in enumerate(detections)]
    d = [[place] + d[1:] for place, image in enumerate(order) for d in apart if d[0] == image]
    threshold = [0.5, 0.3, 0.75][number % 3]
    out.append(dict(
        images=images, classes=classes, truths=truths, detections=detections, threshold=threshold,
        expected=score(classes, truths, detections, threshold), apart=apart, sample=sample,
        sampleExpected=score(classes, t, d, threshold),
    ))
json.dump(out, sys.stdout)
