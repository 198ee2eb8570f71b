#!/usr/bin/env bash
# Carries out a copy of RECIPE, FOLDER.yml, in the run folder FOLDER: goes on with a run that was interrupted, leaves one that is done.
#
#   scripts/recipe-run.sh ESPALIER RECIPE FOLDER VERB [KEY=VALUE...]      VERB: train or compress; KEY=VALUE: of the recipe, as of --set
set -eu -o pipefail
espalier=$1 recipe=$2 folder=$3 verb=$4
shift 4
if [ -e "$folder/report.json" ]; then
  printf '\n%s is done\n' "$folder"
  exit
fi
cmp -s "$recipe" "$folder.yml" || cp "$recipe" "$folder.yml"
how=(--resume "$folder")
if [ ! -e "$folder/recipe.yml" ]; then
  how=(--run "$folder")
  for setting; do how+=(--set "$setting"); done
fi
printf '\n$ espalier %s\n' "$verb $folder.yml ${how[*]}"
exec "$espalier" "$verb" "$folder.yml" "${how[@]}"
