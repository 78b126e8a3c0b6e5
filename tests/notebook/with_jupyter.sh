#!/usr/bin/env bash
# Runs one test script in the environment of the notebook, or with --run any other script of this folder; 77 (skipped) and a reason where that is not installed.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$root/.venv/notebook/bin/python
if [ ! -x "$python" ] || [ ! -d "$root/.venv/notebook-tests/pytest" ]; then
    echo "skipped: JupyterLab is not in .venv/notebook; ./run test puts it there"
    exit 77
fi
export PYTHONPATH=$root/.venv/notebook-tests
if [ "${1:-}" = --run ]; then
    shift
    exec "$python" "$@"
fi
exec "$python" -m pytest -q -x -p no:cacheprovider --durations=3 "$@"
