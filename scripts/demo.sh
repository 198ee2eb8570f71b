#!/usr/bin/env bash
# The main job, end to end, in minutes: a data set drawn, a small detector trained on it, its sensitivity measured, the detector cut in
# two ways and trained again, and the table. Everything goes to out/demo.
set -eu
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
rm -rf out/demo
mkdir -p out/demo
"$bin/espalier" doctor
"$bin/espalier" data synth out/demo/VOC --images 400 --size 256x192 --seed 0
RATIOS=0.2,0.4,0.6,0.8 scripts/detector.sh "$bin" out/demo/run out/demo/VOC 4 "${EPOCHS:-30}" 160 seed=0
