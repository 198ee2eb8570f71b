#!/usr/bin/env bash
# Times a sensitivity analysis of YOLOv3-MobileNetV1's 18 head convolutions at nine ratios, forward passes only, beside PaddleSlim and a
# plain PyTorch loop, turn by turn on the same images, and compares every metric.
#
#   IMAGES=4                   how many images (at most 8)
#   ROUNDS=3                   turns of each side, alternating
#   TORCH_STEP=9               the PyTorch loop measures every ninth point in a turn, another ninth in the next; 1 takes all
#   PADDLE_STEP=9              PaddleSlim measures every ninth convolution, at nine ratios each
#   ESPALIER_TORCH_PEER, ESPALIER_PADDLE_PEER      Pythons with the peers, to use as they are
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=.build/release
out=.build/bench-sensitivity
venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/bench-paddle-python
images=${IMAGES:-4}
((images >= 1 && images <= 8)) || { echo "bench: IMAGES=$images is not between 1 and 8" >&2; exit 2; }
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true

torch=${ESPALIER_TORCH_PEER:-$(scripts/bench-torch.sh)}
paddle=${ESPALIER_PADDLE_PEER:-$venv/bin/python}
peers='import cv2, matplotlib.pyplot, pandas, PIL.Image, scipy, paddle, paddleslim.dygraph'
if ! "$paddle" -c "$peers" 2>/dev/null; then
  [ -z "${ESPALIER_PADDLE_PEER:-}" ] || { echo "bench: $paddle lacks paddle or paddleslim" >&2; exit 1; }
  echo "bench: making $venv" >&2
  python3 -m venv "$venv" || { echo "bench: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  # PaddleSlim's wheel names none of what it imports.
  "$venv/bin/pip" install --quiet paddlepaddle==2.6.2 'numpy<2' 'opencv-python-headless<4.11' setuptools six requests pandas scipy \
    pyzmq matplotlib tqdm pyyaml pillow || { echo "bench: pip found no network" >&2; exit 1; }
  "$venv/bin/pip" install --quiet --no-deps paddleslim==2.6.0
  "$paddle" -c "$peers"
fi

export OMP_NUM_THREADS=2
rm -f "$out"/*.jsonl "$out"/*.pickle
"$bin/espalier-bench" write "$out"
"$torch" Tests/Performance/sensitivity.py draw "$out" "$images" 416
for ((round = 0; round < ${ROUNDS:-3}; ++round)); do
  "$bin/espalier-bench" sensitivity "$out/yolov3.onnx" "$out/images.npy" 0 >>"$out/espalier.jsonl"
  "$torch" Tests/Performance/sensitivity.py torch "$out" "$round" "${TORCH_STEP:-9}" >>"$out/torch.jsonl"
  for onednn in 1 0; do
    "$paddle" Tests/Performance/sensitivity.py paddle "$out" "$round" "${PADDLE_STEP:-9}" $onednn \
      >>"$out/paddle.jsonl" 2>"$out/paddle.log" || { cat "$out/paddle.log" >&2; exit 1; }
  done
done
printf '%s, load %s, 2 threads\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(cut -d' ' -f1 /proc/loadavg)"
"$torch" Tests/Performance/sensitivity.py table "$out"
