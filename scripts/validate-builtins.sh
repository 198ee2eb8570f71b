#!/usr/bin/env bash
# Puts every built-in plugin to the test that strangers' plugins have: `espalier plugin validate`, at its quick level.
# Usage: validate-builtins.sh [BIN]
set -eu -o pipefail
bin=${1:-.build/release}
export XDG_STATE_HOME
XDG_STATE_HOME=$(mktemp -d)
trap 'rm -rf "$XDG_STATE_HOME"' EXIT
failed=0
for manifest in "$bin"/Espalier*.manifest.json; do
  "$bin/espalier" plugin validate "$manifest" --level "${LEVEL:-quick}" | tail -n 2 || failed=1
done
exit "$failed"
