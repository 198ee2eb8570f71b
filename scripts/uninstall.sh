#!/usr/bin/env bash
# Removes what scripts/install.sh put there, and nothing else.
# Usage: scripts/uninstall.sh PREFIX [DESTDIR]
set -eu -o pipefail
to=${2:-}$1
list=$to/share/espalier/installed.txt
[[ -e "$list" ]] || { echo "uninstall: nothing is installed in $to"; exit 0; }
(cd "$to" && while read -r file; do
  # The list names files below these places only.
  case "$file" in
    /* | *..*) echo "uninstall: $list has '$file', which is none of ours" >&2; exit 1 ;;
  esac
  rm -f -- "$file"
done <"$list")
rm -f "$list"
for folder in lib/espalier include/espalier share/espalier lib/cmake/Espalier; do
  [[ ! -d "$to/$folder" ]] || find "$to/$folder" -depth -type d -empty -delete
done
echo "espalier is removed from $to"
