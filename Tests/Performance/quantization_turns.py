"""Times the calibration of a model by Espalier and its peers, each a process of its own, in turns.

    python quantization_turns.py ESPALIER PEERS-PYTHON MODEL.onnx INPUTS.npy FOLDER ROUNDS COUNT COUNT

Times are of whole processes. What a process pays once, loading libraries and writing the file, falls out of the slope: the difference of
the medians of both counts of images by the difference of the counts. What 300 images take is reckoned from it, not measured.
"""
import json
import os
import statistics
import sys
import time

MINE = {
    "Espalier, kl": ("onnxruntime", "kl"), "Espalier, abs_max": ("onnxruntime", "abs_max"),
    "Espalier, abs_max, for OpenVINO": ("openvino", "abs_max"),
}
PEERS = {
    "ONNX Runtime, entropy": "ort-entropy", "ONNX Runtime, min-max": "ort-minmax",
    "NNCF on ONNX": "nncf-onnx", "NNCF on OpenVINO, f32": "nncf-openvino",
}


def timed(command, log):
    """A process: seconds by the clock and of all cores, and the most memory that it held, in MiB."""
    with open(log, "w") as file:
        start = time.monotonic()
        child = os.posix_spawn(
            command[0], command, os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, file.fileno(), 1), (os.POSIX_SPAWN_DUP2, file.fileno(), 2)],
        )
        _, status, usage = os.wait4(child, 0)
        seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{open(log).read()[-2000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    espalier, python, model, inputs, folder, rounds = sys.argv[1:7]
    counts = [int(text) for text in sys.argv[7:9]]
    here = os.path.dirname(os.path.abspath(__file__))
    commands = {}
    for name, (target, algorithm) in MINE.items():
        commands[name] = lambda count, t=target, a=algorithm: [
            espalier, "quantize", model, "--images", inputs, "--limit", str(count), "--target", t, "--set", f"algorithm={a}",
            "-o", f"{folder}/made.onnx",
        ]
    for name, peer in PEERS.items():
        commands[name] = lambda count, p=peer: [
            python, f"{here}/quantization.py", p, model, inputs, str(count), f"{folder}/made.{'xml' if 'openvino' in p else 'onnx'}",
        ]
    runs = {(name, count): [] for name in commands for count in counts}
    for turn in range(int(rounds)):
        for count in counts:
            for name, command in commands.items():
                runs[name, count].append(timed(command(count), f"{folder}/log.txt"))
                seconds, cores, peak = runs[name, count][-1]
                entry = {"peer": name, "images": count, "seconds": seconds, "core_seconds": cores, "peak_mib": peak}
                print(json.dumps(entry), file=sys.stderr, flush=True)
    tables(list(commands), counts, runs)


def tables(names, counts, runs):
    """Times, then memory; ratios are to the first row."""
    few, many = counts
    median = lambda name, count, column: statistics.median(run[column] for run in runs[name, count])
    slope = lambda name, column: (median(name, many, column) - median(name, few, column)) / (many - few)
    total = lambda name, column: median(name, many, column) + slope(name, column) * (300 - many)
    rounds = len(runs[names[0], few])
    print(f"calibration, whole processes, medians of {rounds} turns; what 300 images take is extrapolated")
    print(f"{'':32} {few:4} images {many:4} images   an image  ratio   of all cores  ratio   300 images  ratio")
    for name in names:
        print(
            f"{name:32} {median(name, few, 0):9.2f} s {median(name, many, 0):9.2f} s"
            f" {slope(name, 0):8.3f} s {slope(name, 0) / slope(names[0], 0):5.2f}x"
            f" {slope(name, 1):12.3f} s {slope(name, 1) / slope(names[0], 1):5.2f}x"
            f" {total(name, 0):10.1f} s {total(name, 0) / total(names[0], 0):5.2f}x"
        )
    print(f"\n{'most memory':32} {few:4} images {many:4} images   an image           300 images  ratio")
    for name in names:
        print(
            f"{name:32} {median(name, few, 2):7.0f} MiB {median(name, many, 2):7.0f} MiB {slope(name, 2):+7.1f} MiB"
            f" {total(name, 2):16.0f} MiB {total(name, 2) / total(names[0], 2):5.2f}x"
        )


main()
