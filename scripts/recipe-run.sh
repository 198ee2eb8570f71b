#!/usr/bin/env bash
# Carries out FOLDER.yml in the run folder FOLDER: goes on with a run that was interrupted, leaves one that is done.
#
#   scripts/recipe-run.sh ESPALIER FOLDER [VERB]      VERB: train or compress (default)
set -eu -o pipefail
espalier=$1 folder=$2 verb=${3:-compress}
if [ -e "$folder/report.json" ]; then
  printf '\n%s is done\n' "$folder"
  exit
fi
how=--run
[ ! -e "$folder/recipe.yml" ] || how=--resume
printf '\n$ espalier %s\n' "$verb $folder.yml $how $folder"
exec "$espalier" "$verb" "$folder.yml" "$how" "$folder"
