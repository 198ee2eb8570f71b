#!/usr/bin/env bash
# Times Espalier beside what one would otherwise use, all in one go, and prints a table with ratios.
#
#   RUNS=5             runs of each job after warming up
#   ESPALIER_PEERS     a Python with onnx, onnxruntime, openvino, torch and torch_pruning to use as it is
#   ESPALIER_TEST_DATA the real models, of which the smallest are timed too where they are there
set -eu -o pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
bin=.build/release
out=.build/bench
venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/bench-python
mkdir -p "$out"

swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
python=${ESPALIER_PEERS:-$venv/bin/python}
if ! "$python" -c 'import numpy, onnx, onnxruntime, openvino, torch, torch_pruning' 2>/dev/null; then
  if [ -n "${ESPALIER_PEERS:-}" ]; then
    echo "bench: ESPALIER_PEERS=$python lacks one of onnx, onnxruntime, openvino, torch, torch_pruning" >&2
    exit 1
  fi
  echo "bench: installing the peers into $venv (about 1 GB, once)" >&2
  python3 -m venv "$venv" || { echo "bench: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet numpy onnx onnxruntime openvino tqdm matplotlib ||
    { echo "bench: pip found no network; ESPALIER_PEERS names a Python that has the peers" >&2; exit 1; }
  # PyTorch's own index has builds without CUDA; PyPI's brings gigabytes of it. Ours cannot be used: without the CUDA
  # libraries, which we leave out, Python does not import it.
  "$venv/bin/pip" install --quiet --timeout 15 --retries 1 --index-url https://download.pytorch.org/whl/cpu \
    torch==2.13.0 2>/dev/null ||
    "$venv/bin/pip" install --quiet torch==2.13.0 ||
    echo "bench: no torch could be installed; its rows are left out" >&2
  "$venv/bin/pip" install --quiet --no-deps torch-pruning==1.6.1 ||
    echo "bench: no torch-pruning could be installed; its rows are left out" >&2
fi

"$bin/espalier-bench" write "$out"
export OMP_NUM_THREADS=2
"$bin/espalier-bench" time "$out" "$runs" >"$out/espalier.jsonl"
models=("forward at 416=$out/yolov3.onnx")
for model in yunet/yunet_n_320_320 blazeface/blazeface_back_base; do
  file=${ESPALIER_TEST_DATA:-../shared/data}/models/$model.onnx
  [ ! -f "$file" ] || models+=("forward of ${model#*/}=$file")
done
"$python" Tests/Performance/forward.py "$bin/espalier-bench" "$runs" "${models[@]}" >"$out/forward.jsonl"
"$python" Tests/Performance/program.py "$bin/espalier" "$out" "$runs" >"$out/program.jsonl"
"$python" Tests/Performance/peers.py "$out" "$runs" >"$out/peers.jsonl"
printf '%s, load %s, files %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
  "$(cut -d' ' -f1 /proc/loadavg)" "$(du -ch "$out"/yolov3.onnx "$out"/large.onnx | tail -1 | cut -f1)"
"$python" Tests/Performance/table.py "$out"/{espalier,program,peers,forward}.jsonl
