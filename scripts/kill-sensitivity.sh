#!/usr/bin/env bash
# Kills a sensitivity analysis at random milliseconds, again and again, and compares its result with that of a run left alone.
# usage: scripts/kill-sensitivity.sh [BIN] ; KILLS=20 SIZE=96 IMAGES=8 GROUPS_CUT='yolo_block.*'
set -eu -o pipefail
cd "$(dirname "$0")/.."
program="${1:-.build/release}/espalier"
kills="${KILLS:-20}"
size="${SIZE:-96}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$program" data synth "$folder/drawn" --images 40 --seed 1 --size 96x96 2>"$folder/log"
cat >"$folder/recipe.yml" <<RECIPE
model: {name: yolov3_mobilenet_v1, width: 0.125}
task: {type: yolov3, classes: 4}
data: {format: voc, root: drawn, train: train, val: train}
device: cpu
input_size: $size
seed: 5
steps:
  - train: {iterations: ${ITERATIONS:-40}, batch: 4, optimiser: adam, learning_rate: 0.003, threads: 1}
export: {onnx: small.onnx}
RECIPE
"$program" train "$folder/recipe.yml" --run "$folder/trained" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }

# analyse NAME: the analysis whose records are in the folder NAME.
analyse() {
  exec "$program" sensitivity "$folder/trained/small.onnx" --task yolov3 --data "voc:$folder/drawn" --list train --images "${IMAGES:-8}" \
    --groups "${GROUPS_CUT:-yolo_block.*}" --ratios 0.2,0.5,0.8 --bootstrap 20 --run "$folder/$1" -o "$folder/$1.json" --csv "$folder/$1.csv" --pickle "$folder/$1.pickle"
}
rows() {
  [[ -f "$1" ]] || { echo 0; return; }
  python3 -c 'import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
made = base.execute("select count(*) from sqlite_master where name = ?", ("sensitivity_records",)).fetchone()[0]
print(base.execute("select count(*) from sensitivity_records").fetchone()[0] if made else 0)' "$1"
}
same() {
  local kind whole broken
  for kind in json csv pickle; do
    whole="$(sha256sum <"$folder/whole.$kind")" broken="$(sha256sum <"$folder/broken.$kind")"
    [[ "$whole" == "$broken" ]] || { echo "$kind differs: left alone $whole, killed $broken" >&2; exit 1; }
  done
  echo "equal: ${whole%% *}"
}

start=$(date +%s%N)
(analyse whole) >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
span=$((($(date +%s%N) - start) / 1000000))
all=$(rows "$folder/whole/run.sqlite")
echo "left alone: $all records in $span ms"
before=0
for ((kill = 1; kill <= kills; kill++)); do
  (analyse broken) >"$folder/log" 2>&1 &
  process=$!
  pause=$(((RANDOM * 32768 + RANDOM) % span + 50))
  sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
  kill -9 "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
  after=$(rows "$folder/broken/run.sqlite")
  echo "kill $kill after $pause ms: $after of $all records"
  ((after >= before)) || { echo "records were lost" >&2; exit 1; }
  before=$after
  # What came to its end is compared, and the next kill meets a new run.
  if [[ -f "$folder/broken.pickle" ]]; then
    same
    rm -r "$folder"/broken*
    before=0
  fi
done
(analyse broken) >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
same
