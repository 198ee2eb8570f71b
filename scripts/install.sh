#!/usr/bin/env bash
# Installs what `make build` built: the program with its libraries, and the kit for authors of plugins.
# Usage: scripts/install.sh BIN PREFIX [DESTDIR]      BIN: the folder of the build; DESTDIR: a root to install below
# The installation can be moved as a whole: the program finds its plugins and the kit relative to itself.
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=$1 prefix=$2 root=${3:-}
[[ "$prefix" == /* ]] || { echo "install: PREFIX is '$prefix', not an absolute path" >&2; exit 2; }
[[ -x "$bin/espalier" ]] || { echo "install: $bin/espalier is missing: run make build first" >&2; exit 1; }
umask 022
to=$root$prefix
program=$to/lib/espalier
share=$to/share/espalier
list=$share/installed.txt
version=$("$bin/espalier" --version | cut -d' ' -f2)

scripts/uninstall.sh "$prefix" "$root" >/dev/null

# The program, its libraries, its plugins, and the libraries of Swift that they run by.
install -d "$program" "$to/bin" "$share"
install -m 755 "$bin/espalier" "$bin"/libEspalier*.so "$program/"
strip --strip-unneeded "$program/espalier" "$program"/libEspalier*.so
ldd "$program/espalier" "$program"/libEspalier*.so |
  sed -n 's#.* => \(/.*/lib/swift/linux/[^ ]*\) .*#\1#p' | sort -u |
  while read -r library; do install -m 644 "$library" "$program/"; done
scripts/pin-plugins.sh "$program"
ln -sf ../lib/espalier/espalier "$to/bin/espalier"

# Headers, the kit of Swift, templates.
install -d "$to/include/espalier"
for header in Sources/CEspalier/include/*.h; do
  [[ "$header" == */espalier_runtime.h ]] || install -m 644 "$header" "$to/include/espalier/"
done
kit=$share/swift/espalier
install -d "$kit/Sources"
install -m 644 SDK/swift/Package.swift "$kit/"
for module in Graphs Files Tensors ModelFormats Architectures PluginKit CEspalier; do
  cp -R "Sources/$module" "$kit/Sources/"
done
rm -f "$kit/Sources/CEspalier"/layouts.sha256
cp -R SDK/templates "$share/"
chmod -R u=rwX,go=rX "$share"

# For pkg-config and CMake; both work out where they lie.
install -d "$to/lib/pkgconfig" "$to/lib/cmake/Espalier"
sed "s/@VERSION@/$version/" SDK/espalier-plugin.pc.in >"$to/lib/pkgconfig/espalier-plugin.pc"
install -m 644 SDK/EspalierConfig.cmake "$to/lib/cmake/Espalier/"
sed "s/@VERSION@/$version/" SDK/EspalierConfigVersion.cmake.in >"$to/lib/cmake/Espalier/EspalierConfigVersion.cmake"

# Manual pages, of the program's own help.
scripts/man-pages.sh "$bin/espalier" "$to/share/man/man1" "$version"

# What uninstalling removes.
(cd "$to" && find bin/espalier lib/espalier include/espalier share/espalier lib/cmake/Espalier lib/pkgconfig/espalier-plugin.pc \
  share/man/man1/espalier*.1 \( -type f -o -type l \) -print | sort) >"$list.new"
mv "$list.new" "$list"
echo "espalier $version is in $to: $(wc -l <"$list") files"
