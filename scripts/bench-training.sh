#!/usr/bin/env bash
# Times a training step beside the one that one would write in plain PyTorch: the same network, folder, batch and size, turn by turn.
#
#   scripts/bench-training.sh [VOC]      a Pascal VOC folder with a list `train`; without one, 60 images of 640x480 are drawn
#
#   STEPS=40                   timed steps of a turn
#   ROUNDS=3                   turns of each side, alternating
#   WIDTH=0.25 SIZE=320 BATCH=8
#   AUTOCAST="none bfloat16"   what ours computes in; bfloat16 pays on processors that have it (avx512_bf16, amx_bf16)
#   DEVICE=cpu                 or cuda, for both sides: ESPALIER_TORCH and ESPALIER_TORCH_PEER then name a torch with CUDA's libraries
#   ESPALIER_TORCH_PEER        a Python with torch, numpy and Pillow, to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=.build/release
out=.build/bench-training
width=${WIDTH:-0.25} size=${SIZE:-320} batch=${BATCH:-8} steps=${STEPS:-40}
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_TORCH_PEER:-$(scripts/bench-torch.sh)}
data=${1:-}
if [ -z "$data" ]; then
  data=$out/drawn
  [ -e "$data/ImageSets/Main/test.txt" ] || { rm -rf "$data"; "$bin/espalier" data synth "$data" --images 60 --seed 1 --size 640x480; }
fi
export OMP_NUM_THREADS=2
rm -f "$out"/*.jsonl
for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
  for autocast in ${AUTOCAST:-none bfloat16}; do
    "$bin/espalier-bench" training "$data" train "$width" "$size" "$batch" "$steps" "$autocast" >>"$out/espalier.jsonl"
  done
  for mode in f32 channels_last ${PEER_BF16:+bf16}; do
    "$python" Tests/Performance/training.py run "$data" train "$width" "$size" "$batch" "$steps" "$mode" >>"$out/pytorch.jsonl"
  done
done
printf '%s, load %s, batches of %s at %s x %s, width %s, 2 threads; bf16 in hardware: %s\n\n' \
  "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)" "$batch" "$size" "$size" "$width" \
  "$(grep -qwE 'avx512_bf16|amx_bf16' /proc/cpuinfo && echo yes || echo no)"
"$python" Tests/Performance/training.py table "$out/pytorch.jsonl" "$out/espalier.jsonl"
