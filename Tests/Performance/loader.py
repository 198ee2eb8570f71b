"""PyTorch's side of `make bench-loader`: a DataLoader over OpenCV and numpy with the transforms of Espalier's presets.

    loader.py VOC LIST EPOCHS            prints images a second of each preset as JSON lines
    loader.py --table FILE...            prints the lines of both sides as one table

Written as one writes such a loader: bytes to RGB by OpenCV, numpy arrays, the default collation, two worker processes
that persist. Colours are changed in float32 step by step, as PaddleDetection does it.
"""

import json
import math
import os
import statistics
import sys
import time
import xml.etree.ElementTree as ET


def table(files):
    rates = {}
    for name in files:
        for line in open(name):
            row = json.loads(line)
            rates.setdefault((row["job"], row["peer"]), []).extend(row["rates"])
    base = {job: statistics.median(r) for (job, peer), r in rates.items() if peer.startswith("PyTorch")}
    print(f"{'preset':10} {'':34} {'images/s':>9} {'spread':>17} {'ratio':>6}")
    for (job, peer), found in sorted(rates.items(), key=lambda r: (list(base).index(r[0][0]), "PyTorch" not in r[0][1])):
        rate = statistics.median(found)
        spread = f"{min(found):.0f}-{max(found):.0f}"
        print(f"{job:10} {peer:34} {rate:9.1f} {spread:>17} {rate / base[job]:6.2f}")


if sys.argv[1] == "--table":
    table(sys.argv[2:])
    sys.exit(0)

import cv2
import numpy as np
import torch

SIDE = 416
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])
FROM_YIQ = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])


def light(rng, image, boxes):
    height, width = image.shape[:2]
    if rng.random() < 0.5:
        image = image[:, ::-1]
        boxes[:, [0, 2]] = width - 1 - boxes[:, [2, 0]]
    if rng.random() < 0.5:
        image = image[::-1]
        boxes[:, [1, 3]] = height - 1 - boxes[:, [3, 1]]
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2)
        boxes = boxes[:, [1, 0, 3, 2]]
    image = cv2.convertScaleAbs(np.ascontiguousarray(image), alpha=rng.uniform(0.8, 1.2), beta=rng.uniform(-20, 20))
    return image, boxes


def mix(rng, a, b):
    (image1, boxes1), (image2, boxes2) = a, b
    share = rng.beta(1.5, 1.5)
    height, width = max(image1.shape[0], image2.shape[0]), max(image1.shape[1], image2.shape[1])
    image = np.zeros((height, width, 3), np.float32)
    image[: image1.shape[0], : image1.shape[1]] = image1.astype(np.float32) * share
    image[: image2.shape[0], : image2.shape[1]] += image2.astype(np.float32) * (1 - share)
    return image.astype(np.uint8), np.concatenate([boxes1, boxes2])


def distort(rng, image):
    image = image.astype(np.float32)
    for step in rng.permutation(4):
        if rng.random() < 0.5:
            continue
        if step == 0:
            image += rng.uniform(0.5, 1.5)
        elif step == 1:
            image *= np.float32(rng.uniform(0.5, 1.5))
        elif step == 2:
            delta = np.float32(rng.uniform(0.5, 1.5))
            grey = (image * np.array([0.299, 0.587, 0.114], np.float32)).sum(axis=2, keepdims=True)
            image = image * delta + grey * (1 - delta)
        else:
            angle = rng.uniform(-18, 18) * math.pi
            u, w = math.cos(angle), math.sin(angle)
            turn = np.array([[1, 0, 0], [0, u, -w], [0, w, u]])
            image = np.dot(image, (FROM_YIQ @ turn @ TO_YIQ).T.astype(np.float32))
    return np.clip(image, 0, 255).astype(np.uint8)


def expand(rng, image, boxes):
    if rng.random() < 0.5:
        return image, boxes
    height, width = image.shape[:2]
    ratio = rng.uniform(1, 4)
    h, w = int(height * ratio), int(width * ratio)
    y, x = rng.integers(0, h - height + 1), rng.integers(0, w - width + 1)
    canvas = np.empty((h, w, 3), np.uint8)
    canvas[:] = (123, 116, 103)
    canvas[y : y + height, x : x + width] = image
    return canvas, boxes + np.array([x, y, x, y], np.float32)


def overlaps(box, boxes):
    size = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.clip(size, 0, None).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return shared / ((box[2:] - box[:2]).prod() + areas - shared)


def crop(rng, image, boxes):
    height, width = image.shape[:2]
    choices = [0, 0.1, 0.3, 0.5, 0.7, 0.9, None]
    rng.shuffle(choices)
    for threshold in choices:
        if threshold is None:
            return image, boxes
        for _ in range(50):
            scale = rng.uniform(0.3, 1)
            root = math.sqrt(rng.uniform(max(0.5, scale * scale), min(2, 1 / scale / scale)))
            h, w = min(height, int(height * scale / root)), min(width, int(width * scale * root))
            y, x = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
            box = np.array([x, y, x + w, y + h], np.float32)
            if overlaps(box, boxes).max() < threshold:
                continue
            centers = (boxes[:, :2] + boxes[:, 2:]) / 2
            inside = ((centers >= box[:2]) & (centers < box[2:])).all(1)
            if not inside.any():
                continue
            kept = boxes[inside] - np.array([x, y, x, y], np.float32)
            kept = np.clip(kept, 0, np.array([w - 1, h - 1, w - 1, h - 1], np.float32))
            return image[y : y + h, x : x + w], kept
    return image, boxes


class VOC(torch.utils.data.Dataset):
    def __init__(self, root, name, preset):
        self.preset = preset
        self.items = []
        for stem in open(f"{root}/ImageSets/Main/{name}.txt").read().split():
            boxes = []
            for item in ET.parse(f"{root}/Annotations/{stem}.xml").iter("bndbox"):
                box = [float(item.find(key).text) for key in ("xmin", "ymin", "xmax", "ymax")]
                if box[2] > box[0] and box[3] > box[1]:
                    boxes.append(box)
            if boxes:
                self.items.append((f"{root}/JPEGImages/{stem}.jpg", np.array(boxes, np.float32)))

    def __len__(self):
        return len(self.items)

    def read(self, index):
        path, boxes = self.items[index]
        return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB), boxes.copy()

    def __getitem__(self, index):
        rng = np.random.default_rng([index, int(torch.randint(1 << 31, (1,)))])
        image, boxes = self.read(index)
        interpolation = cv2.INTER_LINEAR
        if self.preset == "light":
            image, boxes = light(rng, image, boxes)
        elif self.preset == "yolov3":
            other = self.read((index + int(rng.integers(1, len(self)))) % len(self))
            image, boxes = mix(rng, (image, boxes), other)
            image = distort(rng, image)
            image, boxes = crop(rng, *expand(rng, image, boxes))
            if rng.random() < 0.5:
                image = image[:, ::-1]
                boxes[:, [0, 2]] = image.shape[1] - 1 - boxes[:, [2, 0]]
            interpolation = int(rng.integers(0, 5))
        height, width = image.shape[:2]
        image = cv2.resize(np.ascontiguousarray(image), (SIDE, SIDE), interpolation=interpolation)
        pixels = (image.astype(np.float32) / 255 - MEAN) / STD
        targets = np.zeros((200, 4), np.float32)
        count = min(200, len(boxes))
        targets[:count] = boxes[:count] / np.array([width, height, width, height], np.float32)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)), targets


def start(_):
    cv2.setNumThreads(0)
    torch.set_num_threads(1)


def main():
    root, name, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for preset in ["none", "light", "yolov3"]:
        loader = torch.utils.data.DataLoader(
            VOC(root, name, preset), batch_size=8, shuffle=True, drop_last=True, num_workers=2,
            persistent_workers=True, prefetch_factor=2, worker_init_fn=start,
        )
        rates = []
        for epoch in range(epochs + 1):
            begin = time.perf_counter()
            count = 0
            for pixels, _ in loader:
                count += len(pixels)
            if epoch:
                rates.append(count / (time.perf_counter() - begin))
        print(json.dumps({"job": preset, "peer": f"PyTorch {torch.__version__} DataLoader", "rates": rates}))


main()
