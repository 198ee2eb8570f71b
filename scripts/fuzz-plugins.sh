#!/usr/bin/env bash
# Fuzzes what reads strangers' plugins (manifests, archives, libraries, debug information, signatures) with libFuzzer and
# AddressSanitizer for the seconds given (60 unless told). Exits with 1 on a crash, a leak or a hang, and leaves the input that did it
# in .build/fuzz-plugins.
set -eu -o pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
out=.build/fuzz-plugins
. scripts/plugin-modules.sh
build_modules "$out" fuzzer,address
mkdir -p "$out/seeds" "$out/corpus"
if [[ ! -e "$out/program" || Tests/Fuzz/plugins/FuzzPlugins.swift -nt "$out/program" ]]; then
  swiftc "${options[@]}" -module-name Fuzz Tests/Fuzz/plugins/FuzzPlugins.swift "$out"/*.o "${libraries[@]}" -o "$out/program"
fi

# A small corpus: a manifest of each kind, an archive, a library with debug information, a signature; each behind its reader's number.
seed() { { printf "\\x$1"; cat; } >"$out/seeds/$2"; }
for manifest in SDK/templates/*/manifest.in.json Plugins/*/manifest.json; do
  sed "s/@SHA256@/$(printf '0%.0s' {1..64})/; s/@ID@/org.example.x/g; s/@LIBRARY@/libx.so/; s#@INTERFACE@#esp.pruner/1#" "$manifest" |
    seed 00 "$(tr / - <<<"$manifest")"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'double l2(const float *w, long n) { return n; }' >"$work/x.c"
cc -g -shared -fPIC -o "$work/x.so" "$work/x.c" && strip --strip-unneeded -o "$work/small.so" "$work/x.so"
seed 02 library <"$work/small.so"
seed 03 debug <"$work/x.so"
echo '{}' >"$work/manifest.json"
tar -C "$work" -czf - manifest.json small.so | seed 01 archive
printf '{"signature": 1, "key": "%064d", "ed25519": "%0128d"}' 0 0 | seed 04 signature

export SWIFT_BACKTRACE=enable=no
status=0
timeout $((seconds + 120)) "$out/program" -max_total_time="$seconds" -timeout=10 -max_len=65536 -malloc_limit_mb=256 -rss_limit_mb=3000 \
  -print_final_stats=1 -artifact_prefix="$out/" "$out/corpus" "$out/seeds" || status=$?
exit "$status"
