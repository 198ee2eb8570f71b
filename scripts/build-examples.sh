#!/usr/bin/env bash
# Builds each example plugin as a stranger would: from a copy outside this package, by its own build.sh, which is given
# the package's root and the folder for the library and its manifest. Then asks the program whether it takes them.
set -eu -o pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
espalier=$(cd "${1:-$root/.build/release}" && pwd)/espalier
outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT
found=0
for script in "$root"/Examples/*/build.sh; do
  [ -e "$script" ] || continue
  name=$(basename "$(dirname "$script")")
  cp -r "$root/Examples/$name" "$outside/$name"
  mkdir "$outside/$name-built"
  echo "building $name"
  # 77: a compiler that the example needs is not there.
  status=0
  (cd "$outside/$name" && ./build.sh "$root" "$outside/$name-built") || status=$?
  [ "$status" -eq 77 ] && continue
  [ "$status" -eq 0 ] || exit "$status"
  # Neither the plugin's folder nor those above it may be writable for others.
  chmod -R go-w "$outside/$name-built"
  "$espalier" plugin list --why --allow-unvalidated --allow-unpinned --plugin "$outside/$name-built" |
    tee "$outside/$name.txt"
  if sed -n '1,/^$/p' "$outside/$name.txt" | grep -q '  refused'; then
    echo "$name was refused" >&2
    exit 1
  fi
  "$espalier" plugin validate "$outside/$name-built"
  found=$((found + 1))
done
echo "$found examples built outside the package"
[ "$found" -gt 0 ]
