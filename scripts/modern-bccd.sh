#!/usr/bin/env bash
# A YOLO11n that was trained on blood cells, cut to shares of its cost in three ways, brought back without labels and with labels, then in INT8: mAP50 and
# mAP50-95 on the list `test`, multiply-adds, size, and milliseconds in ONNX Runtime and OpenVINO. After an interruption the same command resumes.
#
#   scripts/modern-bccd.sh BIN     MODEL=FILE (its classes are the data's), SEEDS="0 1 2", SHARES="0.7 0.5", EPOCHS=10, WAYS="uniform sensitivity latency",
#                                  RECOVERY="distill labels", DATA=FOLDER, OUT=FOLDER, ON="onnxruntime openvino" as wanted
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
data=${DATA:-} model=${MODEL:-}
for root in "${ESPALIER_TEST_DATA:-}" ../shared/data ../../shared/data; do
  [ -z "$data" ] && [ -d "$root/bccd/BCCD/ImageSets" ] && data=$root/bccd/BCCD
  [ -z "$model" ] && [ -f "$root/models/yolo11n_bccd/yolo11n_bccd.onnx" ] && model=$root/models/yolo11n_bccd/yolo11n_bccd.onnx
done
[ -d "$data" ] || { echo "modern-bccd: no BCCD folder (DATA=… names one)"; exit 1; }
[ -f "$model" ] || { echo "modern-bccd: no detector (MODEL=… names an ONNX file)"; exit 1; }
out=${OUT:-out/modern-bccd} epochs=${EPOCHS:-10}
mkdir -p "$out"
ln -sfn "$(realpath "$data")" "$out/VOC"
cp -u "$model" "$out/detector.onnx"
cp Examples/recipes/modern/*.yml "$out/"
# once FILE COMMAND...: the command's standard output, whole or not at all.
once() {
  local file=$1
  shift
  [ -f "$file" ] || { "$@" >"$file.part" && mv "$file.part" "$file"; }
}
# judged NAME: the figures of $out/NAME.onnx on the list `test`, and its milliseconds beside the original's.
judged() {
  once "$out/$1.eval.json" "$espalier" eval "$out/$1.onnx" --data "voc:$out/VOC" --list test --metric coco --json
  for runtime in ${ON:-onnxruntime openvino}; do
    once "$out/$1.$runtime.json" "$espalier" bench "$out/detector.onnx" "$out/$1.onnx" --on "$runtime" --threads 1 --json
  done
}
# in_int8 NAME: $out/NAME.onnx calibrated on the list `train`, its last layers float.
in_int8() {
  [ -f "$out/$1-int8.onnx" ] ||
    "$espalier" quantize "$out/$1.onnx" --images "$out/VOC/JPEGImages" --limit 64 -o "$out/$1-int8.onnx" >"$out/$1-int8.txt"
  judged "$1-int8"
}
# The ratio of `uniform` that leaves a share of the multiply-adds, to three digits.
ratio() {
  python3 - "$espalier" "$out/detector.onnx" "$1" <<'PY'
import json, subprocess, sys

program, model, share = sys.argv[1], sys.argv[2], float(sys.argv[3])
low, high = 0.0, 0.9
for _ in range(10):
    middle = round((low + high) / 2, 3)
    text = subprocess.run([program, "prune", model, "-s", "uniform", "--set", f"ratio={middle}", "--dry-run", "--json"], capture_output=True, check=True).stdout
    cost = json.loads(text)
    left = cost["after"]["multiplyAdds"] / cost["before"]["multiplyAdds"]
    low, high = (middle, high) if left > share else (low, middle)
print(high)
PY
}
judged detector
in_int8 detector
if [[ " ${WAYS:-uniform sensitivity latency} " == *" sensitivity "* ]]; then
  # Curves are measured once, on the list that training does not see.
  [ -f "$out/sensitivity.json" ] ||
    "$espalier" sensitivity "$out/detector.onnx" --data "voc:$out/VOC" --list val --metric coco --ratios 0.1,0.2,0.3,0.4,0.5,0.6,0.7 --run "$out/measured" -o "$out/sensitivity.json" >"$out/sensitivity.txt"
fi
for seed in ${SEEDS:-0 1 2}; do
  for share in ${SHARES:-0.7 0.5}; do
    for way in ${WAYS:-uniform sensitivity latency}; do
      case $way in
        uniform) amount="steps.0.prune.ratio=$(ratio "$share")" ;;
        sensitivity) amount="steps.0.prune.target_flops=$share" ;;
        latency) amount="steps.0.prune.target.latency=${share}x" ;;
      esac
      for recovery in ${RECOVERY:-distill labels}; do
        name=$way-$share-$recovery-$seed step=distill
        [ "$recovery" = labels ] && step=train
        if [ ! -f "$out/$name/report.json" ]; then
          if [ -f "$out/$name/run.sqlite" ]; then
            "$espalier" compress --resume "$out/$name"
          else
            rm -rf "$out/$name"
            "$espalier" compress "$out/$way-$recovery.yml" --run "$out/$name" --set "$amount" --set "seed=$seed" --set "steps.1.$step.epochs=$epochs"
          fi >"$out/$name.txt"
        fi
        cp -u "$out/$name/model.onnx" "$out/$name.onnx"
        judged "$name"
        in_int8 "$name"
      done
    done
  done
done
python3 scripts/modern_bccd_table.py "$out"
