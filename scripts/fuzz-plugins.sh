#!/usr/bin/env bash
# Fuzzes what reads strangers' plugins (manifests, archives, libraries, debug information, signatures) with libFuzzer and
# AddressSanitizer for the seconds given (60 unless told). Exits with 1 on a crash, a leak or a hang, and leaves the input that did it
# in .build/fuzz-plugins.
set -eu -o pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
out=.build/fuzz-plugins
modules="Graphs Files ModelFormats Tensors PluginKit PluginHost Packaging"
mkdir -p "$out/seeds" "$out/corpus" "$out/maps/CGuard" "$out/maps/CDebugInfo"

# The maps that the package manager makes for targets without one.
for module in CGuard CDebugInfo; do
  printf 'module %s {\n  umbrella "%s/Sources/%s/include"\n  export *\n}\n' "$module" "$PWD" "$module" >"$out/maps/$module/module.modulemap"
done
maps=()
for map in "$out/maps/CGuard" "$out/maps/CDebugInfo" Sources/CEspalier/include Sources/CFFI Sources/CSodium Sources/CArchive; do
  maps+=(-Xcc "-fmodule-map-file=$map/module.modulemap")
done
includes=(-Xcc -ISources/CEspalier/include -Xcc -ISources/CGuard/include -Xcc -ISources/CDebugInfo/include)
options=(-O -swift-version 6 -parse-as-library -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny
  -enable-upcoming-feature NonisolatedNonsendingByDefault -package-name espalier -I "$out" "${maps[@]}" "${includes[@]}"
  -sanitize=fuzzer,address)

if [[ ! -e "$out/fuzz" || -n "$(find Sources Tests/Fuzz/plugins scripts/fuzz-plugins.sh -newer "$out/fuzz" \( -name '*.swift' -o -name '*.c*' -o -name '*.sh' \) | head -n 1)" ]]; then
  rm -f "$out"/*.o "$out"/*.swiftmodule
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  for source in Sources/CGuard/*.cpp Sources/CDebugInfo/*.c; do
    standard=-std=c++17
    [[ "$source" == *.cpp ]] || standard=-std=c11
    "$clang" -O1 -g -fPIC $standard -fsanitize=fuzzer-no-link,address -ISources/CEspalier/include -ISources/CGuard/include \
      -ISources/CDebugInfo/include -c "$source" -o "$out/$(basename "$source").o"
  done
  for module in $modules; do
    # shellcheck disable=SC2046
    swiftc "${options[@]}" -wmo -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
      -c $(find "Sources/$module" -name '*.swift' | sort) -o "$out/$module.o"
  done
  swiftc "${options[@]}" -module-name Fuzz Tests/Fuzz/plugins/FuzzPlugins.swift "$out"/*.o -lffi -lsodium -ldw -lelf -larchive -lstdc++ \
    -o "$out/fuzz"
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
timeout $((seconds + 120)) "$out/fuzz" -max_total_time="$seconds" -timeout=10 -max_len=65536 -malloc_limit_mb=256 -rss_limit_mb=3000 \
  -print_final_stats=1 -artifact_prefix="$out/" "$out/corpus" "$out/seeds" || status=$?
exit "$status"
