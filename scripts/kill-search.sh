#!/usr/bin/env bash
# Searches by three workers of which some are killed at random times, and every third time the program itself: each must end with the trials and
# the best network of the search that nobody disturbed.
#
#   scripts/kill-search.sh BIN [RUNS]      RUNS: how many searches are disturbed (default 20); SEED: of the times (default 0)
set -eu -o pipefail
cd "$(dirname "$0")/.."
espalier=$(realpath "${1:-.build/release}/espalier") runs=${2:-20}
out=$(mktemp -d "${TMPDIR:-/tmp}/search-kills.XXXXXX")
trap 'pkill -9 -f "$out" || true; rm -rf "$out"' EXIT
cp Examples/recipes/search/kills.yml "$out/recipe.yml"
cd "$out"
"$espalier" data synth VOC --images 40 --size 64x64 --seed 0 >/dev/null 2>&1
# What a run came to: trials without their times, how many units have a result, and the exported network.
came_to() {
  python3 - "$1" <<'PY'
import hashlib, sqlite3, sys
db = sqlite3.connect(f"{sys.argv[1]}/run.sqlite")
trials = db.execute("SELECT number, tokens, state, rung, reward, full_reward, units FROM trials ORDER BY number").fetchall()
results = db.execute("SELECT count(*) FROM units").fetchone()[0]
numbers = [row[0] for row in trials]
assert numbers == list(range(len(numbers))), f"trials are lost or counted twice: {numbers}"
print(len(trials), results, hashlib.sha256(repr(trials).encode()).hexdigest()[:16],
      hashlib.sha256(open(f"{sys.argv[1]}/model.onnx", "rb").read()).hexdigest()[:16])
PY
}
"$espalier" search recipe.yml --run whole --executor local:3 >whole.log 2>&1 || { cat whole.log; exit 1; }
wanted=$(came_to whole)
echo "undisturbed: $wanted (trials, results, their hash, the network's)"
RANDOM=${SEED:-0}
killed=0
for ((run = 1; run <= runs; run++)); do
  command=("$espalier" search recipe.yml --run "run-$run" --executor local:3)
  while :; do
    "${command[@]}" >"run-$run.log" 2>&1 &
    program=$!
    # Five lives at most are cut short by killing the program.
    while kill -0 "$program" 2>/dev/null; do
      sleep "0.$((RANDOM % 9 + 1))"
      if ((RANDOM % 3 == 0)) && ((RANDOM % 2 == 0)); then
        kill -9 "$program" 2>/dev/null && killed=$((killed + 1))
      else
        mapfile -t workers < <(pgrep -P "$program" || true)
        [ ${#workers[@]} -gt 0 ] && kill -9 "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null && killed=$((killed + 1))
        sleep 1.$((RANDOM % 9))
      fi
    done
    wait "$program" && break || status=$?
    if [ "$status" != 137 ]; then
      cat "run-$run.log"
      exit 1
    fi
    [ -f "run-$run/run.sqlite" ] && command=("$espalier" search --resume "run-$run" --executor local:3)
  done
  found=$(came_to "run-$run")
  [ "$found" = "$wanted" ] || { echo "run $run came to $found"; exit 1; }
done
echo "$runs searches, $killed kills: no trial lost, none counted twice, the same best network"
