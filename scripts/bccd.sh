#!/usr/bin/env bash
# The small detector of scripts/detector.sh on photographs of blood cells (BCCD), or where those are absent on a drawn set.
#
#   scripts/bccd.sh BIN      DATA=FOLDER names a folder with ImageSets, Annotations and JPEGImages; EPOCHS, SIZE, SEED, AUTOCAST as wanted
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
found=
for folder in "${DATA:-}" "${ESPALIER_TEST_DATA:-}/bccd/BCCD" ../shared/data/bccd/BCCD ../../shared/data/bccd/BCCD; do
  [ -d "$folder/ImageSets" ] && found=$folder && break
done
seed=${SEED:-0}
if [ -n "$found" ]; then
  exec scripts/detector.sh "$bin" "out/bccd-$seed" "$found" 3 "${EPOCHS:-80}" "${SIZE:-320}" "seed=$seed" "autocast=${AUTOCAST:-none}"
fi
echo "bccd: no BCCD folder (DATA=… names one): on a drawn set instead"
[ -d out/drawn/VOC ] || "$bin/espalier" data synth out/drawn/VOC --images 240 --size 320x240 --seed 0
exec scripts/detector.sh "$bin" "out/drawn/run-$seed" out/drawn/VOC 4 "${EPOCHS:-80}" "${SIZE:-320}" "seed=$seed" "autocast=${AUTOCAST:-none}"
