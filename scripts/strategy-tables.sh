#!/usr/bin/env bash
# Writes the tables of the built-in strategies into docs/, each between its two marks, from what the strategies say of themselves.
#
#   scripts/strategy-tables.sh [BIN]      BIN: the folder of the built program (default .build/release)
set -eu -o pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
env -u ESPALIER_PLUGIN_PATH -u ESPALIER_PLUGINS_DISABLE "${1:-.build/release}/espalier" plugin list --safe-mode --markdown >"$scratch/tables"
for page in docs/*.md; do
  awk '
    NR == FNR {
      if (/^<!-- strategies: /) name = $0
      if (name != "") tables[name] = tables[name] $0 "\n"
      if ($0 == "<!-- end -->") name = ""
      next
    }
    /^<!-- strategies: / {
      if (!($0 in tables)) { print FILENAME ": no strategies for " $0 >"/dev/stderr"; exit 1 }
      printf "%s", tables[$0]
      inside = 1
    }
    !inside
    $0 == "<!-- end -->" { inside = 0 }
  ' "$scratch/tables" "$page" >"$scratch/page"
  cmp -s "$scratch/page" "$page" || { cat "$scratch/page" >"$page" && echo "$page: its tables are new"; }
done
