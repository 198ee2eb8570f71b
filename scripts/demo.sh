#!/usr/bin/env bash
# The main job, end to end: a detector as an ONNX file, pruned by the benchmark's list and uniformly, run before and
# after. Everything goes to out/demo.
set -eu
cd "$(dirname "$0")/.."
espalier=${1:-.build/release}/espalier
out=out/demo
rm -rf "$out"
mkdir -p "$out"
say() { printf '\n$ espalier %s\n' "$*"; }
do_() {
  say "$@"
  "$espalier" "$@"
}

do_ doctor
do_ zoo --write yolov3_mobilenet_v1 --input-size 416 -o "$out/detector.onnx"
say inspect "$out/detector.onnx" "| tail"
"$espalier" inspect "$out/detector.onnx" | tail -12
do_ prune "$out/detector.onnx" --strategy r578 -o "$out/r578.onnx"
do_ prune "$out/detector.onnx" --strategy uniform --set ratio=0.3 -o "$out/uniform.onnx"
for model in detector r578 uniform; do
  do_ run "$out/$model.onnx" --random 7 --outputs "$out/$model"
done
printf '\n'
ls -l "$out"/*.onnx | awk '{print $5, $9}'
