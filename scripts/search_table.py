#!/usr/bin/env python3
"""The table of scripts/search-faces.sh: best rewards by searcher, with 95 % intervals over seeds, and paired differences from random.

Usage: search_table.py FOLDER      FOLDER/SEARCHER-SEED/report.json
"""
import glob
import json
import math
import os
import sys

# Two-sided 95 % quantiles of Student's t by degrees of freedom.
QUANTILES = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def interval(values):
    """Mean and half the width of its 95 % interval."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, float("nan")
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    return mean, QUANTILES.get(len(values) - 1, 1.96) * deviation / math.sqrt(len(values))


def main(folder):
    """Prints the table of a folder's runs."""
    found = {}
    for path in sorted(glob.glob(f"{folder}/*/report.json")):
        searcher, seed = os.path.basename(os.path.dirname(path)).rsplit("-", 1)
        with open(path) as file:
            step = json.load(file)["steps"][0]
        found.setdefault(searcher, {})[int(seed)] = step
    base = {seed: step["best"]["reward"] for seed, step in found.get("random", {}).items()}
    print("| searcher | seeds | trials each | best reward, mean ± 95 % | difference from random, mean ± 95 % | differs | infeasible proposals | violations |")
    print("|---|---|---|---|---|---|---|---|")
    for searcher, runs in found.items():
        best = {seed: step["best"]["reward"] for seed, step in runs.items()}
        trials = [trial for step in runs.values() for trial in step["trials"]]
        judged = [trial for trial in trials if trial["state"] == "rewarded"]
        limit = {seed: step["cost"]["multiplyAdds"]["before"] for seed, step in runs.items()}
        broken = sum(t["figures"]["macs"] > limit[seed] for seed, step in runs.items() for t in step["trials"] if t["state"] == "rewarded")
        mean, half = interval(list(best.values()))
        difference, verdict = "", ""
        if searcher != "random" and base:
            shared = sorted(set(best) & set(base))
            d, h = interval([best[s] - base[s] for s in shared])
            difference = f"{100 * d:+.2f} ± {100 * h:.2f}"
            verdict = "yes" if abs(d) > h else "no"
        print(f"| {searcher} | {len(runs)} | {len(judged) / len(runs):.0f} | {100 * mean:.2f} ± {100 * half:.2f} | {difference} | {verdict} | {len(trials) - len(judged)} | {broken} |")


if __name__ == "__main__":
    main(sys.argv[1])
