#!/usr/bin/env bash
# Installs what building Espalier needs and is not there yet; does nothing, quickly, where all of it is.
#
#   scripts/setup.sh            Debian packages, Swift's own among them; Swift (checked); libtorch 2.11
#   scripts/setup.sh --python   the same, then a Python for the tests; its path is the last line on standard output
#
# Environment:
#   ESPALIER_TORCH    folder of a torch 2.11 package to use as it is (nothing is downloaded)
#   ESPALIER_PYTHON   interpreter for the tests to use as it is
#   ESPALIER_CUDA     1 or 0: install torch's CUDA libraries or not, whatever the machine has
#   XDG_CACHE_HOME    where downloads are kept, shared by checkouts (default ~/.cache)
#
# Safe to repeat, to interrupt and to run twice at once: downloads go to a folder of their own, which is renamed when it is whole.
set -Eeuo pipefail

readonly TORCH=2.11.0 CUDA_RUNTIME=13.0.96 CUDA_CUPTI=13.0.85
readonly CACHE="${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/espalier"
readonly ROOT="$CACHE/torch-$TORCH"
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly HERE

say() { printf '%s\n' "setup: $*" >&2; }
die() {
  printf '%s\n' "setup: $*" >&2
  exit 1
}

# What no line below foresees: the command, and where to look.
unexpected() {
  ((BASH_SUBSHELL == 0)) || return 0
  say "line $2: '$3' ended with $1, which was not expected. Its own words are above, if it had any;" \
    "'bash -x $HERE/setup.sh' shows every command."
}
trap 'unexpected $? $LINENO "$BASH_COMMAND"' ERR

# --- Swift -------------------------------------------------------------------

find_swift() {
  command -v swift >/dev/null ||
    die "Swift was not found. Install Swift 6.3 or newer from https://www.swift.org/install and put it on PATH."
}

# The libraries that programs of the toolchain need and this system lacks, one a line.
missing_libraries() {
  local bin program
  bin="$(dirname "$(readlink -f "$(command -v swift)")")"
  for program in "$bin"/swift* "$bin"/clang* "$bin"/lld "$bin"/ld.lld "$bin"/../lib/swift/linux/*.so; do
    [[ -f "$program" ]] && ldd "$program" 2>/dev/null || true
  done | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/\1/p' | sort -u
}

# Debian's package of a library; nothing for one that is not known.
package_of() {
  case "$1" in
    libncurses.so.* | libncursesw.so.* | libpanel.so.* | libpanelw.so.* | libform.so.* | libformw.so.*) echo libncurses6 ;;
    libtinfo.so.*) echo libtinfo6 ;;
    libsqlite3.so.*) echo libsqlite3-0 ;;
    libxml2.so.*) echo libxml2 ;;
    libcurl.so.*) echo libcurl4 ;;
    libedit.so.*) echo libedit2 ;;
    libz3.so.*) echo libz3-4 ;;
    libz.so.*) echo zlib1g ;;
    libuuid.so.*) echo libuuid1 ;;
    libstdc++.so.*) echo libstdc++6 ;;
    libgcc_s.so.*) echo libgcc-s1 ;;
    libpython3.*.so.*) echo "${1%%.so*}" ;;
  esac
}

# What the toolchain asks of Debian, which its archive does not bring: libraries, linker, headers, time zones.
swift_packages() {
  local library
  while read -r library; do package_of "$library"; done < <(missing_libraries) | sort -u
  command -v ld >/dev/null || echo binutils
  [[ -e /usr/include/stdio.h ]] || echo libc6-dev
  [[ -e /usr/share/zoneinfo/UTC ]] || echo tzdata
  command -v git >/dev/null || echo git
}

check_swift() {
  local version major minor words left
  if ! words="$(swift --version 2>&1)"; then
    left="$(missing_libraries | tr '\n' ' ')"
    die "$(command -v swift) does not start: $(tail -n 1 <<<"$words")." \
      "${left:+These libraries are missing: $left}Install the packages of libraries that are missing, or Swift anew from https://www.swift.org/install."
  fi
  version="$(sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' <<<"$words" | head -n 1)"
  major="${version%%.*}" minor="${version#*.}" minor="${minor%%.*}"
  if ! [[ "$major" =~ ^[0-9]+$ && "$minor" =~ ^[0-9]+$ ]] || ((major * 1000 + minor < 6003)); then
    die "Swift 6.3 or newer is needed, $(command -v swift) is '${version:-of unknown version}'. See https://www.swift.org/install."
  fi
}

# --- Debian packages ---------------------------------------------------------

missing_packages() {
  local -a missing=()
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  has_library libffi ffi.h || missing+=(libffi-dev)
  has_library yaml-0.1 yaml.h || missing+=(libyaml-dev)
  has_library expat expat.h || missing+=(libexpat1-dev)
  has_library sqlite3 sqlite3.h || missing+=(libsqlite3-dev)
  has_library libsodium sodium.h || missing+=(libsodium-dev)
  has_library libarchive archive.h || missing+=(libarchive-dev)
  has_library libdw elfutils/libdw.h || missing+=(libdw-dev)
  has_library matio matio.h || missing+=(libmatio-dev)
  has_library simdjson simdjson.h || missing+=(libsimdjson-dev)
  has_library libturbojpeg turbojpeg.h || missing+=(libturbojpeg0-dev)
  has_library spng spng.h || missing+=(libspng-dev)
  # Debian's OpenCV brings its pkg-config file only with all of its modules.
  [[ -e /usr/include/opencv4/opencv2/imgproc.hpp ]] || missing+=(libopencv-imgproc-dev)
  compgen -G '/usr/include/c++/*/vector' >/dev/null || missing+=(g++)
  printf '%s\n' "${missing[@]}"
}

# By pkg-config, or by the header before pkg-config is there.
has_library() {
  if command -v pkg-config >/dev/null; then
    pkg-config --exists "$1"
  else
    compgen -G "/usr/include/$2" >/dev/null || compgen -G "/usr/include/*/$2" >/dev/null
  fi
}

install_packages() {
  (($#)) || return 0
  local command="apt-get install -y --no-install-recommends $*" log
  log="$(mktemp)" || die "no temporary file can be made in ${TMPDIR:-/tmp}; set TMPDIR to a folder that can be written."
  command -v apt-get >/dev/null ||
    die "missing: $*. These are Debian's names; install them with this system's package manager."
  local -a as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "missing: $*. There are no rights to install them; as root, run: $command"
    if sudo -n true 2>/dev/null || [[ -t 0 ]]; then
      as_root=(sudo)
    else
      die "missing: $*. sudo asks for a password here; run: sudo $command"
    fi
  fi
  say "installing $*"
  if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $command; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    die "apt-get could not install $*. Is there a network? By hand: sudo $command"
  fi
  rm -f "$log"
}

# --- Python, for pip only ----------------------------------------------------

# Sets PIP to a command that runs pip. Any Python 3 will do: wheels are chosen for Python 3.11, whichever runs.
find_pip() {
  if command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1; then
    PIP=(python3 -m pip)
    return
  fi
  local venv="$CACHE/pip"
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    make_venv "$venv"
  fi
  PIP=("$venv/bin/python" -m pip)
}

# make_venv FOLDER: a virtual environment, with Debian's packages for it where they are missing.
make_venv() {
  local -a needs=()
  command -v python3 >/dev/null || needs+=(python3)
  # ensurepip is what Debian splits off.
  ((${#needs[@]})) || python3 -c 'import ensurepip, venv' 2>/dev/null || needs+=(python3-venv)
  if [[ " ${needs[*]} " == *" python3 "* ]]; then needs+=(python3-venv); fi
  # Debian's pip trusts what the system trusts.
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || needs+=(ca-certificates)
  install_packages "${needs[@]}"
  rm -rf "$1"
  mkdir -p "$(dirname "$1")" || die "$(dirname "$1") cannot be made; set XDG_CACHE_HOME to a folder that can be written."
  python3 -m venv "$1" || die "python3 -m venv $1 failed; install Debian's python3-venv."
}

# --- torch -------------------------------------------------------------------

torch_version() { sed -n "s/^__version__ *= *['\"]\([^'\"]*\)['\"].*/\1/p" "$1/version.py" 2>/dev/null; }

is_torch() { [[ -e "$1/lib/libtorch_cpu.so" && -d "$1/include/ATen" && "$(torch_version "$1")" == 2.11.* ]]; }

check_named_torch() {
  is_torch "$ESPALIER_TORCH" && return
  die "ESPALIER_TORCH=$ESPALIER_TORCH is not the folder of a torch 2.11 package" \
    "(version '$(torch_version "$ESPALIER_TORCH")'; it needs lib/libtorch_cpu.so and include/). Unset it to have one downloaded."
}

# The torch of the Python on PATH, found without importing it.
active_torch() {
  command -v python3 >/dev/null || return 1
  local folder
  folder="$(python3 -c '
import importlib.util, os
spec = importlib.util.find_spec("torch")
print(os.path.dirname(spec.origin) if spec and spec.origin else "")' 2>/dev/null)" || return 1
  [[ -n "$folder" ]] && is_torch "$folder" && printf '%s\n' "$folder"
}

install_torch() {
  mkdir -p "$CACHE" || die "$CACHE cannot be made; set XDG_CACHE_HOME to a folder that can be written."
  local found
  lock
  # Another run may have finished while this one waited.
  is_torch "$ROOT/torch" && return
  rm -rf "$ROOT".new.*
  local fresh="$ROOT.new.$$"
  mkdir "$fresh" || die "$CACHE cannot be written; set XDG_CACHE_HOME to a folder that can be."
  if found="$(active_torch)"; then
    say "using the torch of $(command -v python3): $found"
    ln -s "$found" "$fresh/torch" || die "$fresh/torch cannot be made a link; set XDG_CACHE_HOME to a folder that allows links."
  else
    find_pip
    need_space 4
    download "torch==$TORCH" "nvidia-cuda-runtime==$CUDA_RUNTIME" "nvidia-cuda-cupti==$CUDA_CUPTI"
    say "unpacking"
    unpack "$fresh" "$ROOT.wheels"/*.whl || die "unpacking into $fresh failed: is the disk full?"
  fi
  is_torch "$fresh/torch" || die "what was unpacked in $fresh is not a torch 2.11"
  # A folder that an earlier version left half done gives way.
  if [[ -e "$ROOT" || -L "$ROOT" ]]; then
    mv -T "$ROOT" "$ROOT.new.old.$$" || die "$ROOT cannot be moved away; remove it."
  fi
  mv -T "$fresh" "$ROOT" || die "$fresh cannot be renamed to $ROOT; set XDG_CACHE_HOME to a folder that can be written."
  rm -rf "$ROOT".new.* "$ROOT.wheels"
  say "torch $(torch_version "$ROOT/torch") is in $ROOT"
}

# Waits for other runs; the lock goes with the process.
lock() {
  { exec 9>"$CACHE/.setup.lock"; } 2>/dev/null ||
    die "$CACHE cannot be written; set XDG_CACHE_HOME to a folder that can be."
  flock -n 9 && return
  say "waiting for another setup to finish"
  flock 9 || die "$CACHE/.setup.lock cannot be locked; set XDG_CACHE_HOME to a folder on a local disk."
}

# download REQUIREMENT...: wheels for this machine, without dependencies; what an interrupted run fetched is kept.
download() {
  find_platforms
  mkdir -p "$ROOT.wheels" || die "$ROOT.wheels cannot be made; set XDG_CACHE_HOME to a folder that can be written."
  say "downloading $* (once; shared by checkouts)"
  "${PIP[@]}" download --quiet --no-cache-dir --no-deps --only-binary=:all: --python-version 3.11 --implementation cp \
    --abi cp311 --abi abi3 --abi none "${PLATFORMS[@]}" --dest "$ROOT.wheels" "$@" >&2 ||
    die "pip could not download $*. Is there a network? A torch $TORCH that is there already can be named by ESPALIER_TORCH."
}

# Sets PLATFORMS to the tags of wheels that run here. pip takes a tag literally: 2_28 does not bring 2_17 along.
find_platforms() {
  local machine minor
  machine="$(uname -m)"
  PLATFORMS=(--platform "manylinux2014_$machine")
  for ((minor = 28; minor >= 12; --minor)); do PLATFORMS+=(--platform "manylinux_2_${minor}_$machine"); done
}

# unpack FOLDER WHEEL...: side by side, so that libtorch's own run path finds its neighbours.
unpack() {
  python3 - "$@" <<'PY'
import os, sys, zipfile

target = sys.argv[1]
for wheel in sys.argv[2:]:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = os.path.normpath(os.path.join(target, name))
            if not path.startswith(os.path.normpath(target) + os.sep):
                sys.exit(f"{wheel}: {name} leaves the folder")
        archive.extractall(target)
PY
}

need_space() {
  local free
  free="$(df -Pk "$CACHE" | awk 'NR == 2 { print int($4 / 1048576) }')" || die "the free space of $CACHE cannot be asked for by df."
  ((free >= $1)) || die "$CACHE has $free GB free, $1 GB are needed; set XDG_CACHE_HOME to a folder on a larger disk."
}

# --- CUDA --------------------------------------------------------------------

wants_cuda() {
  case "${ESPALIER_CUDA:-}" in
    1) return 0 ;;
    0) return 1 ;;
  esac
  [[ -e /proc/driver/nvidia/version ]] || { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }
}

# The wheel's other CUDA libraries, as its own metadata names them, beside those that are there.
install_cuda() {
  local metadata="$ROOT/torch-$TORCH.dist-info/METADATA"
  # A torch that belongs to a Python has its dependencies there.
  [[ -L "$ROOT/torch" || -e "$ROOT/.cuda" || ! -e "$metadata" ]] && return
  lock
  [[ -e "$ROOT/.cuda" ]] && return
  find_pip
  need_space 10
  local -a requirements=()
  mapfile -t requirements < <(sed -n 's/^Requires-Dist: \(\(cuda-toolkit\|nvidia-\)[^;]*\);.*/\1/p' "$metadata" | tr -d ' ')
  ((${#requirements[@]})) || die "$metadata names no CUDA libraries"
  local fresh="$ROOT.new.cuda.$$"
  rm -rf "$ROOT".new.cuda.*
  say "an NVIDIA driver is here: downloading ${requirements[*]}"
  find_platforms
  "${PIP[@]}" install --quiet --no-compile --no-cache-dir --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none \
    "${PLATFORMS[@]}" --target "$fresh" "${requirements[@]}" >&2 ||
    die "pip could not install torch's CUDA libraries. ESPALIER_CUDA=0 does without a GPU."
  # File by file and by renaming: a process that has one open keeps its own.
  (cd "$fresh/nvidia" && find . -type d -exec mkdir -p "$ROOT/nvidia/{}" \; &&
    find . \( -type f -o -type l \) -exec mv -fT {} "$ROOT/nvidia/{}" \;) ||
    die "the CUDA libraries of $fresh cannot be moved into $ROOT/nvidia: is the disk full? ESPALIER_CUDA=0 does without a GPU."
  rm -rf "$fresh"
  touch "$ROOT/.cuda"
}

# --- Python for tests --------------------------------------------------------

readonly IMPORTS='import numpy, onnx, onnxruntime, skimage, cv2, PIL'

install_python() {
  if [[ -n "${ESPALIER_PYTHON:-}" ]]; then
    "$ESPALIER_PYTHON" -c "$IMPORTS" 2>/dev/null ||
      die "ESPALIER_PYTHON=$ESPALIER_PYTHON does not run '$IMPORTS'. Unset it to have a Python made."
    printf '%s\n' "$ESPALIER_PYTHON"
    return
  fi
  local venv="$CACHE/python" wanted="$HERE/python-requirements.txt"
  # The list that was installed is copied in last: where it equals ours, all of it is there.
  if ! cmp -s "$wanted" "$venv/installed.txt"; then
    mkdir -p "$CACHE" || die "$CACHE cannot be made; set XDG_CACHE_HOME to a folder that can be written."
    lock
    if ! cmp -s "$wanted" "$venv/installed.txt"; then
      if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then make_venv "$venv"; fi
      "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "the tests' Python packages need Python 3.11 or newer, python3 is $(python3 --version 2>&1)"
      say "installing $(grep -v '^#' "$wanted" | tr '\n' ' ')into $venv"
      "$venv/bin/python" -m pip install --quiet --only-binary=:all: --requirement "$wanted" >&2 ||
        die "pip could not install $wanted. Is there a network? ESPALIER_PYTHON names a Python that has it."
      cp "$wanted" "$venv/installed.txt" || die "$venv/installed.txt cannot be written: is the disk full?"
    fi
  fi
  printf '%s\n' "$venv/bin/python"
}

# --- Main --------------------------------------------------------------------

python=0
for argument in "$@"; do
  case "$argument" in
    --python) python=1 ;;
    -h | --help)
      sed -n '2,/^set -/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *) die "unknown argument $argument; there is --python" ;;
  esac
done

find_swift
mapfile -t packages < <({ swift_packages; missing_packages; } | sed '/^$/d' | sort -u)
install_packages "${packages[@]}"
check_swift
if [[ -n "${ESPALIER_TORCH:-}" ]]; then
  check_named_torch
else
  is_torch "$ROOT/torch" || install_torch
  if wants_cuda; then install_cuda; fi
fi
if ((python)); then install_python; fi
