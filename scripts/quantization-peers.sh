#!/usr/bin/env bash
# Prints a Python with what else quantizes ONNX files: ESPALIER_QUANTIZATION_PEERS, or one that is made the first time.
set -eu -o pipefail
venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/bench-quantization-python
python=${ESPALIER_QUANTIZATION_PEERS:-$venv/bin/python}
if ! "$python" -c 'import cv2, nncf, numpy, onnx, onnxruntime, openvino' >/dev/null 2>&1; then
  if [ -n "${ESPALIER_QUANTIZATION_PEERS:-}" ]; then
    echo "ESPALIER_QUANTIZATION_PEERS=$python lacks one of cv2, nncf, numpy, onnx, onnxruntime, openvino" >&2
    exit 1
  fi
  echo "installing ONNX Runtime, OpenVINO and NNCF into $venv (about 0.6 GB, once)" >&2
  python3 -m venv "$venv" || { echo "python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet numpy opencv-python-headless onnx==1.23.2 onnxruntime==1.32.0 openvino==2026.4.1 nncf==3.4.0 ||
    { echo "pip found no network; ESPALIER_QUANTIZATION_PEERS names a Python that has the peers" >&2; exit 1; }
fi
echo "$python"
