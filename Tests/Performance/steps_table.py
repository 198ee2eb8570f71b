"""Medians of steps by who took them, ratios to the first, and the most memory held.

    steps_table.py TITLE FILE.jsonl...      lines with "peer", "seconds", "peak_mib"; above 1.00x means that the first is quicker
"""
import json
import statistics
import sys

rows = {}
for path in sys.argv[2:]:
    for line in open(path):
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        seconds, peak = rows.setdefault(entry["peer"], ([], []))
        seconds += entry["seconds"]
        peak.append(entry["peak_mib"])
first = statistics.median(next(iter(rows.values()))[0])
print(f"{sys.argv[1]:36} {'median':>10} {'least':>10} {'steps':>6} {'ratio':>7} {'peak':>10}")
for peer, (seconds, peak) in rows.items():
    median = statistics.median(seconds)
    print(f"{peer:36} {median:8.3f} s {min(seconds):8.3f} s {len(seconds):6} {median / first:6.2f}x {max(peak):6} MiB")
