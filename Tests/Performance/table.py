"""Prints the table of `make bench` from JSON lines: {"job", "peer", "seconds": [...]} or {"job", "peer", "skipped"}.

    python table.py FILE...

Medians, and each peer's median as a multiple of Espalier's: above 1 means that Espalier is quicker.
"""
import json
import statistics
import sys

rows, skipped, notes = {}, [], []
for path in sys.argv[1:]:
    for line in open(path):
        line = line.strip()
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if "seconds" in entry:
            rows.setdefault(entry["job"], []).append((entry["peer"], entry["seconds"]))
        elif "skipped" in entry:
            skipped.append(f"{entry['job']}: {entry['peer']} did not run: {entry['skipped']}")
        elif "difference" in entry:
            notes.append(f"{entry['job']}: {entry['peer']}: greatest difference {entry['difference']:.2g}")


def shown(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


print(f"{'job':36} {'who':40} {'median':>11} {'least':>11} {'runs':>5} {'ratio':>8}")
for job, entries in rows.items():
    first = statistics.median(entries[0][1])
    for index, (peer, seconds) in enumerate(entries):
        median = statistics.median(seconds)
        ratio = f"{median / first:.2f}x"
        print(f"{job if index == 0 else '':36} {peer:40} {shown(median):>11} {shown(min(seconds)):>11} "
              f"{len(seconds):>5} {ratio:>8}")
    if "calls of a Swift strategy" in job and len(entries) == 2:
        # Both were timed in turns: the median of the differences, and that of the least times.
        pairs = list(zip(entries[1][1], entries[0][1]))
        over = statistics.median(a - b for a, b in pairs) / 100_000 * 1e9
        least = (min(a for a, _ in pairs) - min(b for _, b in pairs)) / 100_000 * 1e9
        notes.append(f"a call through the C boundary costs {over:.0f} ns over a direct one, {least:.0f} ns by the least "
                     "times (aim: under 100 ns)")
print()
for line in notes + skipped:
    print(line)
