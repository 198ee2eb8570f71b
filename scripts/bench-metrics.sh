#!/usr/bin/env bash
# Times `espalier score coco` beside pycocotools and faster-coco-eval on 5,000 images and 500,000 detections, in one go.
#
#   RUNS=3             runs of the fast ones; the least counts (pycocotools runs once, it takes a minute)
#   ESPALIER_PEERS     a Python with numpy, pycocotools and faster_coco_eval to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=.build/release
out=.build/bench-metrics
venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/bench-metrics-python
mkdir -p "$out"
python=${ESPALIER_PEERS:-$venv/bin/python}
if ! "$python" -c 'import numpy, pycocotools, faster_coco_eval' 2>/dev/null; then
  if [ -n "${ESPALIER_PEERS:-}" ]; then
    echo "bench: ESPALIER_PEERS=$python lacks one of numpy, pycocotools, faster_coco_eval" >&2
    exit 1
  fi
  python3 -m venv "$venv" || { echo "bench: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet numpy pycocotools==2.0.11 faster-coco-eval==1.8.0 ||
    { echo "bench: pip found no network; ESPALIER_PEERS names a Python that has the peers" >&2; exit 1; }
fi
if [ ! -e "$out/drawn" ]; then
  "$python" Tests/Performance/metrics.py draw "$out"
  touch "$out/drawn"
fi
printf '%s, load %s, files %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
  "$(cut -d' ' -f1 /proc/loadavg)" "$(du -ch "$out"/*.json | tail -1 | cut -f1)"
"$python" Tests/Performance/metrics.py time "$out" "$bin/espalier" "${RUNS:-3}"
