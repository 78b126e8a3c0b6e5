#!/usr/bin/env python3
"""The plan of the floors as a test: which floor may see which, which library lives where, how long a file may be.

    tools/check/plan.py [CHECK ...] [--root FOLDER]      no CHECK: all of them

Each check returns a list of sentences, one for each thing that is wrong. plan_test.py feeds each a bad example.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

from source import Tree, functions, includes, without_words
from units import FAMILIES, alone, clashes_of

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

# A library's headers and the floors that may include them. fmt and nlohmann are tools of every floor, in .cpp files.
LANDLORDS = {
    "spdlog/": {"base"},
    "openssl/": {"base", "kernel"},
    "toml++/": {"settings"},
    "toml.hpp": {"settings"},
    "vips/": {"io"},
    "archive": {"io"},
    "curl/": {"io"},
    "zlib.h": {"io"},
    "CLI/": {"cli"},
    "onnxruntime": {"tag"},
    "zmq": {"kernel"},
}
TENSOR_FLOORS = {"tensor", "nn", "models", "adapters", "diffusion", "optim", "data", "tag", "train"}
TENSOR_LIBRARIES = ("ATen/", "c10/", "torch/")
SOURCES_ONLY = ("fmt/", "nlohmann/")
FORWARD_ONLY = "nlohmann/json_fwd.hpp"  # names the type and costs nothing
# Folders within a floor whose files others see through one header alone.
SEAMS = {"nn/cpu/": "nn/cpu/kernels.hpp"}
COSTLY = {"torch/torch.h", "torch/all.h", "torch/extension.h"}
# Floors whose headers are read by people who never meet a tensor.
TENSOR_FREE = ("studio", "cli", "widgets", "kernel")


def floor_of(tree, path):
    return path.relative_to(tree.root / "src").parts[0]


def check_floors(tree):
    """A file includes its own floor and those its floor USES in CMakeLists.txt, and folders with a seam through it."""
    wrong = []
    for path in tree.files("src"):
        floor = floor_of(tree, path)
        if floor not in tree.floors:
            wrong.append(f"{tree.name(path)}: {floor} is no floor of CMakeLists.txt")
            continue
        for line, name, angled in includes(path.read_text()):
            if angled:
                continue
            other = name.split("/")[0]
            if "/" not in name or other not in tree.floors:
                wrong.append(f'{tree.name(path)}:{line}: "{name}" is not written as "floor/room.hpp"')
            elif other != floor and other not in tree.floors[floor]:
                wrong.append(f"{tree.name(path)}:{line}: {floor} may not include {other} (see USES in CMakeLists.txt)")
            for folder, seam in SEAMS.items():
                if name.startswith(folder) and name != seam and not tree.name(path).startswith(f"src/{folder}"):
                    wrong.append(f"{tree.name(path)}:{line}: of {folder} others include {seam} alone")
    for floor, uses in tree.floors.items():
        known = list(tree.floors)
        for other in sorted(uses):
            if other not in known or known.index(other) > known.index(floor):
                wrong.append(f"CMakeLists.txt: {floor} uses {other}, which is not a floor below it")
    return wrong


def library_complaint(floor, path, name):
    if name in COSTLY:
        return "costs twenty seconds a file; include ATen/ATen.h or the one header that is needed"
    if name.startswith(TENSOR_LIBRARIES):
        allowed = floor in TENSOR_FLOORS or (floor == "studio" and path.suffix == ".cpp")
        return None if allowed else "tensors end at the floor train"
    if name == FORWARD_ONLY:
        return None
    if name.startswith(SOURCES_ONLY):
        return None if path.suffix == ".cpp" else "belongs in .cpp files only"
    for prefix, landlords in LANDLORDS.items():
        if name.startswith(prefix) and floor not in landlords:
            return f"lives on the floor {' or '.join(sorted(landlords))}"
    return None


def check_libraries(tree):
    """Every library has one landlord; tensors end at train."""
    wrong = []
    for path in tree.files("src"):
        floor = floor_of(tree, path)
        text = path.read_text()
        for line, name, _ in includes(text):
            if complaint := library_complaint(floor, path, name):
                wrong.append(f"{tree.name(path)}:{line}: {name} {complaint}")
        if path.suffix == ".hpp" and floor in TENSOR_FREE:
            for line, words in enumerate(without_words(text).splitlines(), 1):
                if re.search(r"\b(at|torch|c10)::", words):
                    wrong.append(f"{tree.name(path)}:{line}: a header of {floor} names a tensor type")
    return wrong


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno, node.name


def shell_functions(text):
    begun = None
    for number, line in enumerate(text.splitlines(), 1):
        if hit := re.match(r"(\w+)\(\) \{$", line):
            begun = (number, hit[1])
        elif line == "}" and begun:
            yield begun[0], number, begun[1]
            begun = None


FUNCTIONS = {".cpp": functions, ".hpp": functions, ".py": python_functions, ".sh": shell_functions, "": shell_functions}


def check_sizes(tree):
    """No source file over 400 lines, no function over 60."""
    wrong = []
    paths = tree.files("src", "tests", "tools", "bench", "fuzz", suffixes=set(FUNCTIONS) - {""})
    for path in paths + [p for p in (tree.root / "run", tree.root / ".ci/run") if p.exists()]:
        text = path.read_text()
        count = len(text.splitlines())
        if count > MAX_FILE_LINES:
            wrong.append(f"{tree.name(path)}: {count} lines; {MAX_FILE_LINES} is the most")
        for first, last, head in FUNCTIONS[path.suffix](text):
            if last - first + 1 > MAX_FUNCTION_LINES:
                wrong.append(
                    f"{tree.name(path)}:{first}: {last - first + 1} lines in one function; "
                    f"{MAX_FUNCTION_LINES} is the most: {head[:70]}"
                )
    return wrong


def read_excuses(path):
    excuses = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            room, _, reason = line.partition(" ")
            excuses[room] = reason.strip()
    return excuses


def check_tests(tree):
    """Every room has the test of its name, where a reader looks for it, or is excused."""
    wrong = []
    excuses = read_excuses(tree.root / "tools/check/excused.txt")
    rooms = [path.relative_to(tree.root / "src").with_suffix("").as_posix() for path in tree.files("src", suffixes={".cpp"})]
    untested = [room for room in rooms if not (tree.root / f"tests/{room}_test.cpp").exists()]
    for room in untested:
        if room not in excuses:
            wrong.append(f"src/{room}.cpp: no test. Write tests/{room}_test.cpp, or excuse it in tools/check/excused.txt")
    for room, reason in excuses.items():
        if room not in untested:
            wrong.append(f"tools/check/excused.txt: {room} needs no excuse any more")
        if len(reason) < 10:
            wrong.append(f"tools/check/excused.txt: {room} gives no reason")
    return wrong


# Put together here, so that this file does not hold them.
UNFINISHED = re.compile("|".join(("\\bTO" "DO\\b", "\\bFIX" "ME\\b", "\\bXX" "X\\b", "\\bfor n" "ow\\b", "\\bplace" "holder\\b")))
MACHINE = re.compile("|".join(("/wo" "rk/", "/ro" "ot/", "/ho" "me/\\w")))


def check_words(tree):
    """No unfinished business and no path of somebody's machine in what others read."""
    wrong = []
    texts = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".md", ".toml"}
    paths = tree.files("src", "tests", "tools", "bench", "fuzz", "cmake", "docs", "presets", suffixes=texts)
    for path in paths + sorted(tree.root.glob("*.md")):
        for line, words in enumerate(path.read_text().splitlines(), 1):
            # A preset may tell people about a place of theirs to fill in; unfinished code may not.
            unfinished = UNFINISHED.search(words) if path.suffix not in (".md", ".toml") else None
            if hit := unfinished or MACHINE.search(words):
                wrong.append(f'{tree.name(path)}:{line}: "{hit[0]}"')
    return wrong


def avoided_words(tree):
    """The first column of the table "Words we avoid" of docs/glossary.md."""
    _, _, table = (tree.root / "docs/glossary.md").read_text().partition("## Words we avoid")
    rows = re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
    return {word.strip() for row in rows if row != "avoid" for word in row.split(",")}


# What people have on their disks or what belongs to others: a quoted single word, code in documents, an address.
_LEFT_ALONE = {
    ".md": re.compile(r"`[^`]*`|\]\([^)]*\)|^ {4}.*$|^```.*?^```", re.MULTILINE | re.DOTALL),
    ".toml": re.compile(r'"[^"\n]*"'),
}
_QUOTED_WORD = re.compile(r'"[a-z0-9_.\-/%{}*:]*"')
_PARTS = re.compile(r"[A-Z]?[a-z]+")


def check_voice(tree):
    """Names and texts use the field's words: none of those that docs/glossary.md lists as words to avoid."""
    wrong, avoided = [], avoided_words(tree)
    texts = {".cpp", ".hpp", ".js", ".css", ".md", ".toml"}
    paths = tree.files("src", "tests", "docs", "presets", suffixes=texts) + sorted(tree.root.glob("*.md"))
    for path in paths:
        name = tree.name(path)
        if name in ("docs/glossary.md", "CHANGELOG.md") or name.startswith("docs/adr/"):
            continue  # what was is told in the words of its time
        left_alone = _LEFT_ALONE.get(path.suffix, _QUOTED_WORD)
        text = left_alone.sub(lambda hit: "\n" * hit[0].count("\n"), path.read_text())
        for line, words in enumerate(text.splitlines(), 1):
            for hit in sorted({part.lower() for part in _PARTS.findall(words)} & avoided):
                wrong.append(f'{name}:{line}: "{hit}" is a word to avoid; see docs/glossary.md')
    return wrong


def check_links(tree):
    """Every relative link of the documents leads to a file that is there."""
    wrong = []
    for path in tree.files("docs", "assets", "notebooks", suffixes={".md"}) + sorted(tree.root.glob("*.md")):
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (path.parent / target).exists():
                wrong.append(f"{tree.name(path)}: the link {target} leads nowhere")
    return wrong


def check_units(tree):
    """Files of one floor can be compiled as one unit: their own names differ, and hide none of the floor's."""
    wrong, skipped = [], alone((tree.root / "CMakeLists.txt").read_text())
    for top, pattern in FAMILIES:
        for floor in sorted(p for p in (tree.root / top).glob("*") if p.is_dir()):
            wrong += clashes_of(tree, floor, pattern, skipped)
    return wrong


CHECKS = {
    "floors": check_floors,
    "libraries": check_libraries,
    "sizes": check_sizes,
    "tests": check_tests,
    "words": check_words,
    "voice": check_voice,
    "links": check_links,
    "units": check_units,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checks", nargs="*", choices=[[], *CHECKS], metavar="CHECK", help=", ".join(CHECKS))
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    arguments = parser.parse_args()
    tree = Tree(arguments.root)
    wrong = []
    for name in arguments.checks or CHECKS:
        wrong += [f"{name}: {sentence}" for sentence in CHECKS[name](tree)]
    print("\n".join(wrong) or "the plan holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
