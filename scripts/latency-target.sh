#!/usr/bin/env bash
# A detector cut to 0.8, 0.65 and 0.5 of its milliseconds in each runtime, and by one ratio (L1 norm) to as many: asked, measured again by `bench` in
# turns with the original file, multiply-adds. What is done stays in OUT; the same command goes on.
#
#   scripts/latency-target.sh BIN     MODEL=FILE, ON="onnxruntime openvino", SHARES="0.8 0.65 0.5", THREADS=2, SCORE=NAME (default the L1 norm), OUT=FOLDER
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
model=${MODEL:-}
for file in "${ESPALIER_TEST_DATA:-}" ../shared/data ../../shared/data; do
  [ -z "$model" ] && [ -f "$file/models/yolo11n_bccd/yolo11n_bccd.onnx" ] && model=$file/models/yolo11n_bccd/yolo11n_bccd.onnx
done
[ -f "$model" ] || { echo "latency-target: no model (MODEL=… names one)"; exit 1; }
out=${OUT:-out/latency-target} threads=${THREADS:-2} score=(${SCORE:+--score "$SCORE"})
mkdir -p "$out"
# benched FILE RUNTIME JSON: a network's and the original's medians, in turns.
benched() {
  "$espalier" bench "$model" "$1" --on "$2" --threads "$threads" --calls "${CALLS:-200}" --turns 40 --json >"$3"
}
# ratio JSON: the share of the original's median.
ratio() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["rows"][1]["ratio"])' "$1"; }
for runtime in ${ON:-onnxruntime openvino}; do
  for share in ${SHARES:-0.8 0.65 0.5}; do
    name=$out/$runtime-$share
    [ -f "$name.json" ] || {
      "$espalier" prune "$model" --target-latency "${share}x" --on "$runtime" --threads "$threads" --layer-times "$out/$runtime-$threads.tsv" \
        ${score[@]+"${score[@]}"} -o "$name.onnx" --json >"$name.part"
      mv "$name.part" "$name.json"
    }
    [ -f "$name.bench.json" ] || { benched "$name.onnx" "$runtime" "$name.bench.part" && mv "$name.bench.part" "$name.bench.json"; }
    # One ratio that takes as long: halved until it is within a hundredth.
    [ -f "$name.uniform.json" ] || {
      low=0 high=0.9
      for _ in 1 2 3 4 5 6; do
        middle=$(python3 -c "print(round(($low + $high) / 2, 4))")
        "$espalier" prune "$model" -s uniform --set "ratio=$middle" --align 8 -o "$name.uniform.onnx" >/dev/null
        benched "$name.uniform.onnx" "$runtime" "$name.uniform.part"
        wanted=$(ratio "$name.bench.json") found=$(ratio "$name.uniform.part")
        if python3 -c "import sys; sys.exit(abs($found - $wanted) < 0.01)"; then
          if python3 -c "import sys; sys.exit($found < $wanted)"; then low=$middle; else high=$middle; fi
        else break; fi
      done
      mv "$name.uniform.part" "$name.uniform.json"
    }
  done
done
python3 - "$out" <<'PY'
import glob, json, os, sys

print(f"{'runtime':12} {'asked':>6} {'predicted':>9} {'then':>6} {'again':>6} {'off':>7} {'corrected':>9} {'multiply-adds':>13}   {'uniform':>7} {'multiply-adds':>13}")
failed = False
for path in sorted(glob.glob(f"{sys.argv[1]}/*.bench.json"), key=lambda p: (p.split("-")[-2], p), reverse=True):
    name = path[: -len(".bench.json")]
    cut, bench, uniform = (json.load(open(f"{name}{end}.json")) for end in ("", ".bench", ".uniform"))
    target = cut["target"]
    asked = target["asked"] / target["before"]
    again = bench["rows"][1]["ratio"]
    failed |= abs(again / asked - 1) > 0.05
    print(f"{target['on']:12} {asked:6.3f} {target['predicted'] / target['before']:9.3f} {target['measured'] / target['before']:6.3f} {again:6.3f} "
          f"{100 * (again / asked - 1):6.1f}% {target['corrections']:9} {bench['models'][1]['multiplyAdds']:13,}   "
          f"{uniform['rows'][1]['ratio']:7.3f} {uniform['models'][1]['multiplyAdds']:13,}")
print("all within 5 % of what was asked" if not failed else "some are off by more than 5 %")
sys.exit(failed)
PY
