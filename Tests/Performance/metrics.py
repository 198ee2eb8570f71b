"""Draws a COCO-sized scoring job and times `espalier score coco`, pycocotools and faster-coco-eval on it, file to file.

    metrics.py draw FOLDER                        5,000 images, 36,257 objects, 500,000 detections, 80 classes
    metrics.py time FOLDER PROGRAM RUNS           a table with ratios; ends with 1 where the figures differ
    metrics.py peer pycocotools|faster FOLDER     one run of a peer, as JSON
"""
import contextlib
import io
import json
import subprocess
import sys
import time

NAMES = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]


def draw(folder, images=5000, truths=36257, detections=500000, classes=80):
    import numpy as np

    rng = np.random.default_rng(7)

    def kinds(count):
        return np.minimum(rng.geometric(0.05, count) - 1, classes - 1)

    def sides(count):
        return np.exp(rng.uniform(np.log(6), np.log(400), count))

    def box(*columns):
        return [[round(float(v), 2) for v in row] for row in zip(*columns)]

    ids = np.sort(rng.choice(600000, images, replace=False)) + 1
    t_image, t_kind = rng.integers(0, images, truths), kinds(truths)
    w, h = sides(truths), sides(truths)
    x, y = rng.uniform(0, 640 - np.minimum(w, 600)), rng.uniform(0, 480 - np.minimum(h, 450))
    annotations = [
        dict(id=k + 1, image_id=int(ids[t_image[k]]), category_id=int(t_kind[k]) + 1, bbox=b,
             area=round(float(w[k] * h[k] * 0.7), 2), iscrowd=int(rng.random() < 0.01), segmentation=[])
        for k, b in enumerate(box(x, y, w, h))
    ]
    with open(f"{folder}/truth.json", "w") as file:
        json.dump(dict(
            images=[dict(id=int(i), file_name=f"{i:012d}.jpg", width=640, height=480) for i in ids],
            annotations=annotations,
            categories=[dict(id=c + 1, name=f"class {c + 1}") for c in range(classes)],
        ), file)
    near = int(detections * 0.4)
    far = detections - near
    k, jitter = rng.integers(0, truths, near), rng.normal(0, 0.12, (near, 4))
    image = np.concatenate([t_image[k], rng.integers(0, images, far)])
    kind = np.concatenate([t_kind[k], kinds(far)])
    boxes = box(
        np.concatenate([x[k] + w[k] * jitter[:, 0], rng.uniform(0, 600, far)]),
        np.concatenate([y[k] + h[k] * jitter[:, 1], rng.uniform(0, 440, far)]),
        np.concatenate([w[k] * np.exp(jitter[:, 2]), sides(far)]),
        np.concatenate([h[k] * np.exp(jitter[:, 3]), sides(far)]),
    )
    score = np.concatenate([rng.beta(2, 2, near), rng.beta(1, 5, far)])
    with open(f"{folder}/results.json", "w") as file:
        json.dump([
            dict(image_id=int(ids[image[q]]), category_id=int(kind[q]) + 1, bbox=boxes[q], score=round(float(score[q]), 5))
            for q in rng.permutation(detections)
        ], file)


def peer(name, folder):
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        if name == "pycocotools":
            from pycocotools.coco import COCO
            from pycocotools.cocoeval import COCOeval as Eval
        else:
            from faster_coco_eval import COCO
            from faster_coco_eval import COCOeval_faster as Eval
        truth = COCO(f"{folder}/truth.json")
        run = Eval(truth, truth.loadRes(f"{folder}/results.json"), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    json.dump(dict(seconds=time.perf_counter() - start, figures=[float(v) for v in run.stats[:12]]), sys.stdout)


def ours(program, folder):
    start = time.perf_counter()
    text = subprocess.run(
        [program, "score", "coco", "--truth", f"{folder}/truth.json", "--detections", f"{folder}/results.json", "--json"],
        check=True, stdout=subprocess.PIPE).stdout
    seconds = time.perf_counter() - start
    figures = json.loads(text)["figures"]
    return dict(seconds=seconds, figures=[-1.0 if figures[n] is None else figures[n] for n in NAMES])


def compare(folder, program, runs):
    def timed(call):
        found = [call() for _ in range(runs)]
        return dict(found[0], seconds=min(f["seconds"] for f in found))

    def other(name):
        return json.loads(subprocess.run(
            [sys.executable, __file__, "peer", name, folder], check=True, stdout=subprocess.PIPE).stdout)

    rows = [("espalier score coco (whole process)", timed(lambda: ours(program, folder)))]
    rows += [("faster-coco-eval (imports included)", timed(lambda: other("faster")))]
    rows += [("pycocotools (imports included, one run)", other("pycocotools"))]
    best = rows[0][1]
    worst = 0.0
    print(f"{'evaluator':42} {'seconds':>8} {'ratio':>7}  {'AP':>8}  largest difference in 12 figures")
    for name, row in rows:
        gap = max(abs(a - b) for a, b in zip(row["figures"], best["figures"]))
        worst = max(worst, gap)
        print(f"{name:42} {row['seconds']:8.3f} {row['seconds'] / best['seconds']:7.1f}  {row['figures'][0]:8.6f}  {gap:.1e}")
    sys.exit(worst > 1e-9)


if __name__ == "__main__":
    if sys.argv[1] == "draw":
        draw(sys.argv[2])
    elif sys.argv[1] == "peer":
        peer(sys.argv[2], sys.argv[3])
    else:
        compare(sys.argv[2], sys.argv[3], int(sys.argv[4]))
