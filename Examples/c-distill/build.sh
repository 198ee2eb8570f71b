#!/bin/sh
# Builds the functions and the manifest that pins it. No header of Espalier's is needed, so the first argument is not used.
# Usage: build.sh ESPALIER OUT      OUT: where library and manifest go
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
${CC:-cc} -O2 -shared -fPIC -o "$out/libcharbonnier.so" "$here/charbonnier.c" -lm
chmod 755 "$out/libcharbonnier.so"
hash=$(sha256sum "$out/libcharbonnier.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
