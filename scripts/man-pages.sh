#!/usr/bin/env bash
# Writes manual pages of the program's own help: espalier(1), and one for each command.
# Usage: scripts/man-pages.sh PROGRAM FOLDER VERSION
set -eu -o pipefail
program=$1 folder=$2 version=$3
install -d "$folder"

# page NAME SUMMARY: the help on standard input, as it stands on a terminal.
page() {
  printf '.TH "%s" 1 "" "espalier %s" "Espalier"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n' "${1^^}" "$version" "$1" "$2"
  # A dot or an apostrophe in front is a request; a backslash begins an escape.
  sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/" -e 's/-/\\-/g'
  printf '.fi\n'
}

overview=$("$program" help)
page espalier "makes detection models smaller, by strategies that are shared libraries" <<<"$overview" >"$folder/espalier.1"
sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' <<<"$overview" | while read -r verb; do
  # shellcheck disable=SC2086
  help=$("$program" help $verb)
  name=espalier-${verb// /-}
  summary=$(head -n 1 <<<"$help")
  page "$name" "${summary%.}" <<<"$help" >"$folder/$name.1"
done
