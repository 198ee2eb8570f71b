"""Times the espalier program from start to end, as JSON lines: python program.py ESPALIER FOLDER RUNS"""
import json
import os
import subprocess
import sys
import time

program, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
yolo = os.path.join(folder, "yolov3.onnx")
jobs = {
    "groups and r578 cut, file to file": ["prune", yolo, "--strategy", "r578", "-o", os.path.join(folder, "p.onnx")],
    "count FLOPs of 98 MB": ["inspect", yolo, "--json"],
}
for job, arguments in jobs.items():
    seconds = []
    for index in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if index:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"job": job, "peer": "Espalier, the whole program", "seconds": seconds}), flush=True)
