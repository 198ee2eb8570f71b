#!/usr/bin/env bash
# Every operator in every opset from 7 to 22 and in many element types: ONNX's node tests, written again by us, held
# against onnx.checker and ONNX Runtime. Needs ESPALIER_PYTHON with onnx and onnxruntime, or sets one up.
set -eu -o pipefail
cd "$(dirname "$0")/.."
python=${ESPALIER_PYTHON:-$(scripts/setup.sh --python)}
cases=.build/conformance
folder=.build/opsets
ESPALIER_PYTHON=$python scripts/conformance.sh --only no-such-case >/dev/null 2>&1 || true
rm -rf "$folder"
mkdir -p "$folder"
"$python" Tests/Conformance/variants.py "$cases" "$folder/cases"
.build/release/espalier-conformance "$folder/cases" --rewrite "$folder/written" | tee "$folder/rewriting.log" | tail -n 1
"$python" Tests/Conformance/check-rewritten.py "$folder/cases" "$folder/written"
