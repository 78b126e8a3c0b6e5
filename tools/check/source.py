"""What the plan tests know about a checkout: its floors, its files, and where a C++ function begins and ends."""

import re
from pathlib import Path

CODE = {".cpp", ".hpp"}


class Tree:
    """A checkout: `floors` maps a floor to the floors it may include, as CMakeLists.txt says it."""

    def __init__(self, root):
        self.root = Path(root)
        self.floors = read_floors((self.root / "CMakeLists.txt").read_text())

    def files(self, *folders, suffixes=CODE):
        found = []
        for folder in folders:
            found += [p for p in (self.root / folder).rglob("*") if p.suffix in suffixes and p.is_file()]
        return sorted(p for p in found if "__pycache__" not in p.parts)

    def name(self, path):
        return path.relative_to(self.root).as_posix()


def read_floors(cmake):
    floors = {}
    for call in re.findall(r"^lorikeet_floor\(([^)]*)\)", cmake, re.MULTILINE):
        words = call.split()
        uses, taking = [], False
        for word in words[1:]:
            if word.isupper():
                taking = word == "USES"
            elif taking:
                uses.append(word)
        floors[words[0]] = set(uses)
    return floors


def includes(text):
    """Yields (line number, the name between the marks, whether in angle brackets)."""
    for number, line in enumerate(text.splitlines(), 1):
        if hit := re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line):
            yield number, hit[2], hit[1] == "<"


_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|"""
    r"""(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])""",
    re.DOTALL,
)


def without_words(text, keep_strings=False):
    """The text with comments, strings and characters emptied, and every line where it was."""

    def emptied(hit):
        body = hit[0]
        if keep_strings and body[0] not in "/":
            return body
        lines = "\n" * body.count("\n")
        return '""' + lines if body[0] in "\"R'" and len(body) > 1 else lines

    # A digit separator (1'000) opens no character.
    text = re.sub(r"(?<=[0-9])'(?=[0-9])", "", text)
    return _TOKEN.sub(emptied, text)


def _without_preprocessor(text):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda h: "\n" * h[0].count("\n"), text, flags=re.MULTILINE)


def _outside_brackets(head):
    """A declaration's head without what stands in (), [] or template <>: `name()` stays as `name()`."""
    head = re.sub(r"operator\s*[^\s\w(]+", "operator", head)
    head = re.sub(r"\btemplate\s*<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>", "", head)
    kept, depth = [], 0
    for char in head:
        if char in "([":
            depth += 1
            if depth == 1:
                kept.append(char)
        elif char in ")]":
            depth -= 1
            if depth == 0:
                kept.append(char)
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def _is_function(head):
    head = _outside_brackets(head)
    if re.search(r"\b(namespace|class|struct|union|enum)\b", head.split("(")[0]):
        return False
    return ")" in head and "=" not in head


def _is_scope(head):
    return bool(re.search(r"\b(namespace|class|struct|union|extern)\b", _outside_brackets(head).split("(")[0]))


def functions(text):
    """Yields (first line, last line, head) of every function with a body; lambdas and blocks count with theirs."""
    text = _without_preprocessor(without_words(text))
    stack, start, line, head_line, opened, parens = [], 0, 1, None, None, 0
    for at, char in enumerate(text):
        if char == "\n":
            line += 1
        elif char in "()":
            parens += 1 if char == "(" else -1
        elif not char.isspace() and head_line is None:
            head_line = line
        if char == "{" and parens == 0:
            head = text[start:at]
            within = any(kind != "scope" for kind in stack)
            kind = "scope" if _is_scope(head) else "function" if not within and _is_function(head) else "block"
            if kind == "function":
                opened = (head_line or line, " ".join(head.split()))
            stack.append(kind)
        elif char == "}" and parens == 0 and stack:
            if stack.pop() == "function" and opened:
                yield opened[0], line, opened[1]
                opened = None
        if char in "{};" and parens == 0:
            start, head_line = at + 1, None
