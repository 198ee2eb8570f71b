#!/usr/bin/env bash
# Every declaration that strangers see has a documentation comment: reads the symbol graphs of the public modules.
set -eu -o pipefail
cd "$(dirname "$0")/.."
modules=".build/release/Modules"
[ -d "$modules" ] || swift build -c release --product espalier
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple" *: *"\(.*\)".*/\1/p' | head -1)
out=.build/symbols
rm -rf "$out"
mkdir -p "$out"
for module in Graphs ModelFormats Tensors Architectures PluginKit TestSupport; do
  [ -e "$modules/$module.swiftmodule" ] || continue
  swift symbolgraph-extract -module-name "$module" -target "$target" -I "$modules" -I Sources/CEspalier/include \
    -minimum-access-level public -skip-synthesized-members -skip-inherited-docs -output-dir "$out" ||
    { echo "$module: no symbol graph"; exit 1; }
done
python3 - "$out" <<'PY'
import json, pathlib, sys

# Members that a protocol of Swift's own asks for say nothing new; their protocol documents them.
witnesses = {"hash(into:)", "==(_:_:)", "<(_:_:)", "encode(to:)", "init(from:)", "description", "hashValue",
             "makeIterator()", "init(arrayLiteral:)", "init(dictionaryLiteral:)", "init(rawValue:)", "rawValue",
             "allCases", "init(integerLiteral:)", "init(stringLiteral:)", "debugDescription", "errorDescription"}
missing, seen = [], 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.symbols.json")):
    graph = json.loads(path.read_text())
    inherited = {r["source"] for r in graph["relationships"]
                 if r["kind"] in ("overrides", "defaultImplementationOf") or r.get("sourceOrigin")}
    cases = {s["identifier"]["precise"] for s in graph["symbols"] if s["kind"]["identifier"] == "swift.enum.case"}
    for symbol in graph["symbols"]:
        if "SYNTHESIZED" in symbol["identifier"]["precise"]:
            continue
        seen += 1
        name = symbol["names"]["title"]
        precise = symbol["identifier"]["precise"]
        # The case of an enum whose name says all needs no sentence.
        if "docComment" in symbol or precise in inherited or precise in cases or name.split(".")[-1] in witnesses:
            continue
        place = symbol.get("location", {})
        line = place.get("position", {}).get("line", 0) + 1
        missing.append(f"{place.get('uri', '?').split('/Sources/')[-1]}:{line}: {'.'.join(symbol['pathComponents'])}")
for line in missing:
    print("no documentation:", line)
print(f"documentation: {seen} public symbols, {len(missing)} without a comment")
sys.exit(1 if missing else 0)
PY
