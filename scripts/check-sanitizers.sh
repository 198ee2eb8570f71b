#!/usr/bin/env bash
# The thread sanitizer and AddressSanitizer over the host of plugins, which is built without torch: many threads load, call, fail and miss
# their deadline at once. Exits with what a sanitizer exits with.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/plugin-modules.sh
for sanitizer in ${*:-thread address}; do
  out=.build/sanitize-$sanitizer
  build_modules "$out" "$sanitizer"
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  "$clang" -O1 -g "-fsanitize=$sanitizer" -c Tests/Sanitizers/mutex.c -o "$out/mutex.o"
  swiftc "${options[@]}" -module-name HostThreads Tests/Sanitizers/*.swift Tests/PluginHostTests/Support/SmallModel.swift "$out"/*.o \
    "${libraries[@]}" -o "$out/program" 2>&1 | { grep -v "Cannot export local symbol" || true; }
  work=$out/work
  rm -rf "$work"
  mkdir -p -m 755 "$work/staged"
  for source in plugin.cpp function.c; do
    "$clang" -O1 -g -shared -fPIC "-fsanitize=$sanitizer" -w -ISources/CEspalier/include -ITests/PluginHostTests/Fixtures \
      "Tests/Sanitizers/$source" -o "$work/${source%.*}.so"
  done
  chmod -R go-w "$work"
  hash() { sha256sum "$work/$1.so" | cut -c1-64; }
  printf '{"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so", "sha256": "%s", "abi": "esp/1",
    "strategies": [{"id": "org.example.strategy", "interface": "esp.pruner/1"}]}' "$(hash plugin)" >"$work/plugin.manifest.json"
  printf '{"manifest": 1, "id": "org.example.function", "version": "1.0.0", "library": "function.so", "sha256": "%s", "abi": "c-function/1",
    "functions": [{"symbol": "l2", "interface": "esp.pruner/1", "role": "score_channel", "args": [{"type": "f32*", "bind": "weight.data",
    "access": "read"}, {"type": "i64", "bind": "weight.numel"}], "returns": {"type": "f64", "meaning": "score"}}]}' \
    "$(hash function)" >"$work/function.manifest.json"
  echo "$sanitizer sanitizer:"
  SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=fast_unwind_on_malloc=0 LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}suppressions=$PWD/Tests/leaks.txt timeout 300 "$out/program" "$PWD/$work"
done
