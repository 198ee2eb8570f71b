#!/bin/sh
# Builds the score and the manifest that pins it, with CUDA's runtime inside. Needs nvcc; ends with 77 where there is none.
# Usage: build.sh ESPALIER OUT      ESPALIER: the root of Espalier's sources; OUT: where library and manifest go
set -eu
command -v "${NVCC:-nvcc}" >/dev/null || { echo "skipped: no nvcc" >&2; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
headers=${ESPALIER_INCLUDE:-$(cd "$1" && pwd)/Sources/CEspalier/include}
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
# shellcheck disable=SC2086 -- NVCCFLAGS are words
${NVCC:-nvcc} -std=c++17 -O2 ${NVCCFLAGS:-} --shared --cudart static -Xcompiler -fPIC,-fvisibility=hidden -I "$headers" \
  -Xlinker "--version-script=$here/exports.map" -o "$out/libcuda_energy.so" "$here/energy.cu"
chmod 755 "$out/libcuda_energy.so"
hash=$(sha256sum "$out/libcuda_energy.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
