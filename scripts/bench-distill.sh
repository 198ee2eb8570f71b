#!/usr/bin/env bash
# Times a step of distillation, YOLOv3-ResNet34 teaching YOLOv3-MobileNetV1 by the split loss at 2 x 320 x 320 on two threads, beside the
# same in PyTorch eager, turn by turn, and prints medians with ratios and the most memory that each process held.
#
#   STEPS=10                   steps of a turn, after three that are not counted
#   ROUNDS=2                   turns of each side, alternating
#   ESPALIER_TORCH_PEER        a Python with torch and numpy and Pillow to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
steps=${STEPS:-10}
bin=.build/release
out=.build/bench-distill
cache=${XDG_CACHE_HOME:-$HOME/.cache}/espalier
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_TORCH_PEER:-$cache/bench-torch-python/bin/python}
if ! "$python" -c 'import numpy, PIL, torch' 2>/dev/null; then
  if [ -n "${ESPALIER_TORCH_PEER:-}" ]; then
    echo "bench-distill: ESPALIER_TORCH_PEER=$python lacks one of numpy, Pillow, torch" >&2
    exit 1
  fi
  echo "bench-distill: installing torch into $cache/bench-torch-python (about 1 GB, once)" >&2
  python3 -m venv "$cache/bench-torch-python" || { echo "bench-distill: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  "$cache/bench-torch-python/bin/pip" install --quiet numpy pillow torch==2.11.0 ||
    { echo "bench-distill: pip could not install torch; ESPALIER_TORCH_PEER names a Python that has it" >&2; exit 1; }
fi
rm -f "$out"/*.jsonl
export OMP_NUM_THREADS=2
# oneDNN computes in bfloat16 from AVX-512 on.
narrow=
grep -q -E 'avx512bw|avx_ne_convert' /proc/cpuinfo && narrow=1
[ -n "$narrow" ] || echo "bench-distill: this processor does not compute in bfloat16; those rows are left out" >&2
for ((round = 0; round < ${ROUNDS:-2}; ++round)); do
  "$bin/espalier-bench" distill "$steps" float32 >>"$out/espalier.jsonl"
  [ -z "$narrow" ] || "$bin/espalier-bench" distill "$steps" bfloat16 >>"$out/espalier.jsonl"
  "$python" Tests/Performance/distill.py "$steps" f32 >>"$out/pytorch.jsonl"
  "$python" Tests/Performance/distill.py "$steps" channels_last >>"$out/pytorch.jsonl"
  [ -z "$narrow" ] || "$python" Tests/Performance/distill.py "$steps" bf16 >>"$out/pytorch.jsonl"
done
printf '%s, load %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"
"$python" - "$out/espalier.jsonl" "$out/pytorch.jsonl" <<'PYTHON'
import json, statistics, sys

rows = {}
for path in sys.argv[1:]:
    for line in open(path):
        entry = json.loads(line)
        seconds, peak = rows.setdefault(entry["peer"], ([], []))
        seconds += entry["seconds"]
        peak.append(entry["peak_mib"])
first = statistics.median(next(iter(rows.values()))[0])
print(f"{'distillation step, 2 x 320 x 320':36} {'median':>10} {'least':>10} {'steps':>6} {'ratio':>7} {'peak':>10}")
for peer, (seconds, peak) in rows.items():
    median = statistics.median(seconds)
    print(f"{peer:36} {median:8.3f} s {min(seconds):8.3f} s {len(seconds):6} {median / first:6.2f}x {max(peak):6} MiB")
PYTHON
