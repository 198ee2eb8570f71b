#!/usr/bin/env bash
# A foreign detector pruned by a share of every group and recovered against its own original on pictures without labels: how far its
# outputs are from the original's before and after, on pictures that were not trained on, as onnxruntime computes them.
#
#   scripts/recover.sh BIN MODEL VOC NORMALIZE     MODEL: an ONNX file; VOC: a folder with lists train and test, of which labels are not read;
#                                                  RATIO, ITERATIONS, RATE, SEED, OUT as wanted; ESPALIER_PYTHON has onnxruntime
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$1/espalier model=$2 voc=$3 normalize=$4
out=${OUT:-out/recover} python=${ESPALIER_PYTHON:-$(scripts/setup.sh --python)}
mkdir -p "$out"
"$espalier" prune "$model" -s uniform --set "ratio=${RATIO:-0.3}" -o "$out/cut.onnx" >"$out/prune.txt"
if [ -e "$out/run/report.json" ]; then
  echo "$out/run is done"
elif [ -e "$out/run/recipe.yml" ]; then
  "$espalier" distill --resume "$out/run" -o "$out/recovered.onnx"
else
  "$espalier" distill "$out/cut.onnx" --teacher "$model" --data "voc:$voc" --list train --normalize "$normalize" \
    --iterations "${ITERATIONS:-500}" --seed "${SEED:-0}" --set batch=8 --set "learning_rate=${RATE:-0.001}" \
    --set checkpoint_every=50 --run "$out/run" -o "$out/recovered.onnx"
fi
"$python" scripts/output-error.py "$model" "$voc" "$normalize" "$out/cut.onnx" "$out/recovered.onnx"
