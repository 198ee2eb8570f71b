"""The distillation step that one would write in plain PyTorch, for `make bench-distill`.

YOLOv3-ResNet34 teaches YOLOv3-MobileNetV1 by the split loss, batches of 2 at 320, SGD with momentum. Prints one JSON line.

    distill.py STEPS MODE      MODE: f32 | channels_last | bf16 (the teacher under autocast, channels last)
"""

import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from training import DEVICE, KIND, Network, conv, loss_of

CLASSES, SIDE = 20, 320


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, projects):
        super().__init__()
        self.a = conv(inputs, outputs, 3, stride)
        self.b = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Identity()
        if projects:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.b(self.a(x)) + self.shortcut(x))


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1))
        stages, inputs = [], 64
        for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            layers = []
            for k in range(blocks):
                layers.append(Block(inputs, width, stride if k == 0 else 1, k == 0))
                inputs = width
            stages.append(nn.Sequential(*layers))
        self.stages = nn.ModuleList(stages)
        self.blocks, self.tips, self.outputs, self.transitions = (nn.ModuleList() for _ in range(4))
        leaky = lambda a, b, k: conv(a, b, k, leaky=True)
        for i, feed in enumerate((512, 256 + 256, 128 + 128)):
            c = 512 // 2**i
            self.blocks.append(nn.Sequential(
                leaky(feed, c, 1), leaky(c, 2 * c, 3), leaky(2 * c, c, 1), leaky(c, 2 * c, 3), leaky(2 * c, c, 1)))
            self.tips.append(leaky(c, 2 * c, 3))
            self.outputs.append(nn.Conv2d(2 * c, 3 * (5 + CLASSES), 1))
            if i < 2:
                self.transitions.append(leaky(c, 256 // 2**i, 1))

    def forward(self, x):
        x = self.stages[0](self.stem(x))
        c3 = self.stages[1](x)
        c4 = self.stages[2](c3)
        features, results, route = [self.stages[3](c4), c4, c3], [], None
        for i in range(3):
            x = features[i] if i == 0 else torch.cat([route, features[i]], 1)
            x = self.blocks[i](x)
            results.append(self.outputs[i](self.tips[i](x)))
            if i < 2:
                route = F.interpolate(self.transitions[i](x), scale_factor=2)
        return results


def split(students, teachers):
    total = 0
    bce = F.binary_cross_entropy_with_logits
    for s, t in zip(students, teachers):
        n, _, h, w = s.shape
        s, t = s.float().view(n, 3, -1, h, w), t.float().view(n, 3, -1, h, w)
        seen = t[:, :, 4:5].sigmoid()
        xy = bce(s[:, :, :2], t[:, :, :2].sigmoid(), reduction="none")
        wh = (s[:, :, 2:4] - t[:, :, 2:4]).abs()
        reg = ((xy.sum(2, keepdim=True) + wh.sum(2, keepdim=True)) * seen).mean()
        cls = (bce(s[:, :, 5:], t[:, :, 5:].sigmoid(), reduction="none") * seen).mean()
        obj = bce(s[:, :, 4:5], (t[:, :, 4:5] > 0).float())
        total = total + reg + cls + obj
    return total


def main():
    steps, mode = int(sys.argv[1]), sys.argv[2]
    torch.manual_seed(0)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    if DEVICE != "cpu":
        torch.set_default_device(DEVICE)
        torch.backends.cudnn.allow_tf32 = False
    student, teacher = Network(1, CLASSES).train(), Teacher().eval().requires_grad_(False)
    if mode != "f32":
        student, teacher = (net.to(memory_format=torch.channels_last) for net in (student, teacher))
    optimiser = torch.optim.SGD(student.parameters(), 1e-6, momentum=0.9, weight_decay=5e-4)
    boxes = [(0.3, 0.4, 0.1, 0.2, 0.0), (0.6, 0.5, 0.4, 0.3, 1.0), (0.5, 0.5, 0.9, 0.8, 2.0)]
    seconds = []
    for step in range(-3, steps):
        x = torch.rand(2, 3, SIDE, SIDE, device="cpu")
        start = time.perf_counter()
        x = x.to(DEVICE)
        if mode != "f32":
            x = x.contiguous(memory_format=torch.channels_last)
        optimiser.zero_grad(set_to_none=True)
        with torch.no_grad(), torch.autocast(KIND, torch.bfloat16, enabled=mode == "bf16"):
            known = teacher(x)
        outputs = student(x)
        (loss_of(outputs, [boxes, boxes], SIDE, CLASSES) + 1000 * split(outputs, known)).backward()
        optimiser.step()
        if KIND == "cuda":
            torch.cuda.synchronize()
        if step >= 0:
            seconds.append(time.perf_counter() - start)
    peak = torch.cuda.max_memory_allocated() >> 20 if KIND == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({"job": "distillation step", "peer": f"PyTorch, {mode}", "seconds": seconds, "peak_mib": peak}))


main()
