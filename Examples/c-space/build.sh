#!/bin/sh
# Builds the space and the manifest that pins it.
# Usage: build.sh ESPALIER OUT      ESPALIER: the root of Espalier's sources; OUT: where library and manifest go
set -eu
here=$(cd "$(dirname "$0")" && pwd)
headers=$(cd "$1" && pwd)/Sources/CEspalier/include
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
${CC:-cc} -std=c11 -O2 -Wall -Wextra -Wno-unused-parameter -shared -fPIC -fvisibility=hidden -I "$headers" \
  -o "$out/libplain_face.so" "$here/plain_face.c" -lm
chmod 755 "$out/libplain_face.so"
hash=$(sha256sum "$out/libplain_face.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
