#!/usr/bin/env bash
# ./run bench: sees to the peer's Python (in .venv/bench, pinned by bench/requirements.txt), then runs bench/train.py, or
# bench/gpu.py where the first words are --device cuda, or bench/data.py where the first is --data.
# LORIKEET_BENCH_PYTHON names a Python that has the packages already.
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT=$PWD
# shellcheck source=tools/run/say.sh
source tools/run/say.sh

SITE=$ROOT/.venv/bench

# A plain folder of packages, not a virtual environment: Debian packs what those need apart.
install_peer() {
    "$1" -m pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: --disable-pip-version-check \
        --progress-bar off --target "$SITE.new" -r bench/requirements.txt || return 1
    rm -rf "$SITE"
    mv "$SITE.new" "$SITE"
    sha256sum bench/requirements.txt | cut -d' ' -f1 >"$SITE/stamp"
    du -sm "$SITE" | awk '{print $1 " MB"}' >&3
}

python_311() {
    local python
    for python in python3.11 python3 /usr/bin/python3; do
        if [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = 3.11 ]; then
            echo "$python"
            return
        fi
    done
    stop "The peer's packages are pinned for Python 3.11, which is not here." "Install python3.11, or name a Python
              that has diffusers and peft: LORIKEET_BENCH_PYTHON=/path/to/python ./run bench"
}

if [ -n "${LORIKEET_BENCH_PYTHON:-}" ]; then
    python=$LORIKEET_BENCH_PYTHON
else
    python=$(python_311)
    if [ "$(cat "$SITE/stamp" 2>/dev/null)" != "$(sha256sum bench/requirements.txt | cut -d' ' -f1)" ]; then
        need_space "$ROOT" 12000 "The peer"
        rm -rf "$SITE.new"
        step "the peer: diffusers and peft" "Check the network and run ./run bench again." install_peer "$python"
    fi
    export PYTHONPATH=$SITE
fi
export PYTHONDONTWRITEBYTECODE=1
what=bench/train.py
if [ "${1:-} ${2:-}" = "--device cuda" ]; then
    what=bench/gpu.py
    shift 2
fi
if [ "${1:-}" = "--data" ]; then
    what=bench/data.py
    shift
fi
exec "$python" "${LORIKEET_BENCH:-$what}" "$@"
