"""Writes src/models/unicode_classes.cpp and unicode_composition.cpp: letters, numbers, lower case and canonical
composition, asked of the very library whose tokenizer we have to equal (Hugging Face tokenizers), point by point.

    python tools/unicode_tables.py
"""

import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

FOLDER = Path(__file__).resolve().parents[1] / "src" / "models"
POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
WIDTH = 108
compose = normalizers.NFC().normalize_str
lower = normalizers.Lowercase().normalize_str


def ranges(points):
    """Flat pairs first, last of neighbours."""
    flat = []
    for point in points:
        if flat and flat[-1] == point - 1:
            flat[-1] = point
        else:
            flat += [point, point]
    return flat


def of_class(pattern):
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True)
    return ranges(point for point in POINTS if split.pre_tokenize_str(chr(point)))


def lower_runs():
    """Flat first, last, stride, distance (modulo 2^32). U+0130 becomes two code points: the code says so."""
    runs = []
    for point in POINTS:
        small = lower(chr(point))
        if small == chr(point) or len(small) != 1:
            continue
        distance = (ord(small) - point) % 2**32
        last = runs[-1] if runs else None
        if last and last[3] == distance and last[2] in (0, point - last[1]) and point - last[1] <= 2:
            last[1:3] = [point, point - last[1]]
        else:
            runs.append([point, point, 0, distance])
    return [number for first, last, stride, distance in runs for number in (first, last, max(stride, 1), distance)]


def mark_runs():
    """Flat first, last, combining class, of those that the library reorders as its Unicode version says."""
    runs = []
    for point in POINTS:
        kind = unicodedata.combining(chr(point))
        probes = (chr(point) + "\u0334", "\u0345" + chr(point))
        if not kind or any(compose(probe) != unicodedata.normalize("NFC", probe) for probe in probes):
            continue
        if runs and runs[-1][1:] == [point - 1, kind]:
            runs[-1][1] = point
        else:
            runs.append([point, point, kind])
    return [number for run in runs for number in run]


def compositions():
    """Flat composed, first, second; those that only come apart; and runs of
    points that stand for one other: first, how many, the others."""
    both, apart, single = [], [], []
    for point in POINTS:
        parts = unicodedata.decomposition(chr(point))
        if not parts or "<" in parts:
            continue
        parts = [int(part, 16) for part in parts.split()]
        text = "".join(map(chr, parts))
        if len(parts) == 1:
            if compose(chr(point)) != chr(point):
                single.append((point, *parts))
        elif compose(text) == chr(point):
            both += [point, *parts]
        elif compose(chr(point)) != chr(point):
            apart += [point, *parts]
    runs = []
    for point, other in single:
        if runs and point == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
            runs[-1].append(other)
        else:
            runs.append([point, 1, other])
    return both, apart, [number for run in runs for number in run]


def table(name, numbers):
    lines, line = [], "   "
    for number in numbers:
        word = f" {number},"
        if len(line) + len(word) > WIDTH:
            lines.append(line)
            line = "   "
        line += word
    return f"const std::uint32_t {name}_numbers[] = {{\n" + "\n".join([*lines, line]) + f"\n}};\n" \
           f"const std::span<const std::uint32_t> {name}({name}_numbers);\n"


def write(name, tables):
    text = f"""// Made by tools/unicode_tables.py with tokenizers {tokenizers.__version__}; not for editing.
#include "models/unicode_tables.hpp"

namespace lorikeet::models::unicode {{

// clang-format off
"""
    text += "\n".join(table(key, numbers) for key, numbers in tables.items())
    text += "\n}  // namespace lorikeet::models::unicode\n"
    (FOLDER / name).write_text(text)
    print(name, len(text.splitlines()), "lines")


def main():
    assert [point for point in POINTS if len(lower(chr(point))) != 1] == [0x130]
    both, apart, single = compositions()
    write("unicode_classes.cpp", {"kLetters": of_class(r"\p{L}"), "kNumbers": of_class(r"\p{N}"),
                                  "kSpaces": of_class(r"\s"), "kLower": lower_runs()})
    write("unicode_composition.cpp", {"kMarks": mark_runs(), "kComposed": both, "kApartOnly": apart,
                                      "kSingles": single})


if __name__ == "__main__":
    main()
