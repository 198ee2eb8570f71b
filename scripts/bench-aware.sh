#!/usr/bin/env bash
# Times a step of training with rounded values, YOLOv3-MobileNetV1 at width 0.25 with batches of 8 x 320 x 320 on two threads, beside the
# same by NNCF on PyTorch, turn by turn, and prints medians with ratios and the most memory that each process held.
#
#   STEPS=10 ROUNDS=2          steps of a turn, after those that are not counted; turns of each side, alternating
#   MODES="eager compiled"     NNCF's rounding as plain PyTorch, and through torch.compile as it comes
#   ESPALIER_TORCH_PEER        a Python with nncf, torch, numpy and Pillow to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
steps=${STEPS:-10}
bin=.build/release
out=.build/bench-aware
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_TORCH_PEER:-$(scripts/bench-torch.sh)}
if ! "$python" -c 'import nncf' 2>/dev/null; then
  [ -z "${ESPALIER_TORCH_PEER:-}" ] || { echo "bench-aware: ESPALIER_TORCH_PEER=$python has no nncf" >&2; exit 1; }
  echo "bench-aware: installing NNCF beside PyTorch" >&2
  "${python%/*}/pip" install --quiet nncf==3.4.0 || { echo "bench-aware: pip could not install nncf" >&2; exit 1; }
fi
rm -f "$out"/*.jsonl
export OMP_NUM_THREADS=2
for ((round = 0; round < ${ROUNDS:-2}; ++round)); do
  "$bin/espalier-bench" aware "$steps" >>"$out/espalier.jsonl"
  for mode in ${MODES:-eager compiled}; do
    "$python" Tests/Performance/aware.py "$steps" $mode 2>"$out/nncf.txt" >>"$out/nncf.jsonl" || { tail -5 "$out/nncf.txt" >&2; exit 1; }
  done
done
printf '%s, load %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"
"$python" Tests/Performance/steps_table.py "step with rounded values" "$out/espalier.jsonl" "$out/nncf.jsonl"
