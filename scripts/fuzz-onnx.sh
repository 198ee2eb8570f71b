#!/bin/sh
# Fuzzes the ONNX reader and writer with libFuzzer and AddressSanitizer for the seconds given (60 unless told).
# Exits with 1 on a crash, a leak or a hang, and leaves the input that did it in .build/fuzz-onnx.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
out=.build/fuzz-onnx
modules="Graphs Files ModelFormats"
mkdir -p "$out/seeds" "$out/corpus"

options="-O -swift-version 6 -parse-as-library -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny
  -package-name espalier -I $out"

# Builds the modules and one main file into a program; $1 names it, the rest are more options.
build() {
  program=$1
  main=$2
  shift 2
  rm -f "$out"/*.o "$out"/*.swiftmodule
  for module in $modules; do
    # shellcheck disable=SC2046
    swiftc $options "$@" -wmo -module-name "$module" -emit-module \
      -emit-module-path "$out/$module.swiftmodule" \
      -c $(find "Sources/$module" -name '*.swift' | sort) -o "$out/$module.o"
  done
  # shellcheck disable=SC2046
  swiftc $options "$@" -module-name Fuzz "$main" $(printf "$out/%s.o " $modules) -o "$program"
}

if [ -z "$(find "$out/fuzz" -newer scripts/fuzz-onnx.sh 2>/dev/null)" ] ||
  [ -n "$(find Sources/Graphs Sources/Files Sources/ModelFormats Tests/Fuzz/onnx -name '*.swift' -newer "$out/fuzz")" ]; then
  build "$out/make-seeds" Tests/Fuzz/onnx/Seeds.swift
  build "$out/fuzz" Tests/Fuzz/onnx/FuzzONNX.swift -sanitize=fuzzer,address
fi
"$out/make-seeds" "$out/seeds"
if [ -n "${ESPALIER_PYTHON:-}" ]; then "$ESPALIER_PYTHON" Tests/Fuzz/onnx/seeds.py "$out/seeds"; fi

# Swift's own backtraces would stand in the way of libFuzzer's report of a trap.
export SWIFT_BACKTRACE=enable=no
# malloc_limit: nothing may be allocated that an input of this size cannot justify.
exec "$out/fuzz" -max_total_time="$seconds" -timeout=5 -max_len=65536 -malloc_limit_mb=64 \
  -print_final_stats=1 -artifact_prefix="$out/" "$out/corpus" "$out/seeds"
