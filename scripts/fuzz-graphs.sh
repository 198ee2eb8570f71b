#!/bin/sh
# Fuzzes reader, upgrading and writer with forged graphs, libFuzzer and AddressSanitizer, for the runs given (1000000
# unless told). onnx.checker is asked about every file that was written, batch by batch, while the next is made.
# Needs ESPALIER_PYTHON with onnx, or makes one. Exits with 1 on a crash, a leak, a hang or a file that is rejected;
# the inputs that did it and rejected files, one of a kind, are in .build/fuzz-graphs. FUZZ_BATCH_RUNS: runs a batch;
# FUZZ_KEEP_GOING=1: a crash ends its batch alone, and its place is printed.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-1000000}
batch=${FUZZ_BATCH_RUNS:-50000}
out=.build/fuzz-graphs
mkdir -p "$out/corpus" "$out/batches"
python=${ESPALIER_PYTHON:-$(scripts/setup.sh --python)}

options="-O -swift-version 6 -parse-as-library -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny
  -package-name espalier -sanitize=fuzzer,address -wmo -I $out -I Sources/CEspalier/include"

# module NAME: builds Sources/NAME, which may import those built before.
module() {
  # shellcheck disable=SC2046,SC2086
  swiftc $options -module-name "$1" -emit-module -emit-module-path "$out/$1.swiftmodule" \
    -c $(find "Sources/$1" -name '*.swift' | sort) -o "$out/$1.o"
}

# is_old RESULT FOLDER: the sources, or this script, are newer than what was made of them.
is_old() {
  [ ! -e "$1" ] || [ -n "$(find "$2" scripts/fuzz-graphs.sh \( -name '*.swift' -o -name '*.sh' \) -newer "$1" | head -n 1)" ]
}

modules="Graphs Files ModelFormats Tensors Operators"
old=0
for name in $modules; do
  # What imports a module that is built again is built again too.
  if [ "$old" -eq 1 ] || is_old "$out/$name.o" "Sources/$name"; then
    old=1
    module "$name"
  fi
done
if [ "$old" -eq 1 ] || is_old "$out/fuzz" Tests/Fuzz/graphs; then
  # shellcheck disable=SC2046,SC2086
  swiftc $options -module-name FuzzGraphs Tests/Fuzz/graphs/*.swift $(printf "$out/%s.o " $modules) -o "$out/fuzz"
fi
export FUZZ_SCHEMAS="$out/schemas.tsv"
"$python" Tests/Fuzz/graphs/schemas.py "$FUZZ_SCHEMAS"

# Swift's own backtraces would stand in the way of libFuzzer's report of a trap.
export SWIFT_BACKTRACE=enable=no
rm -rf "$out/findings"
rejected=0
crashed=0
checking=
# Waits for the checker of the batch before.
settle() {
  [ -z "$checking" ] || wait "$checking" || rejected=1
  checking=
}
done=0
number=0
while [ "$done" -lt "$runs" ]; do
  number=$((number + 1))
  now=$((runs - done < batch ? runs - done : batch))
  file=$out/batches/$number
  # malloc_limit: nothing may be allocated that an input of this size cannot justify.
  FUZZ_BATCH=$file "$out/fuzz" -runs="$now" -seed="$number" -timeout=5 -max_len=512 -len_control=0 -malloc_limit_mb=64 \
    -print_final_stats=1 -artifact_prefix="$out/" "$out/corpus" >"$out/log" 2>&1 || {
    if [ -z "${FUZZ_KEEP_GOING:-}" ]; then
      tail -n 60 "$out/log"
      exit 1
    fi
    crashed=1
    # The first frame of our own, as the crash's kind.
    grep -m 1 -oE 'in \$s[0-9]+(Graphs|Files|ModelFormats|Operators)[0-9A-Z]\w*' "$out/log" || grep -m 1 'ERROR:' "$out/log"
  }
  done=$((done + now))
  printf '%s of %s runs, %s\n' "$done" "$runs" "$(grep -o 'average_exec_per_sec: *[0-9]*' "$out/log" | tr -s ' ')"
  settle
  { "$python" Tests/Fuzz/graphs/check.py "$file" "$out/findings" && status=0 || status=1; rm -f "$file"; exit $status; } &
  checking=$!
done
settle
if [ "$rejected" -ne 0 ]; then
  head -q -n 1 "$out"/findings/*.txt | sort >"$out/kinds"
  echo "onnx.checker rejects files that were written, $(wc -l <"$out/kinds") kinds; 'spoiled' are those of graphs that were right before:"
  grep '^spoiled' "$out/kinds" | head -n 100 || true
  grep -v '^spoiled' "$out/kinds" | head -n 40 || true
  echo "all kinds are in $out/kinds, a file of each in $out/findings"
  exit 1
fi
[ "$crashed" -eq 0 ] || exit 1
echo "every file that was written is right"
