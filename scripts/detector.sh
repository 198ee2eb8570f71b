#!/usr/bin/env bash
# A detector trained from scratch on a Pascal VOC folder, its sensitivity measured, cut in two ways, trained again, and all of
# it in one table. Interrupted, the same command goes on where it was.
#
#   scripts/detector.sh BIN OUT VOC CLASSES EPOCHS SIZE [KEY=VALUE...]     KEY=VALUE: of the recipes' train steps, such as autocast=bfloat16
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$1/espalier out=$2 voc=$(realpath "$3") classes=$4 epochs=$5 size=$6
shift 6
mkdir -p "$out"
ln -sfn "$voc" "$out/VOC"
# carry_out NAME VERB TRAINING EPOCHS [KEY=VALUE...]: a recipe in its run folder; TRAINING: the key of its step that trains.
carry_out() {
  local name=$1 verb=$2 training=$3 epochs=$4
  shift 4
  local settings=("task.classes=$classes" "input_size=$size" "$training.epochs=$epochs")
  for setting; do settings+=("$training.$setting"); done
  scripts/recipe-run.sh "$espalier" "Examples/recipes/detector/$name.yml" "$out/$name" "$verb" "${settings[@]}"
}
run() {
  printf '\n$ espalier %s\n' "$*"
  "$espalier" "$@"
}
run data check "$out/VOC" || true
carry_out baseline train steps.0.train "$epochs" "$@"
run sensitivity "$out/baseline/model.onnx" --data "voc:$out/VOC" --list val --metric 11point --groups 'yolo_block\..*' \
  --ratios "${RATIOS:-0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}" --run "$out/measured" --verify 2 --loss 0.05 \
  -o "$out/sensitivity.json" --svg "$out/sensitivity.svg" --pickle "$out/sensitivities.data"
run prune "$out/baseline/model.onnx" --strategy r578 -o "$out/r578-cut.onnx"
run prune "$out/baseline/model.onnx" --strategy sensitivity --set loss=0.05 --set "sensitivities_file=$out/sensitivity.json" \
  -o "$out/sensitivity-cut.onnx"
# Fine-tuning takes a quarter of the epochs.
carry_out r578 compress steps.1.train $(((epochs + 3) / 4)) "$@"
carry_out sensitivity compress steps.1.train $(((epochs + 3) / 4)) "$@"
run report "$out/baseline/model.onnx" "$out/sensitivity-cut.onnx" "$out/sensitivity/model.onnx" "$out/r578-cut.onnx" \
  "$out/r578/model.onnx" --data "voc:$out/VOC" --list test --metric 11point
