#!/usr/bin/env bash
# Times the preparing of training batches beside PyTorch's DataLoader with the same transforms, two workers each, and prints ratios.
#
#   scripts/bench-loader.sh [VOC]      a Pascal VOC folder with a list `train`; without one, 400 images of 640x480 are drawn
#
#   ROUNDS=3                   turns of each side, alternating
#   EPOCHS=2                   timed passes over the list in a turn, after one that is not timed
#   ESPALIER_TORCH_PEER        a Python with torch, opencv and numpy to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
epochs=${EPOCHS:-2}
bin=.build/release
out=.build/bench-loader
mkdir -p "$out"

swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_TORCH_PEER:-$(scripts/bench-torch.sh)}

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
