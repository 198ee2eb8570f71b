#!/usr/bin/env bash
# Builds the golden plugins of one version of the ABI: libraries that later hosts must load, kept compressed beside the tests.
# Run it once for each minor, when it is released, and commit what it wrote: a library that is there is never built again.
# The plugin in Swift shares the standard library of its toolchain: linked statically it has 9 MB, which xz makes 2.3 MB.
# Usage: scripts/golden-plugins.sh [CHECKOUT]     CHECKOUT: a checkout of the release, whose headers and kit are used (default: this one)
set -eu -o pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
release=$(cd "${1:-$root}" && pwd)
headers=$release/Sources/CEspalier/include
number() { sed -n "s/^#define ESP_ABI_$1 \([0-9]*\)u$/\1/p" "$headers/espalier_plugin.h"; }
version=$(number MAJOR).$(number MINOR)
golden=$root/Tests/PluginHostTests/Fixtures/golden
if [ "$(uname -m)" != x86_64 ]; then
  echo "golden-plugins: the golden plugins are for x86-64, this machine is $(uname -m)" >&2
  exit 1
fi
if [ -e "$golden/$version" ]; then
  echo "golden-plugins: $golden/$version is there; what is released stays as it is" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strict="-O2 -shared -fPIC -fvisibility=hidden -Wall -Wextra -pedantic -Werror -s -I$headers"
# shellcheck disable=SC2086
cc -std=c11 $strict "$golden/sources/c.c" -o "$work/c.so"
# shellcheck disable=SC2086
[ ! -e "$headers/espalier_space.h" ] || cc -std=c11 $strict "$golden/sources/space.c" -o "$work/space.so"
# shellcheck disable=SC2086
c++ -std=c++17 $strict "$golden/sources/cxx.cpp" -o "$work/cxx.so"
cp -r "$golden/sources/swift" "$work/package"
ESPALIER_SOURCE=$release swift build --package-path "$work/package" -c release --product Golden
cp "$work/package/.build/release/libGolden.so" "$work/swift.so"
mkdir -m 755 "$work/out"
# describe NAME STRATEGIES: the manifest as this version reads it, and the library, compressed.
describe() {
  cat >"$work/out/$1.manifest.json" <<END
{
  "manifest": 1,
  "id": "org.example.golden.$1",
  "version": "1.0.0",
  "library": "$1.so",
  "sha256": "$(sha256sum "$work/$1.so" | cut -d' ' -f1)",
  "abi": "esp/1",
  "strategies": [$2]
}
END
  gzip -9nc "$work/$1.so" >"$work/out/$1.so.gz"
}
describe c '{"id": "org.example.golden.pruner", "interface": "esp.pruner/1"}, {"id": "org.example.golden.loss", "interface": "esp.distill/1"}'
describe cxx '{"id": "org.example.golden.quantizer", "interface": "esp.quantizer/1"}'
describe swift '{"id": "org.example.golden.swift-pruner", "interface": "esp.pruner/1"}'
[ ! -e "$work/space.so" ] || describe space '{"id": "org.example.golden.space", "interface": "esp.space/1"}'
mv "$work/out" "$golden/$version"
ls -l "$golden/$version"
