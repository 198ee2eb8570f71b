#!/bin/sh
# Builds the quantizer and the manifest that pins it.
# Usage: build.sh ESPALIER OUT      ESPALIER: the root of Espalier's sources; OUT: where library and manifest go
set -eu
here=$(cd "$(dirname "$0")" && pwd)
headers=${ESPALIER_INCLUDE:-$(cd "$1" && pwd)/Sources/CEspalier/include}
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
${CXX:-c++} -std=c++20 -O2 -Wall -Wextra -shared -fPIC -fvisibility=hidden -I "$headers" -Wl,--version-script="$here/exports.map" \
  -o "$out/libaciq.so" "$here/aciq.cpp"
chmod 755 "$out/libaciq.so"
hash=$(sha256sum "$out/libaciq.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
