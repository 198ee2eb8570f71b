#!/usr/bin/env bash
# How the reward after a tenth of the training ranks twenty networks, beside the reward after all of it: Kendall's tau and the time saved.
#
#   scripts/search-quick.sh BIN      BASE=FOLDER of a run of `make demo` (default out/demo/run/baseline, made where it is missing); SET="KEY=VALUE…"
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
base=${BASE:-out/demo/run/baseline} voc=${VOC:-out/demo/VOC} out=out/search-quick
[ -f "$base/model.onnx" ] || scripts/demo.sh "$(dirname "$espalier")"
mkdir -p "$out"
ln -sfn "$(realpath "$voc")" "$out/VOC"
cp "$base/model.onnx" "$out/detector.onnx"
cp Examples/recipes/search/quick.yml "$out/"
options=()
for setting in ${SET:-}; do options+=(--set "$setting"); done
if [ -f "$out/run/run.sqlite" ]; then
  "$espalier" search --resume "$out/run" --executor local:2
else
  "$espalier" search "$out/quick.yml" --run "$out/run" --executor local:2 "${options[@]}"
fi
