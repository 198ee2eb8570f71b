#!/bin/sh
# Puts the manifests of the built-in plugins beside the executable, with the hash of each library: run after linking.
# Usage: scripts/pin-plugins.sh [FOLDER]     (default: .build/release)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/.build/release}
for manifest in "$root"/Plugins/*/manifest.json; do
  library=$(sed -n 's/^ *"library": *"\([^"]*\)".*/\1/p' "$manifest")
  name=${library#lib}
  name=${name%.so}
  if [ ! -f "$folder/$library" ]; then
    echo "pin-plugins: $folder/$library is missing: build the product $name first; builtInPlugins in Package.swift names it" >&2
    exit 1
  fi
  hash=$(sha256sum "$folder/$library" | cut -d' ' -f1)
  temporary=$folder/$name.manifest.json.$$
  sed "s/^\( *\)\"library\":.*/&\n\1\"sha256\": \"$hash\",/" "$manifest" >"$temporary"
  mv "$temporary" "$folder/$name.manifest.json"
done
