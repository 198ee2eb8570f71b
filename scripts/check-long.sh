#!/usr/bin/env bash
# What takes too long for every change: fuzzing for minutes, sanitizers, all of conformance.
set -eu -o pipefail
cd "$(dirname "$0")/.."
scripts/fuzz-onnx.sh "${FUZZ_SECONDS:-300}"
scripts/fuzz-plugins.sh "${FUZZ_SECONDS:-300}"
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}suppressions=$PWD/Tests/leaks.txt
# Torch's own allocations drown the sanitizer, so only targets that never load it run under it.
swift test -c release --disable-xctest --sanitize=address --scratch-path .build/asan \
  --filter 'GraphsTests|FilesTests|ModelFormatsTests|ArchitecturesTests|PluginKitTests|ReportsTests|YAMLReaderTests|RecipeTests'
# The plugin host without torch: many threads under the thread sanitizer, and under AddressSanitizer.
scripts/check-sanitizers.sh
scripts/conformance.sh
scripts/check-opsets.sh
scripts/kill-training.sh .build/release
scripts/kill-sensitivity.sh .build/release
scripts/kill-search.sh .build/release
scripts/kill-latency.sh .build/release
scripts/check-sdk.sh .build/release
