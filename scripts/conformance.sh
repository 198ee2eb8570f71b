#!/usr/bin/env bash
# ONNX's node tests: written by Python's onnx package once a version, run in one process. Arguments go to the runner.
set -eu -o pipefail
cd "$(dirname "$0")/.."
python=${ESPALIER_PYTHON:-}
if [ -z "$python" ]; then
  venv=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/onnx-1.23.2
  python=$venv/bin/python
  if ! "$python" -c 'import onnx' 2>/dev/null; then
    echo "conformance: installing onnx into $venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet onnx==1.23.2 numpy ml_dtypes
  fi
fi
data=${ESPALIER_TEST_DATA:-../shared/data}
archive=$data/onnx-conformance/onnx_1.11_node_tests.tar.gz
folder=.build/conformance
if [ -f "$archive" ]; then
  "$python" Tests/Conformance/generate.py "$folder" --archive "$archive"
else
  echo "conformance: no $archive (ESPALIER_TEST_DATA names its folder); the suite onnx-1.11 is left out"
  "$python" Tests/Conformance/generate.py "$folder"
fi
for product in EspalierRuntime espalier-conformance; do
  # An old program must not stand in for one that does not build.
  swift build -c release --product "$product" >.build/conformance.log 2>&1 || {
    grep -E 'error:' .build/conformance.log || tail -5 .build/conformance.log
    exit 1
  }
done
exec .build/release/espalier-conformance "$folder" Tests/Conformance "$@"
