#!/usr/bin/env bash
# Times the preparing of training batches beside PyTorch's DataLoader with the same transforms, two workers each, and prints ratios.
#
#   scripts/bench-loader.sh [VOC]      a Pascal VOC folder with a list `train`; without one, 400 images of 640x480 are drawn
#
#   ROUNDS=3                   turns of each side, alternating
#   EPOCHS=2                   timed passes over the list in a turn, after one that is not timed
#   ESPALIER_LOADER_PEERS      a Python with torch, opencv and numpy to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
epochs=${EPOCHS:-2}
bin=.build/release
out=.build/bench-loader
venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/bench-loader-python
mkdir -p "$out"

swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_LOADER_PEERS:-$venv/bin/python}
if ! "$python" -c 'import numpy, cv2, torch' 2>/dev/null; then
  if [ -n "${ESPALIER_LOADER_PEERS:-}" ]; then
    echo "bench-loader: ESPALIER_LOADER_PEERS=$python lacks one of numpy, cv2, torch" >&2
    exit 1
  fi
  echo "bench-loader: installing torch and OpenCV into $venv (about 1 GB, once)" >&2
  python3 -m venv "$venv" || { echo "bench-loader: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  # PyTorch's own index has builds without CUDA; PyPI's brings gigabytes of it.
  "$venv/bin/pip" install --quiet --index-url https://download.pytorch.org/whl/cpu torch==2.13.0 ||
    "$venv/bin/pip" install --quiet torch==2.13.0 ||
    { echo "bench-loader: pip could not install torch; ESPALIER_LOADER_PEERS names a Python that has it" >&2; exit 1; }
  "$venv/bin/pip" install --quiet numpy opencv-python-headless==5.0.0.93
fi

data=${1:-}
if [ -z "$data" ]; then
  data=$out/drawn
  if [ ! -e "$data/ImageSets/Main/test.txt" ]; then
    rm -rf "$data"
    "$bin/espalier" data synth "$data" --images 400 --seed 1 --size 640x480
  fi
fi
rm -f "$out"/*.jsonl
# Turn by turn, so that what else the machine does falls on both.
for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
  "$python" Tests/Performance/loader.py "$data" train "$epochs" >>"$out/pytorch.jsonl"
  "$bin/espalier-bench" loader "$data" train "$epochs" >>"$out/espalier.jsonl"
done
printf '%s, load %s, %s images, batches of 8 at 416 x 416, 2 workers\n\n' \
  "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)" \
  "$(wc -l <"$data/ImageSets/Main/train.txt")"
"$python" Tests/Performance/loader.py --table "$out/pytorch.jsonl" "$out/espalier.jsonl"
