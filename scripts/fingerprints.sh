#!/usr/bin/env bash
# What the program writes for a list of commands, as hashes: drawn data and networks, every strategy, two tasks, training,
# distillation and quantization to a stated step. Two builds that print the same lines write the same bytes. With a file of
# lines from before, tells what differs and ends with 1.
#
#   scripts/fingerprints.sh BIN WORK [BEFORE]
#
# Hashes hold for one processor and thread count: sums are grouped by both.
set -eu -o pipefail
espalier=$(realpath "$1")/espalier work=$2 before=${3:+$(realpath "$3")}
rm -rf "$work"
mkdir -p "$work"
cd "$work"
export OMP_NUM_THREADS=2
run() { # NAME WORDS...: a command whose output and errors are kept in NAME.log
  local name=$1
  shift
  "$espalier" "$@" >"$name.out" 2>"$name.log" || {
    cat "$name.log" >&2
    echo "fingerprints: '$name' ended with an error: espalier $*" >&2
    exit 1
  }
}
run synth data synth VOC --images 24 --size 128x96 --seed 0
run face zoo --write blazeface -o face.onnx --seed 3
cat >train.yml <<'YML'
model: {name: yolov3_mobilenet_v1, width: 0.25}
task: {type: yolov3, classes: 4}
data: {format: voc, root: VOC, train: train, val: val, test: test, metric: 11point}
input_size: 128
seed: 3
steps:
  - train: {iterations: 20, batch: 4, learning_rate: 0.002, clip: 200, warmup: 5, schedule: cosine, augment: light, checkpoint_every: 10}
export: {onnx: model.onnx}
YML
run train compress train.yml --run train
cp train/model.onnx trained.onnx
run inspect inspect trained.onnx --input-size 128 --json
run uniform prune trained.onnx -s uniform --set ratio=0.3 -o uniform.onnx --input-size 128
run r578 prune trained.onnx -s r578 -o r578.onnx --input-size 128
run opset prune trained.onnx -s uniform --set ratio=0.5 --opset 11 -o opset.onnx --input-size 128
run sensitivity sensitivity trained.onnx --data voc:VOC --task match_teacher --list val --groups 'yolo_block.*' \
  --ratios 0.3,0.6 --bootstrap 20 --input-size 128 -o sensitivity.json --csv sensitivity.csv --pickle sensitivities.data --loss 0.5
run bysens prune trained.onnx -s sensitivity --set loss=0.5 --set sensitivities_file=sensitivity.json -o bysens.onnx --input-size 128
for algorithm in abs_max hist kl mse avg emd auto; do
  run "post-$algorithm" quantize trained.onnx --images VOC/JPEGImages --limit 8 --input-size 128 --set "algorithm=$algorithm" -o "post-$algorithm.onnx"
done
run equalize quantize trained.onnx --images VOC/JPEGImages --limit 8 --input-size 128 --set equalize=true --set correct_bias=true \
  --target openvino -o equalize.onnx
run face8 quantize face.onnx --images VOC/JPEGImages --limit 4 --input-size 128 --normalization blazeface -o face8.onnx
for loss in split l2; do
  sed -e "s/model: .*/model: trained.onnx/" \
    -e "s/  - train: {iterations: 20/  - prune: {strategy: r578}\n  - distill: {strategy: $loss, weight: 1, teacher: original, iterations: 6/" train.yml >"$loss.yml"
  run "$loss" compress "$loss.yml" --run "$loss-run"
done
run match distill r578.onnx --teacher trained.onnx --images VOC/JPEGImages --input-size 128 --iterations 4 --seed 1 -o match.onnx --run match
sed -e "s/model: .*/model: trained.onnx/" -e "s/  - train: {iterations: 20\(.*\)}$/  - quantize: {strategy: aware, train: {iterations: 6\1}}/" train.yml >aware.yml
run aware compress aware.yml --run aware-run
run eval eval trained.onnx --data voc:VOC --task yolov3 --classes 4 --list test --metric 11point --json
# Neither times nor the hashes of the plugins' libraries are part of what is the same.
sed -i -E 's/"(decode|network|boxes|seconds|imagesPerSecond)": *[0-9.e+-]+/"\1": 0/g' eval.out
sed -i -E 's/"sha256":"[0-9a-f]{64}"/"sha256":""/g' ./*.onnx ./*/model.onnx
sha256sum ./*.onnx ./*/model.onnx sensitivity.json sensitivity.csv sensitivities.data inspect.out eval.out uniform.out r578.out |
  sort -k 2 >sums
cat sums
[ -z "$before" ] || diff "$before" sums
