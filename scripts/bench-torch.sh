#!/usr/bin/env bash
# Makes a Python with PyTorch for the benches that compare with it, where there is none yet, and prints its path.
#
#   scripts/bench-torch.sh
#
# The torch is the one that `make setup` unpacked, so that both sides run the same kernels and nothing is downloaded twice. Its Python
# part wants CUDA's libraries, gigabytes that no CPU bench calls: empty ones of the same names stand in for them.
set -eu -o pipefail
cache=${XDG_CACHE_HOME:-$HOME/.cache}/espalier
torch=${ESPALIER_TORCH:-$cache/torch-2.11.0/torch}
venv=$cache/bench-torch-python
python=$venv/bin/python

works() { "$python" -c 'import cv2, numpy, onnx, torch, PIL' 2>/dev/null; }

# stand_in NAME: an empty library of that name with every symbol that torch's libraries expect of it.
stand_in() {
  local name=$1 version stem=${1#lib}
  stem=${stem%%.*}
  version=$(readelf -V "$torch"/lib/*.so | awk -v name="$name" '
    /File:/ { here = index($0, "File: " name " ") }
    here && !found && match($0, /Name: [^ ]+/) { print substr($0, RSTART + 6, RLENGTH - 6); found = 1 }')
  if [ -n "$version" ]; then
    sed -n "s/@$version\$//p" "$venv/symbols" >"$venv/own"
    { echo "$version { global:"; sed 's/.*/"&";/' "$venv/own"; echo '};'; } >"$venv/map"
  else
    grep -iE "^p?${stem%_host}[A-Za-z0-9_]*\$" "$venv/symbols" >"$venv/own" || true
    echo '{ global: *; };' >"$venv/map"
  fi
  sed 's/.*/void &(void) { __builtin_trap(); }/' "$venv/own" >"$venv/own.c"
  cc -shared -fPIC -w -fno-builtin -o "$venv/cuda/$name" "-Wl,-soname,$name" "-Wl,--version-script=$venv/map" "$venv/own.c"
}

case ${DEVICE:-cpu} in
cuda*)
  echo "bench: the torch of this environment has no CUDA libraries; ESPALIER_TORCH_PEER names a Python whose torch has them" >&2
  exit 1
  ;;
esac
if ! works; then
  echo "bench: making $venv" >&2
  [ -e "$torch/lib/libtorch_cpu.so" ] || { echo "bench: no torch in $torch; run make setup" >&2; exit 1; }
  python3 -m venv "$venv" || { echo "bench: python3 -m venv failed; install Debian's python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install --quiet numpy pillow opencv-python-headless==5.0.0.93 onnx setuptools \
    filelock fsspec jinja2 networkx sympy typing_extensions ||
    { echo "bench: pip found no network" >&2; exit 1; }
  site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  dirname "$torch" >"$site/torch.pth"
  mkdir -p "$venv/cuda"
  nm -D --undefined-only "$torch"/lib/*.so | awk '{print $2}' | sort -u >"$venv/symbols"
  ldd "$torch"/lib/libtorch_{python,cuda,nvshmem,cuda_linalg}.so 2>/dev/null |
    awk '/not found/ { print $1 }' | sort -u | while read -r name; do stand_in "$name"; done
  if [ -n "$(ls "$venv/cuda")" ]; then
    printf 'import ctypes, glob\nfor file in glob.glob("%s/cuda/*"):\n    ctypes.CDLL(file)\n' "$venv" >"$site/empty_cuda.py"
    echo 'import empty_cuda' >>"$site/torch.pth"
  fi
  works || { echo "bench: $python cannot import torch from $torch" >&2; "$python" -c 'import torch' >&2; exit 1; }
fi
echo "$python"
