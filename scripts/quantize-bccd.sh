#!/usr/bin/env bash
# The detector of `make bccd` in 8 bits: by a pass over training images with each algorithm, by training with rounded values, and cut by
# r578 before; beside it what ONNX Runtime's own tool and NNCF make of the same model and images. Prints size, mAP on the test list in our
# session and in ONNX Runtime, and how far outputs on the test pictures are from the float model's. What is done is not done again, what was
# interrupted goes on.
#
#   scripts/quantize-bccd.sh BIN      SEED; DATA, EPOCHS, SIZE, AUTOCAST as in scripts/bccd.sh, which trains baseline and r578 where they are not there
#   IMAGES=160                       training images to calibrate with, evenly from all
#   ESPALIER_QUANTIZATION_PEERS      a Python with cv2, nncf, onnx, onnxruntime and openvino, to use as it is
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
espalier=$bin/espalier seed=${SEED:-0} size=${SIZE:-320} images=${IMAGES:-160}
out=out/bccd-$seed made=out/bccd-$seed/quantized
[ -e "$out/baseline/model.onnx" ] && [ -e "$out/r578/model.onnx" ] || SEED=$seed scripts/bccd.sh "$bin"
[ -e "$out/baseline/model.onnx" ] || { echo "quantize-bccd: no photographs of blood cells (DATA=… names their folder)" >&2; exit 1; }
python=$(scripts/quantization-peers.sh)
mkdir -p "$made"
baseline=$out/baseline/model.onnx

for name in aware r578-aware; do
  scripts/recipe-run.sh "$espalier" "Examples/recipes/detector/$name.yml" "$out/$name" compress "input_size=$size" \
    "steps.0.quantize.train.seed=$seed" steps.0.quantize.train.autocast=none
done

# is_new FILE MODEL: whether the file was made after the model, so that nothing is to do.
is_new() { [ -e "$1" ] && [ ! "$2" -nt "$1" ]; }

inputs=$made/inputs-$images.npy
is_new "$inputs" "$baseline" ||
  "$python" Tests/Performance/quantization.py pictures "$out/VOC" train "$images" "$size" "$inputs"
models=(baseline=$baseline)
# post NAME TARGET ALGORITHM [OPTION...]
post() {
  local name=$1 file=$made/$1.onnx target=$2 algorithm=$3
  shift 3
  is_new "$file" "$baseline" ||
    "$espalier" quantize "$baseline" --images "$inputs" --limit "$images" --target "$target" --set "algorithm=$algorithm" "$@" -o "$file" \
      >"$made/$name.txt" 2>&1 ||
    { cat "$made/$name.txt" >&2; exit 1; }
  models+=("$name=$file")
}
for algorithm in abs_max kl hist mse avg emd; do post "post-$algorithm" onnxruntime $algorithm; done
# NNCF places scales as OpenVINO wants them, and fewer of them: these are the rows to compare with it.
for algorithm in kl mse; do post "post-$algorithm-openvino" openvino $algorithm; done
post kl-min_sqnr-29 openvino kl --set min_sqnr=29
post kl-metric_drop openvino kl --set metric_drop=0.005 --data "voc:$out/VOC" --list val --metric 11point
post mse-learn_rounding openvino mse --set learn_rounding=true
post mse-correct_bias openvino mse --set correct_bias=true
models+=("aware=$out/aware/model.onnx" "r578=$out/r578/model.onnx" "r578-aware=$out/r578-aware/model.onnx")
for peer in ort-entropy ort-percentile ort-minmax nncf-onnx; do
  file=$made/$peer.onnx
  is_new "$file" "$baseline" ||
    "$python" Tests/Performance/quantization.py $peer "$baseline" "$inputs" "$images" "$file" >"$made/$peer.txt" 2>&1 ||
    { cat "$made/$peer.txt" >&2; exit 1; }
  models+=("$peer=$file")
done

# One evaluator for all, whoever made the file and whatever executes it.
for entry in "${models[@]}"; do
  file=${entry#*=}
  for runtime in espalier onnxruntime; do
    is_new "$file.$runtime.json" "$file" || {
      echo "evaluating $file in $runtime" >&2
      ESPALIER_PYTHON=$python "$espalier" eval "$file" --data "voc:$out/VOC" --list test --metric 11point --on $runtime --json >"$file.json.new"
      mv "$file.json.new" "$file.$runtime.json"
    }
  done
done
pictures=$made/test.npy
is_new "$pictures" "$baseline" || "$python" Tests/Performance/quantization.py pictures "$out/VOC" test 100000 "$size" "$pictures"
"$python" Tests/Performance/quantized_table.py "$pictures" "${models[@]}"
