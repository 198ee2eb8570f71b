#!/usr/bin/env bash
# The detector of `make bccd` cut by r578 and trained again for equal steps: alone, with the split loss of the uncut detector, and with its
# outputs as targets (l2). Prints each seed's table and the means. Runs that are done are not done again, interrupted ones go on.
#
#   scripts/distill-bccd.sh BIN      SEEDS="0 1 2"; DATA, EPOCHS, SIZE, AUTOCAST as in scripts/bccd.sh, which trains baseline and r578 where they are not there
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
espalier=$bin/espalier epochs=${EPOCHS:-80} size=${SIZE:-320}
tables=()
for seed in ${SEEDS:-0 1 2}; do
  out=out/bccd-$seed
  [ -e "$out/baseline/model.onnx" ] && [ -e "$out/r578/model.onnx" ] || SEED=$seed scripts/bccd.sh "$bin"
  [ -e "$out/baseline/model.onnx" ] || { echo "distill-bccd: no photographs of blood cells (DATA=… names their folder)" >&2; exit 1; }
  for name in r578-split r578-l2; do
    scripts/recipe-run.sh "$espalier" "Examples/recipes/detector/$name.yml" "$out/$name" compress "input_size=$size" \
      "steps.1.distill.epochs=$(((epochs + 3) / 4))" "steps.1.distill.seed=$seed" "steps.1.distill.autocast=${AUTOCAST:-none}"
  done
  "$espalier" prune "$out/baseline/model.onnx" -s r578 -o "$out/r578-cut.onnx" >/dev/null
  "$espalier" report "$out/baseline/model.onnx" "$out/r578-cut.onnx" "$out/r578/model.onnx" "$out/r578-split/model.onnx" \
    "$out/r578-l2/model.onnx" --data "voc:$out/VOC" --list test --metric 11point --json >"$out/distilled.json"
  tables+=("$out/distilled.json")
done
python3 - "${tables[@]}" <<'PYTHON'
import json, sys

names = ["baseline", "r578", "r578, fine-tuned", "r578 + split", "r578 + l2"]
rows = [[100 * model["sizes"][0]["value"] for model in json.load(open(path))["models"]] for path in sys.argv[1:]]
print(f"{'VOC mAP, 11 points, test list':32}" + "".join(f"{path.split('/')[1]:>10}" for path in sys.argv[1:]) + f"{'mean':>10}")
for index, name in enumerate(names):
    values = [row[index] for row in rows]
    print(f"{name:32}" + "".join(f"{value:10.1f}" for value in values) + f"{sum(values) / len(values):10.1f}")
PYTHON
