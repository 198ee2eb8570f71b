#!/usr/bin/env bash
# What an author and a user do, from an installation alone and outside this repository: plugins of every language and kind are made,
# built and looked at; one in C and one in Swift prune a model; both are packed and signed, installed by a user with a clean home, and
# run by name; the installation is removed. Times are of processors, user and system.
# Usage: scripts/check-sdk.sh [BIN]     ESPALIER_SDK_FAST=1 leaves Swift out but for the pruner
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=${1:-.build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
unset ESPALIER_SDK ESPALIER_PLUGIN_PATH LD_LIBRARY_PATH
prefix=/opt/espalier
scripts/install.sh "$bin" "$prefix" "$work/root" >"$work/install.log"
mv "$work/root$prefix" "$work/moved"
installed=$work/moved
E=$installed/bin/espalier
cd "$work"

fail() {
  echo "check-sdk: $*" >&2
  exit 1
}
# user NAME: a user with nothing of anybody else's.
user() {
  export HOME=$work/$1 XDG_DATA_HOME=$work/$1/data XDG_CONFIG_HOME=$work/$1/config XDG_CACHE_HOME=$work/$1/cache
  export XDG_STATE_HOME=$work/$1/state
  mkdir -p "$HOME"
}
# The cache of libtorch is found by the real home.
export ESPALIER_TORCH=${ESPALIER_TORCH:-${XDG_CACHE_HOME:-$HOME/.cache}/espalier/torch-2.11.0/torch}
compiler_home=$HOME

for file in bin/espalier lib/pkgconfig/espalier-plugin.pc lib/cmake/Espalier/EspalierConfig.cmake share/man/man1/espalier.1 \
  share/man/man1/espalier-plugin-new.1 include/espalier/espalier_plugin.h share/espalier/swift/espalier/Package.swift; do
  [[ -e "$installed/$file" ]] || fail "$file is not installed"
done
if grep -rlE 'import (PluginHost|Models|Pruning|Training|Recipes|Operators)' "$installed/share/espalier/swift" | grep -q .; then
  fail "the kit has sources of the host"
fi
for library in "$installed"/lib/espalier/libEspalier*.so; do
  [[ "$(nm -D --defined-only "$library" | wc -l)" == 1 ]] || fail "$library exports more than one symbol"
done
flags=$(PKG_CONFIG_PATH=$installed/lib/pkgconfig pkg-config --cflags espalier-plugin)
echo '#include <espalier_space.h>' | cc -x c $flags -fsyntax-only - || fail "pkg-config's flags do not find the headers"

user author
"$E" zoo --write blazeface -o model.onnx >/dev/null

# seconds COMMAND...: processor time of a command, which must succeed.
seconds() {
  local log=$work/seconds.log
  if ! ( TIMEFORMAT='%U %S'; time "$@" >"$work/out.log" 2>&1 ) 2>"$log"; then
    cat "$work/out.log" >&2
    fail "failed: $*"
  fi
  tail -n 1 "$log" | awk '{ printf "%.1f", $1 + $2 }'
}

# One plugin of each language and kind: made, built with one command, taken by the host with one exported symbol.
made=0
for language in c cpp rust c-function swift; do
  case "$language" in
    rust) command -v rustc >/dev/null || { echo "rust: skipped, there is no rustc"; continue; } ;;
    swift) command -v swift >/dev/null || { echo "swift: skipped, there is no swift"; continue; } ;;
  esac
  for kind in pruner distill quantizer space; do
    name=$kind-$language
    if [[ "$language" == c-function && "$kind" =~ quantizer|space ]]; then
      status=0
      "$E" plugin new "$name" --kind "$kind" --language "$language" >/dev/null 2>&1 || status=$?
      [[ "$status" == 2 ]] || fail "plugin new --kind $kind --language c-function ended with $status"
      continue
    fi
    [[ "$language" != swift || -z "${ESPALIER_SDK_FAST:-}" || "$kind" == pruner ]] || continue
    "$E" plugin new "$name" --kind "$kind" --language "$language" --id "org.example.$name" >/dev/null
    took=$(HOME=$compiler_home seconds make -C "$name")
    "$E" plugin list --why --allow-unvalidated --plugin "$name/build" >"$name.txt" || { cat "$name.txt"; fail "$name is refused"; }
    [[ "$language" == c-function || "$(nm -D --defined-only "$name"/build/*.so | wc -l)" == 1 ]] || fail "$name exports more than its entry"
    "$E" plugin info "org.example.$name" --allow-unvalidated --plugin "$name/build" >/dev/null || fail "$name does not load"
    echo "$name: built in $took s"
    made=$((made + 1))
  done
done

# From nothing to a pruned model.
begin() { "$E" plugin new "$1" --kind pruner --language "$2" --id "org.example.$1" && make -C "$1" && "$E" prune model.onnx -s "org.example.$1" --plugin "$1/build" -o "$1.onnx"; }
echo "C, from plugin new to a pruned model: $(seconds begin first c) s"
if command -v swift >/dev/null; then
  echo "Swift, from plugin new to a pruned model: $(HOME=$compiler_home seconds begin second swift) s"
fi

# A manifest is drafted, packed, signed; what is packed twice has the same bytes.
cc -g -shared -fPIC -O1 -o libdrafted.so "pruner-c-function/pruner_c_function.c" -lm
mkdir drafted && mv libdrafted.so drafted/
"$E" plugin draft drafted/libdrafted.so --id org.example.drafted -o drafted/manifest.json
"$E" plugin keygen vendor >/dev/null
for name in first drafted $([[ -d second ]] && echo second); do
  folder=$name/build
  [[ -d "$folder" ]] || folder=$name
  "$E" plugin pack "$folder" --key vendor.key -o "$name.espalier-plugin" >/dev/null
  "$E" plugin pack "$folder" --key vendor.key -o again.espalier-plugin >/dev/null
  cmp "$name.espalier-plugin" again.espalier-plugin || fail "$name is packed to other bytes the second time"
done

# Another user, on a clean root.
user customer
status=0
"$E" plugin add first.espalier-plugin 2>refused.txt || status=$?
[[ "$status" == 4 ]] && head -n 1 refused.txt | grep -q ESP-P305 || fail "a key that nobody took is taken"
"$E" plugin trust --key vendor.pub >/dev/null
for name in first drafted $([[ -d second ]] && echo second); do
  "$E" plugin add "$name.espalier-plugin" >/dev/null
  "$E" plugin info "org.example.$name" --allow-unvalidated >/dev/null || fail "$name does not run by its name"
done
"$E" prune model.onnx -s org.example.first -o by-name.onnx >/dev/null
cmp by-name.onnx first.onnx || fail "the installed plugin cuts otherwise than the author's"
printf '\0' >>"$XDG_DATA_HOME/espalier/plugins.d/org.example.first/libfirst.so"
status=0
"$E" prune model.onnx -s org.example.first -o x.onnx 2>refused.txt || status=$?
[[ "$status" == 4 ]] && head -n 1 refused.txt | grep -q ESP-P302 || fail "a library that was changed runs"
"$E" plugin add first.espalier-plugin --replace >/dev/null
"$E" plugin remove org.example.first >/dev/null
status=0
"$E" prune model.onnx -s org.example.first -o x.onnx 2>/dev/null || status=$?
[[ "$status" == 4 ]] || fail "a plugin that was removed runs"

mkdir -p "$work/root$(dirname "$prefix")" && mv "$installed" "$work/root$prefix"
"$OLDPWD/scripts/uninstall.sh" "$prefix" "$work/root" >/dev/null
left=$(find "$work/root$prefix" -type f -o -type l)
[[ -z "$left" ]] || fail "uninstalling leaves $left"
echo "$made plugins made from the installation"
