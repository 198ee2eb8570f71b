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

tests() {
  rm -f "$logs/tests.xml"
  swift test -c release --disable-xctest --skip-build --xunit-output "$logs/tests.xml"
}

# count NAME: a number of the runner's report; 0 where a crash left none.
count() { sed -n "s/.*<testsuite .*$1=\"\([0-9]*\)\".*/\1/p" "$logs/tests.xml" 2>/dev/null | head -n 1 | grep . || echo 0; }

stage build build || finish
stage lint make --no-print-directory lint

# The oracle of many tests; those are skipped where it cannot be installed.
if python=$(scripts/setup.sh --python); then
  export ESPALIER_PYTHON=$python
else
  echo "no Python for the tests: those that compare with onnx, onnxruntime and numpy are skipped"
fi
stage tests tests
# Each test counts, in place of the stage.
wrong=$(($(count failures) + $(count errors)))
right=$(($(count tests) - wrong))
if [ "${broken[*]:-}" != "${broken[*]/tests/}" ]; then
  failed=$((failed - 1 + (wrong > 0 ? wrong : 1)))
else
  passed=$((passed - 1))
fi
passed=$((passed + right))

stage conformance scripts/conformance.sh
stage zoo "$bin/espalier" zoo --check
stage "built-in plugins" scripts/validate-builtins.sh "$bin"
stage examples scripts/build-examples.sh "$bin"
stage demo scripts/demo.sh "$bin"
finish
