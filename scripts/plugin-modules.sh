# Sourced, not run. build_modules OUT SANITIZERS: compiles what the plugin host is made of into OUT, with the sanitizers, by the
# compilers alone: the package manager would take torch and everything else along. Leaves the compiler's options in `options` and what to
# link in `libraries`.
build_modules() {
  local out=$1 sanitizers=$2 module map source standard clang
  local modules="Graphs Files ModelFormats Tensors PluginKit Processes PluginHost Packaging" bridges="CGuard CDebugInfo CWorker"
  mkdir -p "$out"
  # The maps that the package manager makes for targets without one.
  local maps=() includes=(-ISources/CEspalier/include)
  for module in $bridges; do
    mkdir -p "$out/maps/$module"
    printf 'module %s {\n  umbrella "%s/Sources/%s/include"\n  export *\n}\n' "$module" "$PWD" "$module" >"$out/maps/$module/module.modulemap"
    maps+=(-Xcc "-fmodule-map-file=$out/maps/$module/module.modulemap")
    includes+=("-ISources/$module/include")
  done
  for map in CEspalier/include CFFI CSodium CArchive; do maps+=(-Xcc "-fmodule-map-file=Sources/$map/module.modulemap"); done
  options=(-O -swift-version 6 -parse-as-library -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature NonisolatedNonsendingByDefault -package-name espalier -I "$out" "${includes[@]}" "${maps[@]}"
    "-sanitize=$sanitizers")
  libraries=(-lffi -lsodium -ldw -lelf -larchive -lstdc++)
  local stamp=$out/modules.stamp
  if [[ -e "$stamp" && -z "$(find Sources scripts/plugin-modules.sh -newer "$stamp" -type f | head -n 1)" ]]; then return; fi
  rm -f "$out"/*.o "$out"/*.swiftmodule "$out/program"
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  for source in Sources/CGuard/*.cpp Sources/CDebugInfo/*.c Sources/CWorker/*.c; do
    standard=-std=c++17
    [[ "$source" == *.cpp ]] || standard=-std=c11
    "$clang" -O1 -g -fPIC $standard "-fsanitize=${sanitizers/fuzzer/fuzzer-no-link}" "${includes[@]}" -c "$source" \
      -o "$out/$(basename "$source").o"
  done
  for module in $modules; do
    # shellcheck disable=SC2046
    swiftc "${options[@]}" -wmo -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
      -c $(find "Sources/$module" -name '*.swift' | sort) -o "$out/$module.o"
  done
  touch "$stamp"
}
