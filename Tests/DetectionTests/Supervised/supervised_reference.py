"""Losses of YOLOv8 and DETR with labels, and their gradients, in plain numpy from the papers' formulas.

Subcommands print JSON: `yolov8 SEED BINS` and `detr SEED KIND` (softmax, focal or varifocal), `assign SEED ROWS COLUMNS`.
"""
import itertools, json, math, os, sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np


def f32(values):
    return np.asarray(values).astype(np.float32).astype(np.float64)


def sig(x):
    return 1 / (1 + math.exp(-x))


def soft(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def shared(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    return max(w, 0) * max(h, 0)


def area(a):
    return (a[2] - a[0]) * (a[3] - a[1])


def iou(a, b):
    s = shared(a, b)
    return s / (area(a) + area(b) - s)


def hull(a, b):
    return max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1])


def giou(a, b):
    s = shared(a, b)
    u = area(a) + area(b) - s
    w, h = hull(a, b)
    return s / u - (w * h - u) / (w * h)


def ciou(a, b, share=None):
    """The value, and the share of the third term, which counts as a constant."""
    i = iou(a, b)
    w, h = hull(a, b)
    far = ((a[0] + a[2] - b[0] - b[2]) ** 2 + (a[1] + a[3] - b[1] - b[3]) ** 2) / 4
    v = 4 / math.pi**2 * (math.atan((b[2] - b[0]) / (b[3] - b[1])) - math.atan((a[2] - a[0]) / (a[3] - a[1]))) ** 2
    if share is None:
        share = v / (1 - i + v) if v > 0 else 0.0
    return i - far / (w * w + h * h) - share * v, share


def edges(b, w=1.0, h=1.0):
    return ((b[0] - b[2] / 2) * w, (b[1] - b[3] / 2) * h, (b[0] + b[2] / 2) * w, (b[1] + b[3] / 2) * h)


def probe(total, arrays, places):
    """Derivatives of `total` at places of arrays that lie end to end."""
    out = []
    for place in places:
        which, rest = 0, place
        while rest >= arrays[which].size:
            rest -= arrays[which].size
            which += 1
        values = []
        for step in (1e-5, -1e-5):
            moved = [a.copy() for a in arrays]
            moved[which].flat[rest] += step
            values.append(total(*moved))
        out.append((values[0] - values[1]) / 2e-5)
    return out


def drawn_boxes(rng, images, classes):
    boxes = [[] for _ in range(images)]
    for _ in range(5):
        w, h = rng.uniform(0.1, 0.7), rng.uniform(0.1, 0.7)
        boxes[0].append([rng.uniform(w / 2, 1 - w / 2), rng.uniform(h / 2, 1 - h / 2), w, h, rng.randint(classes), rng.uniform(0.3, 1)])
    boxes[1].append([0.5, 0.5, 0.6, 0.6, 0, 1.0])
    boxes[1].append([0.52, 0.48, 0.55, 0.62, 1, 1.0])  # nearly the same
    boxes[1].append([0.3, 0.3, 0.04, 0.05, 1, 1.0])  # smaller than a cell
    boxes[1].append([0.6, 0.6, 0.3, 0.3, 0, 0.0])  # mixed in with weight 0
    boxes[1].append([0.6, 0.6, 0.0, 0.3, 0, 1.0])  # no extent
    return [[[int(v) if k == 4 else float(np.float32(v)) for k, v in enumerate(b)] for b in image] for image in boxes]


def yolov8(seed, bins):
    rng = np.random.RandomState(seed)
    B, C, W, H = 3, 3, 96, 64
    points = [(x + 0.5, y + 0.5, s) for s in (8, 16, 32) for y in range(H // s) for x in range(W // s)]
    N = len(points)
    boxes = drawn_boxes(rng, B, C)
    kept = [[b for b in image if b[2] > 0 and b[3] > 0 and b[5] > 0] for image in boxes]
    dist, logits = rng.randn(B, N, 4, bins), rng.randn(B, N, C) - 1
    # Cells that say the boxes they lie in about right, so that overlaps differ.
    for n in range(B):
        for b in kept[n]:
            e = edges(b, W, H)
            for i, (x, y, s) in enumerate(points):
                t = [x - e[0] / s, y - e[1] / s, e[2] / s - x, e[3] / s - y]
                if min(t) > 0 and rng.rand() < 0.7:
                    for k in range(4):
                        v = min(max(t[k] + rng.randn() * 0.5, 0), bins - 1)
                        dist[n, i, k] = -((np.arange(bins) - v) ** 2) + rng.randn(bins) * 0.1
    dist, logits = f32(dist), f32(logits)
    steps = np.arange(bins)

    def decoded(d, i):
        x, y, _ = points[i]
        l, t, r, b = soft(d) @ steps
        return (x - l, y - t, x + r, y + b)

    jobs = []  # image, cell, truth, wanted score
    for n in range(B):
        cells = [decoded(dist[n, i], i) for i in range(N)]
        overlap = np.zeros((len(kept[n]), N))
        align = np.zeros_like(overlap)
        for t, b in enumerate(kept[n]):
            e = edges(b, W, H)
            w, h = max(e[2] - e[0], 16), max(e[3] - e[1], 16)
            cx, cy = b[0] * W, b[1] * H
            for i, (x, y, s) in enumerate(points):
                if abs(x * s - cx) < w / 2 and abs(y * s - cy) < h / 2:
                    overlap[t, i] = max(ciou(e, [v * s for v in cells[i]])[0], 0)
                    align[t, i] = sig(logits[n, i, b[4]]) ** 0.5 * overlap[t, i] ** 6
        mine = np.zeros_like(align, dtype=bool)
        for t in range(len(kept[n])):
            best = sorted(range(N), key=lambda i: -align[t, i])[:10]
            mine[t, [i for i in best if align[t, i] > 0]] = True
        for i in range(N):
            if mine[:, i].sum() > 1:
                mine[:, i] = False
                mine[overlap[:, i].argmax(), i] = True
        for t in range(len(kept[n])):
            if mine[t].any():
                a, o = (align[t] * mine[t]).max(), (overlap[t] * mine[t]).max()
                jobs += [(n, i, t, align[t, i] * o / (a + 1e-9) * kept[n][t][5]) for i in range(N) if mine[t, i]]
    total_score = max(sum(j[3] for j in jobs), 1)

    def inner(n, i, t):
        s = points[i][2]
        return [v / s for v in edges(kept[n][t], W, H)]

    shares = [ciou(decoded(dist[n, i], i), inner(n, i, t))[1] for n, i, t, _ in jobs]

    def terms(dist, logits):
        wanted = np.zeros_like(logits)
        box = dfl = 0.0
        for (n, i, t, score), share in zip(jobs, shares):
            wanted[n, i, kept[n][t][4]] = score
            e = inner(n, i, t)
            box += score * (1 - ciou(decoded(dist[n, i], i), e, share)[0])
            x, y, _ = points[i]
            for k, v in enumerate([x - e[0], y - e[1], e[2] - x, e[3] - y]):
                v = min(max(v, 0), bins - 1.01)
                low = int(v)
                logp = np.log(soft(dist[n, i, k]))
                dfl -= score * ((low + 1 - v) * logp[low] + (v - low) * logp[low + 1]) / 4
        cls = (np.maximum(logits, 0) - logits * wanted + np.log1p(np.exp(-abs(logits)))).sum()
        scale = B / total_score
        return {"boxes": 7.5 * box * scale, "classes": 0.5 * cls * scale, "distances": 1.5 * dfl * scale}

    places = list(rng.randint(0, dist.size + logits.size, 40))
    for n, i, t, _ in jobs[::4]:
        places += [((n * N + i) * 4 + rng.randint(4)) * bins + rng.randint(bins), dist.size + (n * N + i) * C + rng.randint(C)]
    gradient = probe(lambda d, l: sum(terms(d, l).values()), [dist, logits], places)
    return dict(
        terms=terms(dist, logits), shapes=[list(dist.shape), list(logits.shape)], values=[dist.ravel().tolist(), logits.ravel().tolist()],
        boxes=boxes, probes=[int(p) for p in places], gradient=gradient, matches=len(jobs),
    )


def cheapest(cost):
    rows, columns = len(cost), len(cost[0]) if cost else 0
    best = min(itertools.permutations(range(columns), rows), key=lambda p: sum(cost[r][c] for r, c in enumerate(p)))
    return list(best)


def detr(seed, kind):
    rng = np.random.RandomState(seed)
    B, Q, C = 3, 7, 3
    K = C + 1 if kind == "softmax" else C
    boxes = drawn_boxes(rng, B, C)
    kept = [[b for b in image if b[2] > 0 and b[3] > 0 and b[5] > 0] for image in boxes]
    logits = f32(rng.randn(B, Q, K))
    said = f32(np.concatenate([rng.uniform(0.3, 0.7, (B, Q, 2)), rng.uniform(0.1, 0.6, (B, Q, 2))], -1))
    jobs = []
    for n in range(B):
        cost = []
        for b in kept[n]:
            row = []
            for q in range(Q):
                if kind == "softmax":
                    c = -soft(logits[n, q])[b[4]]
                else:
                    p = sig(logits[n, q, b[4]])
                    c = 2 * (0.25 * (1 - p) ** 2 * -math.log(p + 1e-8) - 0.75 * p**2 * -math.log(1 - p + 1e-8))
                row.append(c + 5 * abs(said[n, q] - b[:4]).sum() - 2 * giou(edges(said[n, q]), edges(b)))
            cost.append(row)
        jobs += [(n, q, b, iou(edges(said[n, q]), edges(b))) for q, b in zip(cheapest(cost), kept[n])]
    count = max(sum(b[5] for image in kept for b in image), 1)
    frozen = logits.copy()

    def terms(logits, said):
        l1 = sum(b[5] * abs(said[n, q] - b[:4]).sum() for n, q, b, _ in jobs)
        gi = sum(b[5] * (1 - giou(edges(said[n, q]), edges(b))) for n, q, b, _ in jobs)
        owner = {(n, q): (b, o) for n, q, b, o in jobs}
        cls = weights = 0.0
        for n in range(B):
            for q in range(Q):
                b, o = owner.get((n, q), (None, 0.0))
                if kind == "softmax":
                    w = b[5] if b else 0.1
                    cls -= w * np.log(soft(logits[n, q]))[b[4] if b else K - 1]
                    weights += w
                    continue
                for c in range(K):
                    z, hit = logits[n, q, c], b is not None and b[4] == c
                    w = b[5] if b else 1
                    if kind == "focal":
                        p = sig(z)
                        cls += w * (0.25 * (1 - p) ** 2 * -math.log(p) if hit else 0.75 * p**2 * -math.log(1 - p))
                    else:
                        t = o if hit else 0.0
                        factor = t if hit else 0.75 * sig(frozen[n, q, c]) ** 2
                        cls += w * factor * (max(z, 0) - z * t + math.log1p(math.exp(-abs(z))))
        cls /= weights if kind == "softmax" else count
        return {"classes": cls, "boxes": 5 * l1 / count, "overlap": 2 * gi / count}

    places = list(range(logits.size + said.size))
    gradient = probe(lambda l, s: sum(terms(l, s).values()), [logits, said], places)
    return dict(
        terms=terms(logits, said), shapes=[list(logits.shape), list(said.shape)], values=[logits.ravel().tolist(), said.ravel().tolist()],
        boxes=boxes, probes=places, gradient=gradient, matches=len(jobs),
    )


def assign(seed, rows, columns):
    rng = np.random.RandomState(seed)
    cost = rng.randn(rows, columns) if seed % 2 else rng.randint(0, 4, (rows, columns)).astype(float)
    small = cost if rows <= columns else cost.T
    if max(rows, columns) <= 7:
        taken = cheapest(small.tolist())
        least = sum(small[r, c] for r, c in enumerate(taken))
    else:
        try:
            from scipy.optimize import linear_sum_assignment
        except ImportError:
            return dict(cost=cost.ravel().tolist(), least=None)
        least = cost[linear_sum_assignment(cost)].sum()
    return dict(cost=cost.ravel().tolist(), least=float(least))


if __name__ == "__main__":
    name, rest = sys.argv[1], sys.argv[2:]
    if name == "yolov8":
        result = yolov8(int(rest[0]), int(rest[1]))
    elif name == "detr":
        result = detr(int(rest[0]), rest[1])
    else:
        result = assign(*map(int, rest))
    json.dump(result, sys.stdout, default=float)
