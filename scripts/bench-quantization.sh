#!/usr/bin/env bash
# Times the calibration of YOLOv3-MobileNetV1 at 416 on random arrays beside ONNX Runtime's own tool and NNCF, each a process of its own,
# in turns, with the most memory that each held; then the float model beside what 8 bits make of it, by `espalier bench`.
#
#   ROUNDS=3                       turns of each side
#   COUNTS="16 48"                 images; slopes come from the difference (ONNX Runtime's entropy holds some 0.2 GB an image)
#   CALLS=50                       timed calls of `espalier bench`
#   ESPALIER_QUANTIZATION_PEERS    a Python with cv2, nncf, onnx, onnxruntime and openvino, to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
out=.build/bench-quantization
read -r few many <<<"${COUNTS:-16 48}"
python=$(scripts/quantization-peers.sh)
export OMP_NUM_THREADS=2 ESPALIER_PYTHON=$python
mkdir -p "$out"
model=$out/yolov3.onnx
[ -e "$model" ] || "$bin/espalier-bench" write "$out"
inputs=$out/inputs-$many.npy
[ -e "$inputs" ] || "$python" Tests/Performance/quantization.py drawn "$many" 416 "$inputs"
printf '%s, load %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"
"$python" Tests/Performance/quantization_turns.py "$bin/espalier" "$python" "$model" "$inputs" "$out" "${ROUNDS:-3}" "$few" "$many"
for target in onnxruntime openvino; do
  "$bin/espalier" quantize "$model" --images "$inputs" --limit "$few" --target $target -o "$out/$target.onnx" >"$out/$target.txt" 2>&1 ||
    { cat "$out/$target.txt" >&2; exit 1; }
  printf '\n'
  "$bin/espalier" bench "$model" "$out/$target.onnx" --on $target --calls "${CALLS:-50}" --threads 2
done
