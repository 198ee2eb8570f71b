#!/usr/bin/env python3
"""The table of scripts/criteria-bccd.sh: mAP on the list `test` right after a cut and after equal training, by criterion.

Usage: criteria_bccd_table.py FOLDER
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


def value(path):
    return figures(path)["sizes"][0]["value"]


def share(run):
    """Multiply-adds after the cut as a share of those before."""
    step = figures(f"{folder}/{run}/report.json")["steps"][0]
    return step["after"]["multiplyAdds"] / step["before"]["multiplyAdds"]


def text(values):
    if len(values) == 1:
        return f"{100 * values[0]:.2f}"
    mean, half = interval(values)
    return f"{100 * mean:.2f} ± {100 * half:.2f}"


print("| amounts | criterion | seeds | multiply-adds | mAP after the cut | mAP after training, mean ± 95 % | each seed |")
print("|---|---|---|---|---|---|---|")
print(f"| | nothing cut | | 100 % | | {100 * value(f'{folder}/detector.json'):.2f} | |")
for way in ("uniform", "global"):
    for criterion in ("l1", "taylor", "group_fisher", "fpgm", "lamp"):
        pattern = f"{folder}/{criterion}-{way}-[0-9]*/report.json"
        runs = sorted(os.path.basename(os.path.dirname(path)) for path in glob.glob(pattern))
        runs = [run for run in runs if os.path.exists(f"{folder}/{run}.json")]
        if not runs:
            continue
        shares = [share(run) for run in runs]
        after = [value(f"{folder}/{run}.json") for run in runs]
        print(f"| {way} | {criterion} | {len(runs)} | {100 * min(shares):.1f} to {100 * max(shares):.1f} % | "
              f"{text([value(f'{folder}/{run}-cut.json') for run in runs])} | {text(after)} | "
              + ", ".join(f"{100 * v:.2f}" for v in after) + " |")
