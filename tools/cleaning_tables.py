"""Writes src/models/html_entities.cpp and cleaning_tables.cpp: what models/text_cleaning.cpp has to know of HTML and Unicode.
The facts are those of Python (HTML's named characters, compatibility forms, what is cased), asked point by point.

    python tools/cleaning_tables.py
"""

import html
import sys
import unicodedata
from html.entities import html5

from unicode_tables import FOLDER, POINTS, WIDTH, ranges, table

LONGEST = 24  # letters of a name that ftfy looks for
LIGATURES = [0x132, 0x133, 0x149, *range(0x1C4, 0x1CD), 0x1F1, 0x1F2, 0x1F3, *range(0xFB00, 0xFB07)]
NFKC = {0x149: "\u02bcn", 0xFB05: "\u017ft"}  # a part of each is compatible with something else again


def entities():
    """Named characters that end in a semicolon, and those in capitals that mean nothing else."""
    found = {}
    for name, text in html5.items():
        if not name.endswith(";"):
            continue
        found[name] = text
        if name == name.lower() and html.unescape(f"&{name.upper()}") == f"&{name.upper()}":
            found[name.upper()] = text.upper()
    return sorted((name[:-1], text) for name, text in found.items() if len(name) <= LONGEST + 1)


def replacements(points, text_of):
    """Flat point, how many, what it is read as."""
    flat = []
    for point in points:
        text = text_of(point)
        if text != chr(point):
            flat += [point, len(text), *map(ord, text)]
    return flat


def final_sigma():
    """Letters behind which a capital sigma ends a word, and what stands between without counting; by Python's lower()."""
    cased = [p for p in POINTS if (chr(p) + "\u03a3").lower()[-1] == "\u03c2"]
    known = set(cased)
    between = [p for p in POINTS if p not in known and ("A" + chr(p) + "\u03a3").lower()[-1] == "\u03c2"]
    return ranges(cased), ranges(between)


def head(version):
    return (f"// Made by tools/cleaning_tables.py with Python {version}; not for editing.\n"
            '#include "models/cleaning_tables.hpp"\n\nnamespace lorikeet::models {\n\n// clang-format off\n')


def write(name, text, version):
    path = FOLDER / name
    path.write_text(head(version) + text + "\n}  // namespace lorikeet::models\n")
    print(name, len(path.read_text().splitlines()), "lines")


def entity_lines():
    """Name and code points, "AElig=C6 ", packed into lines of a string; "^": the same in capitals too."""
    known, lines, line = dict(entities()), [], ""
    twice = {name for name in known if name != name.upper() and known.get(name.upper()) == known[name] and name == name.lower()}
    for name, text in known.items():
        if name == name.upper() and name.lower() in twice:
            continue
        word = f"{name}{'^' * (name in twice)}={'+'.join(f'{ord(c):X}' for c in text)} "
        if len(line) + len(word) > WIDTH - 6:
            lines.append(line)
            line = ""
        line += word
    return [*lines, line]


def main():
    version = f"{sys.version_info[0]}.{sys.version_info[1]}, Unicode {unicodedata.unidata_version}"
    lines = "\n".join(f'    "{line}"' for line in entity_lines())
    write("html_entities.cpp", f"const std::string_view kHtmlEntities =\n{lines};\n", version)
    width = {0x3000: " ", **{p: unicodedata.normalize("NFKC", chr(p)) for p in range(0xFF01, 0xFFF0)}}
    ligature = {p: NFKC.get(p, unicodedata.normalize("NFKC", chr(p))) for p in LIGATURES}
    cased, between = final_sigma()
    tables = {"kLigatures": replacements(LIGATURES, ligature.get), "kWidths": replacements(sorted(width), width.get),
              "kCased": cased, "kBetweenCased": between}
    write("cleaning_tables.cpp", "\n".join(table(key, numbers) for key, numbers in tables.items()), version)


if __name__ == "__main__":
    sys.exit(main())
