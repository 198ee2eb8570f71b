#!/bin/sh
# Builds the plugin and the manifest that pins it.
# Usage: build.sh ESPALIER OUT      ESPALIER: the root of Espalier's sources; OUT: where library and manifest go
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ESPALIER_SOURCE=$(cd "$1" && pwd)
export ESPALIER_SOURCE
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
swift build --package-path "$here" -c release --product NarrowFace
install -m 755 "$here/.build/release/libNarrowFace.so" "$out/"
hash=$(sha256sum "$out/libNarrowFace.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
