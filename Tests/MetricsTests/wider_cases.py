"""Draws face detection problems and prints them with WIDER FACE's figures, worked out from the official protocol."""
import json
import sys

import numpy as np


def overlaps(a, b):
    """Rows of left, top, right, bottom; edges are pixels of the box."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(high - low + 1, 0)
    shared = sides[..., 0] * sides[..., 1]
    area = lambda v: (v[:, 2] - v[:, 0] + 1) * (v[:, 3] - v[:, 1] + 1)
    return shared / (area(a)[:, None] + area(b)[None, :] - shared)


def edges(rows):
    rows = np.array(rows, dtype=float).reshape(-1, 4)
    return np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:]], axis=1)


def average(images, subset, low, span):
    points = np.zeros((1000, 2))
    total = 0
    for image in images:
        asked = image["asked"][subset]
        total += len(asked)
        if not image["faces"] or not image["found"]:
            continue
        scores = (np.array(image["scores"]) - low) / span
        order = np.argsort(-scores, kind="stable")
        scores = scores[order]
        table = overlaps(edges(image["found"])[order], edges(image["faces"]))
        state = np.zeros(len(image["faces"]))
        counts, found = np.ones(len(order), bool), np.zeros(len(order))
        for k, row in enumerate(table):
            face = int(row.argmax())
            if row[face] >= 0.5:
                if face not in asked:
                    counts[k] = False
                else:
                    state[face] = 1
            found[k] = state.sum()
        for step in range(1000):
            above = np.where(scores >= 1 - (step + 1) / 1000)[0]
            if len(above):
                last = above[-1]
                points[step] += counts[: last + 1].sum(), found[last]
    if total == 0:
        return 0.0
    precision = np.divide(points[:, 1], points[:, 0], out=np.zeros(1000), where=points[:, 0] > 0)
    recall = np.concatenate([[0.0], points[:, 1] / total, [1.0]])
    precision = np.concatenate([[0.0], precision, [0.0]])
    for k in range(len(precision) - 1, 0, -1):
        precision[k - 1] = max(precision[k - 1], precision[k])
    steps = np.where(recall[1:] != recall[:-1])[0]
    return float(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))


def draw(rng):
    images = []
    for _ in range(int(rng.integers(5, 90))):
        faces = [[float(v) for v in rng.integers(0, 300, 2)] + [float(v) for v in rng.integers(3, 80, 2)]
                 for _ in range(int(rng.integers(0, 9)))]
        hard = [k for k in range(len(faces)) if rng.random() < 0.9]
        medium = [k for k in hard if rng.random() < 0.7]
        found, scores = [], []
        for _ in range(int(rng.integers(0, 25))):
            if faces and rng.random() < 0.7:
                f = faces[rng.integers(len(faces))]
                box = [f[0] + rng.normal(0, 3), f[1] + rng.normal(0, 3), f[2] * rng.uniform(0.8, 1.2), f[3] * rng.uniform(0.8, 1.2)]
            else:
                box = list(rng.uniform(0, 300, 2)) + list(rng.uniform(5, 80, 2))
            found.append([float(round(v, 1)) for v in box])
            scores.append(float(round(rng.random() * 0.8 + 0.1, 3)))
        images.append(dict(faces=faces, asked=[[k for k in medium if rng.random() < 0.6], medium, hard], found=found, scores=scores))
    return images


if __name__ == "__main__":
    out = []
    for number in range(int(sys.argv[1])):
        images = draw(np.random.default_rng(number))
        scores = [s for i in images for s in i["scores"]]
        low, span = min(scores + [1.0]), max(scores + [0.0]) - min(scores + [1.0])
        out.append(dict(images=images, expected=[average(images, s, low, span) for s in range(3)]))
    json.dump(out, sys.stdout)
