#!/usr/bin/env bash
# Tells by which head the outputs of exported detectors are read, without an option: file, head, reason.
#
# usage: scripts/check-heads.sh FOLDER|FILE...      (builds nothing)
#
# Ends with 1 where the head of one is not known, or none was there. Where the path of a file holds `obb`, whose turned boxes no head reads, it is the
# other way round.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
espalier="$here/../.build/release/espalier"
[ $# -gt 0 ] || { sed -n '4p' "$0" >&2; exit 2; }
missed=0
count=0
while IFS= read -r file; do
  count=$((count + 1))
  line=$("$espalier" inspect "$file" --json 2>&1 | python3 -c '
import json, sys
text = sys.stdin.read()
try:
    found = json.loads(text)["detector"]
    print(found["head"] or "-", found["reason"] if found["head"] else "nearest %s: %s" % (found["nearest"], found["reason"]), sep="\t")
except (ValueError, KeyError):
    print("-", text.strip().splitlines()[-1] if text.strip() else "nothing was printed", sep="\t")
')
  printf '%s\t%s\n' "$(basename "$(dirname "$file")")/$(basename "$file" .onnx)" "$line"
  head=${line%%$'\t'*}
  case $file in
    *obb*) [ "$head" = - ] || missed=$((missed + 1)) ;;
    *) [ "$head" != - ] || missed=$((missed + 1)) ;;
  esac
done < <(find "$@" -name '*.onnx' | sort)
echo "$count files, $missed not as they should be" >&2
[ "$count" -gt 0 ] && [ "$missed" = 0 ]
