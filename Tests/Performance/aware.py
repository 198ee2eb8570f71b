"""The step of training with rounded values that one would write with NNCF on PyTorch, for `make bench-aware`.

YOLOv3-MobileNetV1 at width 0.25, batches of 8 at 320, SGD with momentum; quantized by nncf.quantize, then trained as it is. Prints one
JSON line.

    aware.py STEPS MODE      MODE: eager | compiled (what NNCF itself does: its rounding goes through torch.compile)
"""

import json
import os
import resource
import sys
import time

if sys.argv[2] == "eager":
    os.environ["TORCHDYNAMO_DISABLE"] = "1"

import nncf
import torch

from training import Network, loss_of

CLASSES, SIDE, COUNT = 3, 320, 8
BOXES = [(0.3, 0.4, 0.1, 0.2, 0.0), (0.6, 0.5, 0.4, 0.3, 1.0), (0.5, 0.5, 0.9, 0.8, 2.0)]


def main():
    steps, mode = int(sys.argv[1]), sys.argv[2]
    torch.manual_seed(0)
    torch.set_num_threads(2)
    net = Network(0.25, CLASSES).eval()
    net = net.to(memory_format=torch.channels_last)
    net = nncf.quantize(net, nncf.Dataset([torch.rand(1, 3, SIDE, SIDE) for _ in range(4)]), subset_size=4).train()
    optimiser = torch.optim.SGD(net.parameters(), 1e-6, momentum=0.9, weight_decay=5e-4)
    seconds = []
    # While it compiles a step takes half a minute; the first ones are not counted.
    for step in range(-4, steps):
        x = torch.rand(COUNT, 3, SIDE, SIDE)
        start = time.perf_counter()
        x = x.contiguous(memory_format=torch.channels_last)
        optimiser.zero_grad(set_to_none=True)
        loss_of(net(x), [BOXES] * COUNT, SIDE, CLASSES).backward()
        optimiser.step()
        if step >= 0:
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({"job": "step with rounded values", "peer": f"NNCF {nncf.__version__} on PyTorch, {mode}", "seconds": seconds,
                      "peak_mib": peak}))


main()
