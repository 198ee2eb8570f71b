"""Times forward passes of Espalier and its peers, who take turns, so that a noisy machine is noisy for all.

    python forward.py ESPALIER-BENCH ROUNDS JOB=MODEL.onnx...

Output: one JSON object a line, {"job", "peer", "seconds": [...]}; a peer that cannot run gives "skipped". Each
peer is a process of its own, since the threads of one would wait for work on the cores of another.
"""
import json
import os
import statistics
import subprocess
import sys
import time

THREADS = 2
PEERS = {
    "fast": "Espalier", "eager": "PyTorch eager", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO f32",
    "plain": "Espalier, node by node",
}


def image_for(path):
    import numpy as np
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    constants = {i.name for i in graph.initializer}
    rng = np.random.default_rng(0)
    feed = {}
    for value in graph.input:
        if value.name in constants:
            continue
        sizes = [d.dim_value or (1 if axis == 0 else 640) for axis, d in enumerate(value.type.tensor_type.shape.dim)]
        feed[value.name] = rng.standard_normal(sizes, dtype=np.float32)
    return feed


def peer(name, path):
    """A function that executes the model once, and the peer's version."""
    feed = image_for(path)
    if name == "eager":
        import torch

        from network import build

        torch.set_num_threads(THREADS)
        torch.set_grad_enabled(False)
        network, image = build(path), torch.from_numpy(next(iter(feed.values())))
        return lambda: network(image), torch.__version__
    if name == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, feed), onnxruntime.__version__
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": THREADS}
    request = openvino.Core().compile_model(path, "CPU", settings).create_infer_request()
    return lambda: request.infer(feed), openvino.__version__.split("-")[0]


def serve(name, path):
    """Prints the version, then answers each line that holds a number with the seconds of that many passes."""
    action, version = peer(name, path)
    for _ in range(3):
        outputs = action()
    outputs = list(outputs.values()) if hasattr(outputs, "values") else outputs
    size = sum(float(abs(o).sum()) for o in outputs)
    print(json.dumps({"version": version, "size": size}), flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - start)
        print(json.dumps(seconds), flush=True)


def compare(bench, rounds, job, path):
    servers, seconds, labels, sizes = {}, {}, {}, {}
    for name, label in PEERS.items():
        ours = name in ("fast", "plain")
        command = [bench, "serve", path, name] if ours else [sys.executable, __file__, "serve", name, path]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = server.stdout.readline().strip()
        if not first:
            reason = (server.stderr.read().strip().splitlines() or ["it ended"])[-1][:200]
            print(json.dumps({"job": job, "peer": label, "skipped": reason}), flush=True)
            continue
        servers[name], seconds[name], labels[name] = server, [], label
        if not ours:
            told = json.loads(first)
            labels[name] = f"{label} {told['version']}"
            sizes[name] = told["size"]
    for _ in range(rounds):
        for name, server in servers.items():
            # About 0.3 s each turn, and one pass untimed, which brings the peer's weights back into the caches.
            count = 4 if not seconds[name] else max(2, min(200, int(0.3 / statistics.median(seconds[name]))))
            server.stdin.write(f"{count + 1}\n")
            server.stdin.flush()
            seconds[name] += json.loads(server.stdout.readline())[1:]
    for name, server in servers.items():
        server.stdin.close()
        server.wait()
        print(json.dumps({"job": job, "peer": labels[name], "seconds": seconds[name]}), flush=True)
    # Each was given the same image: where the outputs' absolute values add up to something else, the networks differ.
    reference = sizes.get("onnxruntime")
    for name in [n for n in sizes if reference and n != "onnxruntime"]:
        off = abs(sizes[name] - reference) / reference
        print(json.dumps({"job": job, "peer": f"check: {labels[name]} against ONNX Runtime", "difference": off}), flush=True)


if sys.argv[1] == "serve":
    serve(sys.argv[2], sys.argv[3])
else:
    for pair in sys.argv[3:]:
        job, path = pair.split("=", 1)
        compare(sys.argv[1], int(sys.argv[2]), job, path)
