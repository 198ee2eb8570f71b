#!/usr/bin/env python3
"""The table of scripts/search-bccd.sh: mAP on the list `test` after equal training, by how the detector was made narrower.

Usage: search_bccd_table.py FOLDER
"""
import glob
import json
import os
import sys

from search_table import interval

folder = sys.argv[1]


def figures(path):
    with open(path) as file:
        return json.load(file)


def cost(run):
    """Multiply-adds after the first step as a share of those before."""
    step = figures(f"{folder}/{run}/report.json")["steps"][0]
    if "cost" in step:
        macs = step["cost"]["multiplyAdds"]
        return macs["after"] / macs["before"]
    return step["after"]["multiplyAdds"] / step["before"]["multiplyAdds"]


whole = figures(f"{folder}/detector.json")["sizes"][0]["value"]
print("| cut by | seeds | multiply-adds | mAP after training, mean ± 95 % | each seed |")
print("|---|---|---|---|---|")
print(f"| nothing (the detector) | | 100 % | {100 * whole:.2f} | |")
for name in ("width", "uniform", "sensitivity"):
    runs = sorted(os.path.basename(path)[:-5] for path in glob.glob(f"{folder}/{name}-[0-9]*.json"))
    values = [figures(f"{folder}/{run}.json")["sizes"][0]["value"] for run in runs]
    shares = [cost(run) for run in runs]
    if not values:
        continue
    mean, half = interval(values)
    print(f"| {name} | {len(values)} | {100 * min(shares):.1f} to {100 * max(shares):.1f} % | {100 * mean:.2f} ± {100 * half:.2f} | "
          + ", ".join(f"{100 * v:.2f}" for v in values) + " |")
