#!/usr/bin/env bash
# Takes exported detectors through inspect, prune, quantize, distill and sensitivity: see scripts/check-exports.py.
# Run from anywhere; builds nothing. Exits with 1 where anything failed.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=$("$here/setup.sh" --python)
exec "$python" "$here/check-exports.py" --espalier "$here/../.build/release/espalier" --work "$here/../.build/check-exports" "$@"
