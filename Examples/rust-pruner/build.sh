#!/bin/sh
# Builds the score and the manifest that pins it. Needs rustc and no crates; ends with 77 where there is none.
# Usage: build.sh ESPALIER OUT      OUT: where library and manifest go
set -eu
command -v "${RUSTC:-rustc}" >/dev/null || { echo "skipped: no rustc" >&2; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
${RUSTC:-rustc} --edition 2021 --crate-type cdylib --crate-name twins -O -C strip=symbols -o "$out/libtwins.so" "$here/src/lib.rs"
chmod 755 "$out/libtwins.so"
hash=$(sha256sum "$out/libtwins.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
