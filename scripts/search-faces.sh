#!/usr/bin/env bash
# Searchers side by side on drawn faces: the best reward of each at an equal number of trials, over seeds, and how annealing and evolution compare with random.
#
#   scripts/search-faces.sh BIN      SEEDS="0 1 2 3 4", TRIALS=20, ITERATIONS=100 as wanted
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier")
out=out/search-faces trials=${TRIALS:-20} iterations=${ITERATIONS:-100}
mkdir -p "$out"
cp Examples/recipes/search/faces.yml "$out/recipe.yml"
[ -d "$out/faces" ] || "$espalier" data synth "$out/faces" --kind faces --images 600 --size 64x64 --seed 0
for seed in ${SEEDS:-0 1 2 3 4}; do
  for searcher in random annealing evolution; do
    run=$out/$searcher-$seed
    options=()
    case $searcher in
      annealing) options=(--set steps.0.search.temperature=0.05 --set steps.0.search.rate=0.93) ;;
      evolution) options=(--set steps.0.search.population=6 --set steps.0.search.sample=3) ;;
    esac
    if [ -f "$run/report.json" ]; then continue; fi
    if [ -f "$run/run.sqlite" ]; then
      "$espalier" search --resume "$run" --executor local:2
    else
      "$espalier" search "$out/recipe.yml" --run "$run" --executor local:2 --set "steps.0.search.searcher=$searcher" --set "steps.0.search.trials=$trials" \
        --set "steps.0.search.train.iterations=$iterations" --set "seed=$seed" "${options[@]}"
    fi >"$run.txt"
  done
done
python3 scripts/search_table.py "$out"
