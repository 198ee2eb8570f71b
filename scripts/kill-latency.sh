#!/usr/bin/env bash
# Kills a cut to milliseconds again and again while it times layers: no time that was kept is lost or measured again, and it ends with a cut.
#
#   scripts/kill-latency.sh BIN [KILLS]     KILLS: at most so many (default 10); ON=espalier, SEED: of the times (default 0)
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier") kills=${2:-10}
out=$(mktemp -d "${TMPDIR:-/tmp}/latency-kills.XXXXXX")
trap 'rm -rf "$out"' EXIT
cat >"$out/recipe.yml" <<'RECIPE'
model: {name: yolov3_mobilenet_v1, width: 0.25}
input_size: 96
steps:
  - prune: {strategy: uniform, ratio: 0}
RECIPE
"$espalier" compress "$out/recipe.yml" --run "$out/run" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
command=("$espalier" prune "$out/run/model.onnx" --target-latency 0.7x --on "${ON:-espalier}" --threads 1 --layer-times "$out/times.tsv"
  --input-size 96 -o "$out/small.onnx")
RANDOM=${SEED:-0}
killed=0 before=0
cp /dev/null "$out/kept"
for ((kill = 0; kill < kills; kill++)); do
  "${command[@]}" >"$out/log" 2>&1 &
  program=$!
  sleep "$((RANDOM % 2)).$((RANDOM % 10))5"
  kill -9 "$program" 2>/dev/null && killed=$((killed + 1))
  wait "$program" 2>/dev/null || true
  [ ! -f "$out/small.onnx" ] || break
  [ -f "$out/times.tsv" ] || continue
  # Each line that was there stands there still, to the digit.
  grep -vxFf "$out/times.tsv" "$out/kept" && { echo "times were lost or measured again"; exit 1; }
  tail -n +2 "$out/times.tsv" >"$out/kept"
  after=$(wc -l <"$out/kept")
  echo "kill $killed: $after times are kept"
  ((after >= before)) || { echo "times were lost"; exit 1; }
  before=$after
done
"${command[@]}" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
grep -vxFf "$out/times.tsv" "$out/kept" && { echo "times were lost or measured again"; exit 1; }
"${command[@]}" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
grep "timing" "$out/log" && { echo "layers were timed twice"; exit 1; }
echo "$killed kills: $(($(wc -l <"$out/times.tsv") - 1)) times, none lost, none measured twice"
