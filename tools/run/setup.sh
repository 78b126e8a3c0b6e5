# shellcheck shell=bash
# Set-up on a bare Debian 12 or anything like it: system packages (cmake/apt*.txt, a list for each purpose), LibTorch and
# CLIP's vocabulary (cmake/pins.txt), CUDA's libraries where they are asked for (cmake/cuda-pins.txt), configure, build.
# Each step is skipped when it was done before.

DEPS=$(realpath -m "${LORIKEET_DEPS:-$ROOT/.deps}")

# ---- system packages

# missing_packages FILE...   prints the packages of these lists that dpkg does not know as installed.
missing_packages() {
    local package
    while read -r package; do
        dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || echo "$package"
    done < <(sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$@")
}

# Prints the words that make a command run as root: none for root itself; fails when there is no way.
root_words() {
    if [ "$(id -u)" -eq 0 ]; then return 0; fi
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [ -t 0 ] || return 1
    echo sudo
}

# install_packages ROOT_WORDS UPDATE PACKAGE...
install_packages() {
    local as_root=$1 update=$2
    shift 2
    # shellcheck disable=SC2086  # no word at all, or one
    [ "$update" = no ] || $as_root apt-get update -q || return 1
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" || return 1
    echo "$# were missing" >&3
}

# ensure_packages NAME FILE...   what is missing of these lists is installed, all at once.
ensure_packages() {
    local name=$1 missing as_root line
    shift
    if ! command -v dpkg-query >/dev/null; then
        say "  note    no dpkg here, so system packages are not checked; their names in Debian 12 are in: $*"
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    line="apt-get install -y --no-install-recommends ${missing[*]}"
    as_root=$(root_words) || stop "${#missing[@]} system packages are missing, and this user cannot install them." \
        "Have an administrator run:  $line"
    [ -z "$as_root" ] || sudo -v
    need_space /var/cache/apt 1500 "Installing the system packages"
    step "$name" "Check the network, or run by hand:  $line." install_packages "$as_root" "$APT_UPDATE" "${missing[@]}"
    APT_UPDATE=no
}
APT_UPDATE=yes

# ---- what comes from PyPI

# The Python whose pip downloads; which one does not matter, since wheels for the pinned platform are asked for.
python_with_pip() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -m pip --version >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    stop "No Python with pip was found." "Install the package python3-pip, or put a python3 that has pip in front of PATH."
}

# download_wheels PYTHON FOLDER PINS
download_wheels() {
    local python=$1 wheels=$2 pins=$3 minor platforms=(--platform manylinux2014_x86_64)
    # Every glibc from 2.5 to Debian 12's: asked for by name, so that the machine's own Python decides nothing.
    for minor in {36..5}; do
        platforms+=(--platform "manylinux_2_${minor}_x86_64")
    done
    "$python" -m pip download --no-deps --require-hashes --only-binary=:all: --python-version 311 \
        --implementation cp "${platforms[@]}" --no-cache-dir --disable-pip-version-check --progress-bar off \
        --dest "$wheels" -r "$pins" || return 1
    du -sm "$wheels" | awk '{print $1 " MB"}' >&3
}

# Only what is linked, included or read is kept: the libraries and headers of LibTorch, the CUDA libraries that its CPU
# library asks for, CLIP's vocabulary, and every licence.
unpack_wheels() {
    local wheels=$1 site=$2 wheel rc
    for wheel in "$wheels"/*.whl; do
        rc=0
        unzip -q -o "$wheel" 'torch/lib/*' 'torch/include/*' 'nvidia/*/lib/*' 'open_clip/bpe_simple_vocab_16e6.txt.gz' \
            '*.dist-info/*' -x '*/libtorch_python.so' -d "$site" || rc=$?
        [ $rc -eq 0 ] || [ $rc -eq 11 ] || return 1 # 11: a name on the list is not in this wheel
    done
    [ -e "$site/torch/lib/libtorch_cpu.so" ] && [ -e "$site/open_clip/bpe_simple_vocab_16e6.txt.gz" ] || return 1
    rm -rf "$wheels"
    du -sm "$site" | awk '{print $1 " MB"}' >&3
}

have_libtorch() {
    [ "$(cat "$DEPS/stamp" 2>/dev/null)" = "$(sha256sum cmake/pins.txt | cut -d' ' -f1)" ] &&
        [ -e "$DEPS/site/torch/lib/libtorch_cpu.so" ]
}

ensure_libtorch() {
    local python
    ! have_libtorch || return 0
    need_space "$DEPS" 3000 "LibTorch"
    python=$(python_with_pip)
    rm -rf "$DEPS/wheels" "$DEPS/site.new"
    step "LibTorch, download" "Check the network and run ./run again." download_wheels "$python" "$DEPS/wheels" cmake/pins.txt
    step "LibTorch, unpack" "Run ./run again; what was fetched is fetched again." unpack_wheels "$DEPS/wheels" "$DEPS/site.new"
    rm -rf "$DEPS/site"
    mv "$DEPS/site.new" "$DEPS/site"
    sha256sum cmake/pins.txt | cut -d' ' -f1 >"$DEPS/stamp"
}

# CUDA's libraries beside LibTorch, where its CUDA half looks for them, and the headers of CUDA's runtime, with which the
# module that records steps is built (src/cuda).
unpack_cuda() {
    local wheels=$1 site=$2 wheel rc
    for wheel in "$wheels"/*.whl; do
        rc=0
        unzip -q -o "$wheel" 'nvidia/*/lib/*' 'nvidia/cu13/include/*' '*.dist-info/*' -x '*.a' 'nvidia/cu13/include/cu[bf]*' \
            'nvidia/cu13/include/cusp*' 'nvidia/cu13/include/curand*' -d "$site" || rc=$?
        [ $rc -eq 0 ] || [ $rc -eq 11 ] || return 1
    done
    [ -e "$site/nvidia/cu13/lib/libcublas.so.13" ] && [ -e "$site/nvidia/cu13/include/cuda_runtime_api.h" ] || return 1
    rm -rf "$wheels"
    du -sm "$site/nvidia" | awk '{print $1 " MB"}' >&3
}

# A new LibTorch throws away what lay beside the old one, so both lists of pins decide.
cuda_stamp() { cat cmake/pins.txt cmake/cuda-pins.txt | sha256sum | cut -d' ' -f1; }

ensure_cuda() {
    local python pins=$DEPS/cuda-wheels.txt
    if [ "$(cat "$DEPS/site/nvidia/stamp" 2>/dev/null)" = "$(cuda_stamp)" ]; then return 0; fi
    need_space "$DEPS" 5000 "CUDA"
    python=$(python_with_pip)
    grep '^nvidia-cuda-runtime==' cmake/pins.txt | cat cmake/cuda-pins.txt - >"$pins"
    rm -rf "$DEPS/cuda-wheels"
    step "CUDA, download" "Check the network and run ./run setup --cuda again." download_wheels "$python" "$DEPS/cuda-wheels" "$pins"
    step "CUDA, unpack" "Run ./run setup --cuda again; what was fetched is fetched again." unpack_cuda "$DEPS/cuda-wheels" "$DEPS/site"
    rm -f "$pins"
    cuda_stamp >"$DEPS/site/nvidia/stamp"
    # The module that needs CUDA's headers is found by configuring again.
    rm -f build/release/build.ninja
}

# The program looks for what was fetched in .deps of its checkout; elsewhere is one link away.
ensure_link() {
    [ "$DEPS" = "$ROOT/.deps" ] && return 0
    mkdir -p "$DEPS"
    if [ -e "$ROOT/.deps" ] && [ ! -L "$ROOT/.deps" ]; then
        stop "LORIKEET_DEPS names $DEPS, but .deps is a folder here already." "Remove .deps, or unset LORIKEET_DEPS."
    fi
    ln -sfn "$DEPS" "$ROOT/.deps"
}

# fetch_all [FILE...]   FILE: lists of packages that are wanted beside those of cmake/apt.txt
fetch_all() {
    local libtorch
    [ "$(uname -m)" = x86_64 ] || stop "This is a $(uname -m) machine, and the pinned LibTorch is for x86_64." \
        "Build on an x86_64 machine, or put wheels for this one into cmake/pins.txt."
    ensure_link
    if ! have_libtorch && [ -n "$(missing_packages cmake/apt.txt)" ]; then
        # LibTorch comes while the packages are installed; only what fetches it has to be there first.
        ensure_packages "pip" cmake/apt-fetch.txt
        DRAWS=no ensure_libtorch &
        libtorch=$!
        # shellcheck disable=SC2064  # this process, whatever the variable says later
        trap "kill $libtorch 2>/dev/null || true" EXIT
        ensure_packages "system packages" cmake/apt.txt "$@"
        wait "$libtorch" || exit 1
        trap - EXIT
        return
    fi
    ensure_packages "system packages" cmake/apt.txt "$@"
    ensure_libtorch
}

# ---- build

# One file of ours takes up to a gigabyte while it is compiled.
jobs_here() {
    local cores gigabytes
    cores=$(nproc)
    gigabytes=$(awk '/MemAvailable/ {print int($2 / 1000000)}' /proc/meminfo)
    [ "$gigabytes" -ge 1 ] || gigabytes=1
    echo $((cores < gigabytes ? cores : gigabytes))
}

compile() {
    cmake --build --preset release -- -j "${LORIKEET_JOBS:-$(jobs_here)}" "$@" || return 1
    if [ -x build/release/lorikeet ]; then
        du -shL build/release/lorikeet | awk '{print "lorikeet is " $1 "B"}' >&3
    fi
}

# In batches of files, which is quick from nothing. A folder that was configured keeps its switches: that of somebody who
# changes the code and ran `cmake --preset release` compiles file by file.
configure() {
    if [ -e build/release/CMakeCache.txt ]; then cmake build/release; else cmake --preset release -DLORIKEET_UNITY=ON; fi
}

# Whether cmake has to look again: never done, its own file changed, or GoogleTest came since.
needs_configure() {
    [ -e build/release/build.ninja ] && [ ! CMakeLists.txt -nt build/release/build.ninja ] || return 0
    grep -q '^GTest_DIR:PATH=GTest_DIR-NOTFOUND' build/release/CMakeCache.txt && [ -n "$(gtest_here)" ]
}

gtest_here() { dpkg-query -L libgtest-dev 2>/dev/null | grep -m1 'GTestConfig.cmake$' || true; }

# build TARGET...   what was fetched is there already; only what these programs need is compiled
build() {
    if needs_configure; then
        need_space build 2500 "Building"
        step "configure" "Run ./run setup; if it stays so, delete the folder build." configure
    fi
    # Nothing is said when nothing is to be done.
    if ninja -C build/release -n "$@" 2>/dev/null | grep -q 'no work to do'; then return 0; fi
    step "build" "If the compiler was killed, too little memory was free: LORIKEET_JOBS=1 ./run build." compile "$@"
}
