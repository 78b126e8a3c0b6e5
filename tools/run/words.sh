# shellcheck shell=bash
# The words that ./run knows, so that a mistyped one is answered at once and nothing is built for it.

OWN_WORDS=(notebook demo train test build bench check setup help)
# The commands of the program; tests/cli/app_test.cpp compares them with its own.
PROGRAM_WORDS=(train resume sample demo doctor runs stop save inspect merge dataset caption tag cache project install-kernel settings completion)

# knows WORD LIST...
knows() {
    local word=$1 known
    shift
    for known in "$@"; do [ "$known" != "$word" ] || return 0; done
    return 1
}

# nearest_word WORD LIST...   prints the known word that differs by the fewest letters (two swapped ones count as one): at
# most a third of them, and nothing when none is that near.
nearest_word() {
    printf '%s\n' "${@:2}" | awk -v typed="$1" '
        function least(a, b) { return a < b ? a : b }
        function distance(a, b,    i, j, cost, d) {
            for (i = 0; i <= length(a); i++) d[i, 0] = i
            for (j = 0; j <= length(b); j++) d[0, j] = j
            for (i = 1; i <= length(a); i++)
                for (j = 1; j <= length(b); j++) {
                    cost = substr(a, i, 1) != substr(b, j, 1)
                    d[i, j] = least(least(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost)
                    if (i > 1 && j > 1 && substr(a, i, 1) == substr(b, j - 1, 1) && substr(a, i - 1, 1) == substr(b, j, 1))
                        d[i, j] = least(d[i, j], d[i - 2, j - 2] + 1)
                }
            return d[length(a), length(b)]
        }
        BEGIN { best = int((length(typed) + 2) / 3) + 1 }
        { found = distance(tolower(typed), $0); if (found < best) { best = found; word = $0 } }
        END { if (word != "") print word }'
}

# unknown_word WORD   says what may be meant, and stops.
unknown_word() {
    local near
    near=$(nearest_word "$1" "${OWN_WORDS[@]}" "${PROGRAM_WORDS[@]}")
    if [ -n "$near" ]; then stop "./run does not know \"$1\"." "Did you mean ./run $near? ./run help lists all commands."; fi
    stop "./run does not know \"$1\"." "./run help lists all commands."
}
