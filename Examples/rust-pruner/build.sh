#!/bin/sh
# Builds the score and the manifest that pins it. Needs rustc and no crates; ends with 77 where there is none.
# Usage: build.sh ESPALIER OUT      ESPALIER: the root of Espalier's sources; OUT: where library and manifest go
set -eu
command -v "${RUSTC:-rustc}" >/dev/null || { echo "skipped: no rustc" >&2; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
binding=$(cd "$1" && pwd)/SDK/templates/rust/src/esp.rs
mkdir -p -m 755 "$2"
cd "$2" && out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/src/lib.rs" "$binding" "$work"
${RUSTC:-rustc} --edition 2021 --crate-type cdylib --crate-name twins -O -C strip=symbols -o "$out/libtwins.so" "$work/lib.rs"
chmod 755 "$out/libtwins.so"
hash=$(sha256sum "$out/libtwins.so" | cut -d' ' -f1)
sed "s/@SHA256@/$hash/" "$here/manifest.in.json" >"$out/manifest.json"
chmod 644 "$out/manifest.json"
