"""The training that one would write in plain PyTorch, for `make bench-training`.

YOLOv3-MobileNetV1 at a width, from scratch, on a Pascal VOC folder: images decoded and resized once, flips, transposition and
brightness drawn anew each time, SGD with momentum. Prints one JSON line of seconds a step, after steps that are not counted.

    training.py run FOLDER LIST WIDTH SIZE BATCH STEPS MODE      MODE: f32 | channels_last | bf16
    training.py table FILES...                                   medians and ratios from such lines
"""

import json
import math
import os
import statistics
import sys
import time
import xml.etree.ElementTree as ET

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

ANCHORS = [(10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326)]
DEVICE = os.environ.get("DEVICE", "cpu")
KIND = DEVICE.split(":")[0]
MASKS = [(6, 7, 8), (3, 4, 5), (0, 1, 2)]


def conv(inputs, outputs, kernel, stride=1, groups=1, leaky=False):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.1, inplace=True) if leaky else nn.ReLU(inplace=True),
    )


class Network(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        scaled = lambda n: int(n * width)
        pairs = lambda a, table: nn.Sequential(*[
            nn.Sequential(conv(i, i, 3, s, i), conv(i, o, 1))
            for (i, o, s) in ((scaled(i), scaled(o), s) for i, o, s in table)])
        self.c3 = nn.Sequential(conv(3, scaled(32), 3, 2), pairs(32, [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2)]))
        self.c4 = pairs(256, [(256, 256, 1), (256, 512, 2)])
        self.c5 = pairs(512, [(512, 512, 1)] * 5 + [(512, 1024, 2), (1024, 1024, 1)])
        self.blocks, self.tips, self.outputs, self.transitions = (nn.ModuleList() for _ in range(4))
        feed = [scaled(1024), scaled(512) + scaled(256), scaled(256) + scaled(128)]
        for i in range(3):
            c = scaled(512 // 2**i)
            leaky = lambda a, b, k: conv(a, b, k, leaky=True)
            self.blocks.append(nn.Sequential(
                leaky(feed[i], c, 1), leaky(c, 2 * c, 3), leaky(2 * c, c, 1), leaky(c, 2 * c, 3), leaky(2 * c, c, 1)))
            self.tips.append(leaky(c, 2 * c, 3))
            self.outputs.append(nn.Conv2d(2 * c, 3 * (5 + classes), 1))
            if i < 2:
                self.transitions.append(leaky(c, scaled(256 // 2**i), 1))

    def forward(self, x):
        c3 = self.c3(x)
        c4 = self.c4(c3)
        features, results, route = [self.c5(c4), c4, c3], [], None
        for i in range(3):
            x = features[i] if i == 0 else torch.cat([route, features[i]], 1)
            x = self.blocks[i](x)
            results.append(self.outputs[i](self.tips[i](x)))
            if i < 2:
                route = F.interpolate(self.transitions[i](x), scale_factor=2)
        return results


def loss_of(outputs, targets, size, classes):
    total = 0
    for level, output in enumerate(outputs):
        n, _, h, w = output.shape
        anchors = torch.tensor([ANCHORS[a] for a in MASKS[level]], dtype=torch.float32)
        p = output.float().view(n, 3, 5 + classes, h, w).permute(0, 1, 3, 4, 2)
        with torch.no_grad():
            ys, xs = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            cx, cy = (p[..., 0].sigmoid() + xs) / w, (p[..., 1].sigmoid() + ys) / h
            bw = p[..., 2].exp() * anchors[:, 0].view(1, 3, 1, 1) / size
            bh = p[..., 3].exp() * anchors[:, 1].view(1, 3, 1, 1) / size
            objectness, ignore = torch.zeros(n, 3, h, w), torch.zeros(n, 3, h, w, dtype=torch.bool)
            rows = []
            for b, boxes in enumerate(targets):
                if len(boxes) == 0:
                    continue
                g = torch.tensor(boxes)
                iw = (torch.min(cx[b, ..., None] + bw[b, ..., None] / 2, g[:, 0] + g[:, 2] / 2)
                      - torch.max(cx[b, ..., None] - bw[b, ..., None] / 2, g[:, 0] - g[:, 2] / 2)).clamp(min=0)
                ih = (torch.min(cy[b, ..., None] + bh[b, ..., None] / 2, g[:, 1] + g[:, 3] / 2)
                      - torch.max(cy[b, ..., None] - bh[b, ..., None] / 2, g[:, 1] - g[:, 3] / 2)).clamp(min=0)
                inter = iw * ih
                iou = inter / (bw[b, ..., None] * bh[b, ..., None] + g[:, 2] * g[:, 3] - inter + 1e-9)
                ignore[b] = iou.max(-1).values > 0.7
                for x, y, bw_, bh_, c in boxes:
                    shape = [min(bw_ * size, a) * min(bh_ * size, b_) for a, b_ in ANCHORS]
                    best = int(np.argmax([s / (bw_ * bh_ * size * size + a * b_ - s) for s, (a, b_) in zip(shape, ANCHORS)]))
                    if best in MASKS[level]:
                        k = MASKS[level].index(best)
                        i, j = min(int(x * w), w - 1), min(int(y * h), h - 1)
                        rows.append((b, k, j, i, x * w - i, y * h - j, math.log(bw_ * size / ANCHORS[best][0]),
                                     math.log(bh_ * size / ANCHORS[best][1]), 2 - bw_ * bh_, int(c)))
            t = torch.tensor(rows).view(-1, 10)
            index = t[:, :4].long().unbind(1)
            objectness[index] = 1
        bce = F.binary_cross_entropy_with_logits
        weight = torch.where((objectness == 0) & ignore, 0.0, 1.0)
        total = total + (bce(p[..., 4], objectness, reduction="none") * weight).sum() / n
        if rows:
            q = p[index]
            scale = t[:, 8]
            xy = bce(q[:, :2], t[:, 4:6], reduction="none").sum(1)
            wh = (q[:, 2:4] - t[:, 6:8]).abs().sum(1)
            hot = F.one_hot(t[:, 9].long(), classes).float()
            total = total + ((xy + wh) * scale).sum() / n + bce(q[:, 5:], hot, reduction="sum") / n
    return total


def read(folder, name, size):
    with open(os.path.join(folder, "ImageSets", "Main", name + ".txt")) as file:
        stems = [line.split()[0] for line in file if line.strip()]
    images, boxes, names = [], [], {}
    for stem in stems:
        path = os.path.join(folder, "JPEGImages", stem + ".jpg")
        picture = Image.open(path).convert("RGB")
        w, h = picture.size
        images.append(np.asarray(picture.resize((size, size), Image.BICUBIC)))
        rows = []
        for item in ET.parse(os.path.join(folder, "Annotations", stem + ".xml")).iter("object"):
            box = item.find("bndbox")
            x1, y1, x2, y2 = (float(box.find(k).text) for k in ("xmin", "ymin", "xmax", "ymax"))
            if x2 > x1 and y2 > y1:
                c = names.setdefault(item.find("name").text, len(names))
                rows.append(((x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h, float(c)))
        boxes.append(np.array(rows, np.float32).reshape(-1, 5))
    return images, boxes, len(names)


def augmented(image, boxes, rng):
    boxes = boxes.copy()
    if rng.random() < 0.5:
        image, boxes[:, 0] = image[:, ::-1], 1 - boxes[:, 0]
    if rng.random() < 0.5:
        image, boxes[:, 1] = image[::-1], 1 - boxes[:, 1]
    if rng.random() < 0.5:
        image, boxes = image.transpose(1, 0, 2), boxes[:, [1, 0, 3, 2, 4]]
    pixels = image.astype(np.float32) * (rng.uniform(0.8, 1.2) / 255)
    return ((pixels - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).transpose(2, 0, 1).astype(np.float32), boxes


def table(paths):
    """Medians of all steps, and how many times ours each is: above 1 means that ours is quicker."""
    runs = {}
    for path in paths:
        for text in open(path):
            entry = json.loads(text)
            runs.setdefault(entry["peer"], []).append(entry)
    ours = statistics.median(s for r in runs["Espalier, none"] for s in r["seconds"])
    spent = statistics.median(r["processor"] for r in runs["Espalier, none"])
    print(f"{'who':36} {'steps':>5} {'seconds':>9} {'ratio':>7} {'processor':>10} {'ratio':>7}  waiting for images")
    for peer in sorted(runs, key=lambda p: (not p.startswith("Espalier"), p)):
        seconds = [s for r in runs[peer] for s in r["seconds"]]
        middle, processor = statistics.median(seconds), statistics.median(r["processor"] for r in runs[peer])
        waiting = [r["waiting"] for r in runs[peer] if "waiting" in r]
        note = f"{statistics.median(waiting) / middle:.0%}" if waiting else "in step"
        print(f"{peer:36} {len(seconds):5} {middle:9.3f} {middle / ours:6.2f}x {processor:10.3f} {processor / spent:6.2f}x  {note}")


def main():
    folder, name, width, size, batch, steps, mode = sys.argv[2:]
    width, size, batch, steps = float(width), int(size), int(batch), int(steps)
    torch.manual_seed(0)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    rng = np.random.default_rng(0)
    images, boxes, classes = read(folder, name, size)
    if DEVICE != "cpu":
        torch.set_default_device(DEVICE)
        # Espalier's float32 has all its bits.
        torch.backends.cudnn.allow_tf32 = False
    net = Network(width, classes).train()
    if mode != "f32":
        net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(net.parameters(), 0.002, momentum=0.9, weight_decay=5e-4)
    seconds, warm = [], 5
    for step in range(warm + steps):
        if step == warm:
            processor = time.process_time()
        start = time.perf_counter()
        drawn = [augmented(images[i], boxes[i], rng) for i in rng.integers(len(images), size=batch)]
        x = torch.from_numpy(np.stack([d[0] for d in drawn])).to(DEVICE)
        if mode != "f32":
            x = x.contiguous(memory_format=torch.channels_last)
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast(KIND, torch.bfloat16, enabled=mode == "bf16"):
            outputs = net(x)
        loss_of(outputs, [d[1].tolist() for d in drawn], size, classes).backward()
        optimiser.step()
        if KIND == "cuda":
            torch.cuda.synchronize()
        if step >= warm:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"job": "training step", "peer": f"PyTorch {torch.__version__.split('+')[0]}, {mode}", "seconds": seconds,
                      "processor": (time.process_time() - processor) / steps}))


if __name__ == "__main__":
    if sys.argv[1] == "table":
        table(sys.argv[2:])
    else:
        main()
