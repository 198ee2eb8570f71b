#!/usr/bin/env bash
# The detector of `make bccd` cut by several strategies, before and after repair on images of the train list, without any training.
#
#   scripts/repair-bccd.sh BIN      BASE=FOLDER of the detector's run, IMAGES=64, SIZE=320, DATA as in scripts/bccd.sh
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier") size=${SIZE:-320} images=${IMAGES:-64}
found=
for folder in "${DATA:-}" "${ESPALIER_TEST_DATA:-}/bccd/BCCD" ../shared/data/bccd/BCCD ../../shared/data/bccd/BCCD; do
  [ -d "$folder/ImageSets" ] && found=$folder && break
done
[ -n "$found" ] || { echo "repair-bccd: no photographs of blood cells (DATA=… names their folder)" >&2; exit 1; }
base=${BASE:-out/bccd-0/baseline} out=out/repair-bccd
[ -f "$base/model.onnx" ] || scripts/bccd.sh "$(dirname "$espalier")"
rm -rf "$out"
mkdir -p "$out"
ln -sfn "$(realpath "$found")" "$out/VOC"
cp "$base/model.onnx" "$out/detector.onnx"
# recipe NAME STRATEGY... : writes and carries out a recipe with or without repair.
carry_out() {
  local name=$1 cut=$2 repair=$3
  cat >"$out/$name.yml" <<RECIPE
model: detector.onnx
task: {type: yolov3, classes: 3}
data: {format: voc, root: VOC, train: train, val: val}
input_size: $size
steps:
  - prune: {$cut, repair: $repair}
RECIPE
  "$espalier" compress "$out/$name.yml" --run "$out/$name" >"$out/$name.txt"
  "$espalier" eval "$out/$name/model.onnx" --data "voc:$out/VOC" --list test --metric 11point --sizes "$size" --json >"$out/$name.json"
}
"$espalier" eval "$out/detector.onnx" --data "voc:$out/VOC" --list test --metric 11point --sizes "$size" --json >"$out/detector.json"
begin=$(date +%s)
for cut in "r578:strategy: r578" "uniform 0.2:strategy: uniform, ratio: 0.2" "uniform 0.4:strategy: uniform, ratio: 0.4" "uniform 0.6:strategy: uniform, ratio: 0.6"; do
  name=${cut%%:*} settings=${cut#*:}
  carry_out "${name// /-}-cut" "$settings" false
  carry_out "${name// /-}-repaired" "$settings" "{images: $images}"
done
echo "all cuts, repairs and evaluations: $(($(date +%s) - begin)) s"
python3 - "$out" <<'PYTHON'
import json, sys

out = sys.argv[1]
def value(name): return 100 * json.load(open(f"{out}/{name}.json"))["sizes"][0]["value"]
print(f"detector: {value('detector'):.1f}")
print(f"{'cut':14}{'multiply-adds':>16}{'after the cut':>16}{'after repair':>16}")
for name in ["r578", "uniform-0.2", "uniform-0.4", "uniform-0.6"]:
    step = json.load(open(f"{out}/{name}-cut/report.json"))["steps"][0]
    share = step["after"]["multiplyAdds"] / step["before"]["multiplyAdds"]
    print(f"{name.replace('-', ' '):14}{share:16.1%}{value(name + '-cut'):16.1f}{value(name + '-repaired'):16.1f}")
PYTHON
