#!/usr/bin/env bash
# What a reviewer would say first. Says everything that is wrong, not the first thing.
#
#   ./run check                       seconds: the plan of the floors, formatting, commit subjects, scripts
#   ./run check --plain [FILE ...]    minutes: and that every source compiles by itself, not only in its batch
#   ./run check --tidy [FILE ...]     an hour: and clang-tidy
#   ./run check --sanitize [FLOOR ...]   an hour: and the tests under the address and undefined behaviour sanitizers
#   ./run check --pins [LIST ...]     downloads: and that every list of pinned wheels is complete
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
wrong=0

# report NAME COMMAND...   runs a check and counts it when it fails.
report() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "  fine    $name"
    else
        echo "  wrong   $name"
        [ -z "$said" ] || printf '          %s\n' "${said//$'\n'/$'\n'          }"
        wrong=$((wrong + 1))
    fi
}

sources() { git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp'; }

formatting() {
    local file rc=0
    while read -r file; do
        clang-format --dry-run -Werror "$file" 2>/dev/null || {
            echo "$file: run clang-format -i $file"
            rc=1
        }
    done < <(sources)
    return $rc
}

# floor: Imperative sentence. What a revert or a merge writes by itself is let through.
subjects() {
    local rc=0 subject
    while read -r subject; do
        if [ ${#subject} -gt 72 ]; then
            echo "${#subject} columns: $subject"
            rc=1
        elif ! grep -qE '^([a-z0-9_/., -]+: [A-Z]|Revert ")' <<<"$subject"; then
            echo "not \"floor: Imperative sentence\": $subject"
            rc=1
        fi
    done < <(git log --no-merges -n 200 --format=%s)
    return $rc
}

shell_scripts() { git ls-files -- run .ci/run '*.sh' | xargs -r shellcheck -x; }

python_scripts() { git ls-files -- '*.py' | xargs -r python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]'; }

# clang-tidy reads commands without the precompiled header, which is gcc's own.
tidy() {
    cmake --preset tidy >/dev/null || return 1
    local files=("$@")
    [ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files -- 'src/*.cpp')
    printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy -p build/tidy --quiet --extra-arg=-include \
            --extra-arg="$PWD/tools/check/clang14.hpp" --warnings-as-errors='*' 2>/dev/null
}

report "the plan of the floors" env PYTHONDONTWRITEBYTECODE=1 python3 tools/check/plan.py
report "formatting" formatting
report "commit subjects" subjects
if command -v shellcheck >/dev/null; then report "shell scripts" shell_scripts; fi
report "python scripts" python_scripts
more=${1:-}
[ $# -eq 0 ] || shift
case $more in
    "") ;;
    --plain) report "every source by itself" python3 tools/check/plain.py "$@" ;;
    --tidy) report "clang-tidy" tidy "$@" ;;
    --sanitize) tools/check/sanitize.sh "$@" || wrong=$((wrong + 1)) ;;
    --pins) python3 tools/check/pins.py "$@" || wrong=$((wrong + 1)) ;;
    *)
        echo "./run check does not know \"$more\": it takes --plain, --tidy, --sanitize or --pins." >&2
        exit 2
        ;;
esac
[ $wrong -eq 0 ] || { echo "$wrong of these are wrong."; exit 1; }
