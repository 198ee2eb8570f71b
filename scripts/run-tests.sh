#!/usr/bin/env bash
# Runs every check of `make test` to its end, prints each runner's own lines, and closes with `N passed, N failed`.
set -u -o pipefail
cd "$(dirname "$0")/.."
bin=.build/release
logs=.build/test-logs
mkdir -p "$logs"
passed=0
failed=0
broken=()

# stage NAME COMMAND...: runs a command, keeps its lines, counts it as one check.
stage() {
  local name=$1
  shift
  local start=$SECONDS
  printf '\n== %s\n' "$name"
  if "$@" 2>&1 | tee "$logs/${name// /-}.log"; then
    passed=$((passed + 1))
    printf -- '-- %s: passed in %d s\n' "$name" $((SECONDS - start))
  else
    failed=$((failed + 1))
    broken+=("$name")
    printf -- '-- %s: FAILED after %d s\n' "$name" $((SECONDS - start))
    return 1
  fi
}

finish() {
  [ ${#broken[@]} -eq 0 ] || printf '\nfailed: %s\n' "${broken[*]}"
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
  exit
}

build() { swift build -c release --build-tests && scripts/pin-plugins.sh "$bin"; }

tests() { swift test -c release --disable-xctest --skip-build; }

stage build build || finish
stage lint make --no-print-directory lint

stage tests tests
# Each test counts, in place of the stage.
counted=$(grep -cE '^✔ Test .* passed after' "$logs/tests.log")
wrong=$(grep -cE '^✘ Test .* failed after' "$logs/tests.log")
if [ "$wrong" -gt 0 ]; then failed=$((failed + wrong - 1)); fi
passed=$((passed + counted))

stage conformance scripts/conformance.sh
stage zoo "$bin/espalier" zoo --check
stage examples scripts/build-examples.sh "$bin"
stage demo scripts/demo.sh "$bin"
finish
