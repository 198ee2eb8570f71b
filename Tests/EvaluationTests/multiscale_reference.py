"""WIDER FACE's multi-scale protocol with box voting, in plain numpy.

Subcommands print JSON: `scales WIDTH HEIGHT ...`, `vote FILE` and `find MODEL IMAGE`.
"""
import json, math, os, sys
from decimal import ROUND_DOWN, Decimal

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np


def greatest(width, height):
    area = width * height
    least = min(math.sqrt(0x7FFFFFFF / 577 / area), math.sqrt(678 * 1024 * 4 / area))
    cut = float(Decimal(repr(least)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)) - 0.3
    for low, high, less in [(1.5, 2, 0.1), (2, 3, 0.2), (3, 4, 0.3), (4, 5, 0.4), (5, 1e9, 0.5)]:
        if low <= cut < high:
            return cut - less
    return max(cut, 0.1)


def looks(width, height):
    """Scale, whether mirrored, and which boxes are kept."""
    most = greatest(width, height)
    base = min(most, 1)
    yield base, False, "all"
    yield base, True, "all"
    small = 0.5 if most >= 0.75 else most / 2
    yield small, False, "large"
    big = min(2, most) if most > 1 else (small + most) / 2
    steps = [big]
    if most > 2:
        steps += [2.0**k for k in range(2, 20) if 2.0**k < most] + [most]
    for step in steps:
        yield step, False, "small" if big > 1 else "large"
    yield 0.25, False, "large"
    for step in (0.75, 1.25, 1.5, 1.75):
        if step <= most:
            yield step, False, "small" if step > 1 else "large"


def overlaps(box, boxes):
    wide = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0]) + 1
    high = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1]) + 1
    both = np.maximum(wide, 0) * np.maximum(high, 0)
    area = lambda b: (b[..., 2] - b[..., 0] + 1) * (b[..., 3] - b[..., 1] + 1)
    return both / (area(box) + area(boxes) - both)


def vote(rows):
    rows = np.array(rows, float).reshape(-1, 5)
    rows = rows[np.argsort(-rows[:, 4], kind="stable")]
    result = []
    while len(rows):
        near = overlaps(rows[0], rows) >= 0.3
        group, rows = rows[near], rows[~near]
        if len(group) == 1 and len(rows):
            continue
        weight = group[:, 4:]
        mean = (group[:, :4] * weight).sum(0) / weight.sum() if len(group) > 1 else group[0, :4]
        result.append([*mean, group[:, 4].max()])
    return [row for row in result[:750] if row[4] >= 0.01]


def priors(width, height):
    result = []
    for step, sides in [(8, (16, 24)), (16, (32, 48, 64, 80, 96, 128))]:
        for row in range(-(-height // step)):
            for column in range(-(-width // step)):
                for side in sides:
                    result.append([(column + 0.5) * step, (row + 0.5) * step, side])
    return np.array(result)


def suppressed(boxes, scores):
    order = np.argsort(-scores, kind="stable")[:5000]
    kept = []
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    for place in order:
        if kept:
            others = boxes[kept]
            low = np.maximum(others[:, :2], boxes[place, :2])
            high = np.minimum(others[:, 2:], boxes[place, 2:])
            both = np.prod(np.maximum(high - low, 0), axis=1)
            if (both / (area(others) + area(boxes[place]) - both) > 0.3).any():
                continue
        kept.append(place)
    return kept[:750]


def detected(session, image, scale, mirrored):
    from PIL import Image

    width, height = int(image.width * scale), int(image.height * scale)
    seen = image.resize((width, height), Image.LANCZOS) if scale != 1 else image
    pixels = np.asarray(seen, np.float32)
    if mirrored:
        pixels = pixels[:, ::-1]
    blob = ((pixels[:, :, ::-1] - np.array([104, 117, 123])) / 127.502231).transpose(2, 0, 1)
    names = ["face_box.0", "face_box.1", "face_score.0", "face_score.1"]
    maps = session.run(names, {session.get_inputs()[0].name: blob[None].astype(np.float32)})
    flat = lambda m, n: m[0].transpose(1, 2, 0).reshape(-1, n).astype(np.float64)
    codes = np.concatenate([flat(m, 4) for m in maps[:2]])
    logits = np.concatenate([flat(m, 2) for m in maps[2:]])
    scores = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    prior = priors(width, height)
    centre = prior[:, :2] + 0.1 * codes[:, :2] * prior[:, 2:]
    half = np.exp(0.2 * codes[:, 2:]) * prior[:, 2:] / 2
    boxes = np.concatenate([centre - half, centre + half], 1)
    chosen = scores > 0.01
    boxes, scores = boxes[chosen], scores[chosen]
    # Overlaps are those of shares of the input, which for boxes of one picture are those of its pixels.
    kept = suppressed(boxes, scores)
    boxes, scores = boxes[kept] / scale, scores[kept]
    if mirrored:
        boxes[:, [0, 2]] = image.width - boxes[:, [2, 0]]
    return np.concatenate([boxes, scores[:, None]], 1)


def find(model, path):
    import onnxruntime
    from PIL import Image

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    image = Image.open(path).convert("RGB")
    rows = []
    for scale, mirrored, kept in looks(*image.size):
        for row in detected(session, image, scale, mirrored):
            wide, high = row[2] - row[0] + 1, row[3] - row[1] + 1
            if kept == "large" and not max(wide, high) > 30:
                continue
            if kept == "small" and not min(wide, high) < 100:
                continue
            rows.append(row)
    return vote(rows)


if __name__ == "__main__":
    action, given = sys.argv[1], sys.argv[2:]
    if action == "scales":
        sides = list(map(int, given))
        print(json.dumps([list(looks(*pair)) for pair in zip(sides[::2], sides[1::2])]))
    elif action == "vote":
        print(json.dumps([vote(rows) for rows in json.load(open(given[0]))]))
    else:
        print(json.dumps([[float(v) for v in row] for row in find(*given)]))
