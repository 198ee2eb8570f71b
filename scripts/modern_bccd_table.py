#!/usr/bin/env python3
"""The table of scripts/modern-bccd.sh.

Usage: modern_bccd_table.py FOLDER
"""
import glob
import json
import os
import sys

from search_table import interval

folder = sys.argv[1]
runtimes = ["onnxruntime", "openvino"]


def load(name):
    with open(f"{folder}/{name}.json") as file:
        return json.load(file)


def text(values, digits=2, factor=1):
    if len(values) == 1:
        return f"{factor * values[0]:.{digits}f}"
    mean, half = interval(values)
    return f"{factor * mean:.{digits}f} ± {factor * half:.{digits}f}"


def figures(name):
    size = load(f"{name}.eval")["sizes"][0]
    others = {row["name"]: row["value"] for row in size["others"]} if isinstance(size["others"], list) else size["others"]
    result = {"mAP50": others["AP50"], "mAP50-95": others["AP"]}
    for runtime in runtimes:
        if os.path.exists(f"{folder}/{name}.{runtime}.json"):
            bench = load(f"{name}.{runtime}")
            result[runtime] = bench["rows"][1]["milliseconds"]["p50"], bench["rows"][1]["ratio"]
            result["multiply-adds"] = bench["models"][1]["multiplyAdds"] / bench["models"][0]["multiplyAdds"]
            result["bytes"] = bench["models"][1]["fileBytes"]
    return result


rows = {}
for path in glob.glob(f"{folder}/*.eval.json"):
    name = os.path.basename(path)[: -len(".eval.json")]
    int8 = name.endswith("-int8")
    key = name.removesuffix("-int8")
    if key != "detector":
        key = key.rsplit("-", 1)[0]
    rows.setdefault((key, int8), []).append(figures(name))
print("| model | seeds | mAP50 | mAP50-95 | multiply-adds | MB | " + " | ".join(f"ms, {runtime}" for runtime in runtimes) + " |")
print("|---|---|---|---|---|---|" + "---|" * len(runtimes))
order = sorted(rows, key=lambda row: (row[0] != "detector", row))
for key, int8 in order:
    found = rows[key, int8]
    cells = [f"{key}{', INT8' if int8 else ''}", f"{len(found)}", text([f["mAP50"] for f in found], 2, 100), text([f["mAP50-95"] for f in found], 2, 100)]
    cells.append(f"{100 * found[0]['multiply-adds']:.1f} %" if "multiply-adds" in found[0] else "")
    cells.append(f"{found[0]['bytes'] / 1e6:.2f}" if "bytes" in found[0] else "")
    for runtime in runtimes:
        known = [f[runtime] for f in found if runtime in f]
        cells.append(f"{sum(k[0] for k in known) / len(known):.1f} ({sum(k[1] for k in known) / len(known):.2f}x)" if known else "")
    print("| " + " | ".join(cells) + " |")
