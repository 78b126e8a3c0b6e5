# shellcheck shell=bash
# How ./run speaks: one line for each step with its time, a sign of life on long ones, and on failure one line of cause
# and one of remedy.

LOGS=$ROOT/build/log

# Everything ./run says goes to stderr, so that the output of what it starts can be piped.
say() { printf '%s\n' "$*" >&2; }

# stop CAUSE REMEDY
stop() {
    say "cannot go on: $1"
    say "      remedy: $2"
    exit 1
}

# The line of a log that says most about why it failed: the first that names an error, else the last one.
cause_in() {
    local line
    line=$(grep -m1 -E '(^|[^[:alnum:]-])(error|ERROR|fatal|FATAL|E)(:| )' "$1" || true)
    [ -n "$line" ] || line=$(grep -v '^[[:space:]]*$' "$1" | tail -n 1 || true)
    printf '%.300s' "${line:-nothing was said}"
}

# step NAME REMEDY COMMAND...   runs it with its words in a log, and says how long it took.
# The last line of what it prints on file descriptor 3, if any, is added: a size, a count.
step() {
    local name=$1 remedy=$2 began=$SECONDS pid rc=0 log
    shift 2
    mkdir -p "$LOGS"
    log=$LOGS/$(tr -cs 'a-zA-Z0-9\n' '-' <<<"${name,,}").log
    : >"$log.said"
    "$@" >"$log" 2>&1 3>"$log.said" &
    pid=$!
    keep_company "$pid" "$name" "$log"
    wait "$pid" || rc=$?
    if [ $rc -ne 0 ]; then
        say "  failed  $name after $((SECONDS - began)) s"
        stop "$(cause_in "$log")" "$remedy The whole log: ${log#"$ROOT"/}"
    fi
    say "  done    $name$(sed -n '$s/^/, /p' "$log.said"), $((SECONDS - began)) s"
    rm -f "$log.said"
}

# While a process lives: a line on a terminal that is written over, or one line a minute in a file. With DRAWS=no neither, for
# what goes on beside another step.
keep_company() {
    local pid=$1 name=$2 log=$3 waited=0
    [ "${DRAWS:-yes}" = yes ] || return 0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        if [ -t 2 ] && [ $((waited % 5)) -eq 0 ]; then
            printf '\r\033[K  ...     %s: %.60s' "$name" "$(last_line "$log")" >&2
        elif [ ! -t 2 ] && [ $((waited % 300)) -eq 0 ]; then
            say "  ...     $name: $(last_line "$log" | cut -c1-80)"
        fi
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

last_line() { tail -c 400 "$1" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 || true; }

# need_space FOLDER MEGABYTES WHAT   stops when the disk is too full for what comes.
need_space() {
    local free
    mkdir -p "$1"
    free=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$2" ] || stop "$3 needs $2 MB, and only $free MB are free in $1." \
        "Free some space, or name another folder: LORIKEET_DEPS=/big/disk ./run ... for what is fetched."
}
