#!/usr/bin/env bash
# The detector of `make bccd` cut to half its multiply-adds by the L1 norm and by each published criterion: one ratio for all groups, and a
# ranking over all; its mAP right after the cut and after equal training. After an interruption the same command resumes.
#
#   scripts/criteria-bccd.sh BIN     SEEDS="0 1 2", EPOCHS=20 (of training again), BASE=FOLDER of the detector's run, WAYS="uniform global", SIZE=320 as wanted
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
recipes=Examples/recipes/criteria epochs=${EPOCHS:-20} size=${SIZE:-320} images=${IMAGES:-64}
found=
for folder in "${DATA:-}" "${ESPALIER_TEST_DATA:-}/bccd/BCCD" ../shared/data/bccd/BCCD ../../shared/data/bccd/BCCD; do
  [ -d "$folder/ImageSets" ] && found=$folder && break
done
[ -n "$found" ] || { echo "criteria-bccd: no BCCD folder (DATA=… names one)"; exit 1; }
base=${BASE:-out/bccd-0/baseline} out=${OUT:-out/criteria-bccd}
[ -f "$base/model.onnx" ] || scripts/bccd.sh "$(dirname "$espalier")"
mkdir -p "$out"
ln -sfn "$(realpath "$found")" "$out/VOC"
cp "$base/model.onnx" "$out/detector.onnx"
cp "$recipes"/uniform.yml "$recipes"/global.yml "$out/"
cp Examples/recipes/search/uniform.yml "$out/l1.yml"
# evaluated FILE JSON: the figures of a model on the list `test`, once.
evaluated() {
  [ -f "$2" ] ||
    { "$espalier" eval "$1" --data "voc:$out/VOC" --list test --metric 11point --sizes "$size" --json >"$2.part" && mv "$2.part" "$2"; }
}
# carry_out CRITERION WAY SEED: cuts as the recipe does, evaluates, carries the recipe out, evaluates.
carry_out() {
  local name=$1-$2-$3 file=$2 options=() recipe=()
  case $2-$1 in
    # The L1 norm is the host's own and chooses no amounts.
    global-l1) return ;;
    uniform-l1) options=(--strategy uniform --set ratio=0.305) file=l1 ;;
    uniform-*) options=(--strategy uniform --set ratio=0.305 --set "score=$1") recipe=(--set "steps.0.prune.score=$1") ;;
    global-*) options=(--strategy "$1" --set target_macs=0.5) recipe=(--set "steps.0.prune.strategy=$1") ;;
  esac
  local run=$out/$name
  [ -f "$run-cut.onnx" ] ||
    "$espalier" prune "$out/detector.onnx" "${options[@]}" --data "voc:$out/VOC" --classes 3 --gradient-images "$images" --seed "$3" \
      --input-size "$size" -o "$run-cut.onnx" >"$run-cut.txt"
  evaluated "$run-cut.onnx" "$run-cut.json"
  if [ ! -f "$run/report.json" ]; then
    if [ -f "$run/run.sqlite" ]; then
      "$espalier" compress --resume "$run"
    else
      rm -rf "$run"
      "$espalier" compress "$out/$file.yml" --run "$run" --set "seed=$3" --set "input_size=$size" --set "steps.1.train.epochs=$epochs" \
        --set "steps.0.prune.gradient_images=$images" "${recipe[@]}"
    fi >"$run.txt"
  fi
  evaluated "$run/model.onnx" "$run.json"
}
evaluated "$out/detector.onnx" "$out/detector.json"
for seed in ${SEEDS:-0 1 2}; do
  for way in ${WAYS:-uniform global}; do
    for criterion in l1 taylor group_fisher fpgm lamp; do carry_out "$criterion" "$way" "$seed"; done
  done
done
python3 scripts/criteria_bccd_table.py "$out"
