#!/usr/bin/env bash
# The detector of `make bccd` at half its multiply-adds: the best of a search over widths, one ratio for all groups, and the ratios that sensitivity
# curves allow, each trained again for as long, over seeds. After an interruption the same command resumes.
#
#   scripts/search-bccd.sh BIN      SEEDS="0 1 2", TRIALS=60, EPOCHS=20 (of training again), BASE=FOLDER of the detector's run, SIZE=320 as wanted
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
recipes=Examples/recipes/search epochs=${EPOCHS:-20} trials=${TRIALS:-60} size=${SIZE:-320}
found=
for folder in "${DATA:-}" "${ESPALIER_TEST_DATA:-}/bccd/BCCD" ../shared/data/bccd/BCCD ../../shared/data/bccd/BCCD; do
  [ -d "$folder/ImageSets" ] && found=$folder && break
done
[ -n "$found" ] || { echo "search-bccd: no BCCD folder (DATA=… names one)"; exit 1; }
base=${BASE:-out/bccd-0/baseline} out=out/search-bccd
[ -f "$base/model.onnx" ] || scripts/bccd.sh "$(dirname "$espalier")"
mkdir -p "$out"
ln -sfn "$(realpath "$found")" "$out/VOC"
cp "$base/model.onnx" "$out/detector.onnx"
cp "$recipes"/width.yml "$recipes"/uniform.yml "$recipes"/sensitivity.yml "$out/"
# Curves are measured once, on the list that the search judges by.
[ -f "$out/sensitivity.json" ] ||
  "$espalier" sensitivity "$out/detector.onnx" --data "voc:$out/VOC" --list val --metric 11point --ratios "${RATIOS:-0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}" --run "$out/measured" -o "$out/sensitivity.json"
# carry_out NAME RUN [KEY=VALUE...]: a recipe in its run folder.
carry_out() {
  local recipe=$out/$1.yml run=$out/$2
  shift 2
  [ -f "$run/report.json" ] && return
  local options=()
  for setting; do options+=(--set "$setting"); done
  if [ -f "$run/run.sqlite" ]; then
    "$espalier" compress --resume "$run" --executor local:2
  else
    rm -rf "$run"
    "$espalier" compress "$recipe" --run "$run" --executor local:2 "${options[@]}"
  fi >"$run.txt"
}
for seed in ${SEEDS:-0 1 2}; do
  for name in width uniform sensitivity; do
    extra=()
    [ "$name" = width ] && extra=("steps.0.search.trials=$trials" "steps.0.search.train.iterations=${ITERATIONS:-25}")
    carry_out "$name" "$name-$seed" "seed=$seed" "input_size=$size" "steps.1.train.epochs=$epochs" "${extra[@]}"
    [ -f "$out/$name-$seed.json" ] ||
      "$espalier" eval "$out/$name-$seed/model.onnx" --data "voc:$out/VOC" --list test --metric 11point --sizes "$size" --json >"$out/$name-$seed.json"
  done
done
[ -f "$out/detector.json" ] ||
  "$espalier" eval "$out/detector.onnx" --data "voc:$out/VOC" --list test --metric 11point --sizes "$size" --json >"$out/detector.json"
python3 scripts/search_bccd_table.py "$out"
