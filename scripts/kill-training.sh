#!/usr/bin/env bash
# Kills a training at random milliseconds, again and again, and compares its model with that of a run left alone.
# usage: scripts/kill-training.sh [BIN] ; KILLS=20 SIZE=96 ITERATIONS=120
set -eu -o pipefail
cd "$(dirname "$0")/.."
program="${1:-.build/release}/espalier"
kills="${KILLS:-20}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$program" data synth "$folder/drawn" --images 20 --seed 1 --size 96x96 2>"$folder/log"
cat >"$folder/recipe.yml" <<RECIPE
model: {name: yolov3_mobilenet_v1, width: 0.125}
task: {type: yolov3, classes: 4}
data: {format: voc, root: drawn, train: train, val: val}
device: cpu
input_size: ${SIZE:-96}
seed: 5
steps:
  - train: {iterations: ${ITERATIONS:-120}, batch: 4, checkpoint_every: 2, optimiser: adam, ema: 0.9, augment: light}
  - prune: {strategy: r578}
  - train: {iterations: ${ITERATIONS:-120}, batch: 4, checkpoint_every: 2, augment: yolov3, sizes: [64, 96], autocast: bfloat16}
export: {onnx: small.onnx}
RECIPE
start=$(date +%s%N)
"$program" compress "$folder/recipe.yml" --run "$folder/whole" >"$folder/log" 2>&1
span=$((($(date +%s%N) - start) / 1000000))
# Kills fall evenly over the time that the run takes, starts of the program included, so that every part of it is hit.
each=$((2 * span / kills + 600))
resume=()
for ((kill = 1; kill <= kills; kill++)); do
  if [[ -f "$folder/broken/run.sqlite" ]]; then resume=(--resume "$folder/broken"); else resume=(--run "$folder/broken"); fi
  "$program" compress "$folder/recipe.yml" "${resume[@]}" >"$folder/log" 2>&1 &
  process=$!
  pause=$((RANDOM % each + 150))
  sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
  kill -9 "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
  latest="$(ls "$folder"/broken/checkpoints/*/step-*.safetensors* 2>/dev/null | tail -1 || true)"
  echo "kill $kill after $pause ms: ${latest#"$folder"/broken/}"
done
if [[ -f "$folder/broken/run.sqlite" ]]; then resume=(--resume "$folder/broken"); else resume=(--run "$folder/broken"); fi
"$program" compress "$folder/recipe.yml" "${resume[@]}" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
whole="$(sha256sum <"$folder/whole/small.onnx")"
broken="$(sha256sum <"$folder/broken/small.onnx")"
echo "left alone: $whole"
echo "killed:     $broken"
[[ "$whole" == "$broken" ]] || { echo "the models differ" >&2; exit 1; }
