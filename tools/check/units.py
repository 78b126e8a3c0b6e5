"""What one file of a floor may not share with another, because a batch of them is compiled as one unit: see cmake/flags.cmake."""

import re
from collections import defaultdict

from source import without_words

# A family of tests lies in one unit of its own.
FAMILIES = (("src", "*.cpp"), ("tests", "*_test.cpp"), ("tools", "*.cpp"))


ANONYMOUS = r"\bnamespace\s*\{"


def statements(text, namespaces=ANONYMOUS):
    """What stands directly in such namespaces: each declaration up to its body or its semicolon."""
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", "", without_words(text), flags=re.MULTILINE)
    for opened in re.finditer(namespaces, text):
        depth, head = 1, ""
        for char in text[opened.end() :]:
            if char == "{":
                if depth == 1 and head.strip():
                    yield " ".join(head.split())
                depth += 1
                head = ""
            elif char == "}":
                depth -= 1
                head = ""
                if depth == 0:
                    break
            elif depth == 1 and char == ";":
                if head.strip():
                    yield " ".join(head.split())
                head = ""
            elif depth == 1:
                head += char


def outer_commas(text):
    """The parts between commas that stand in no bracket."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "<([{") - (char in ">)]}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def parameters_of(text):
    """How many arguments a call may have, the least and the most, of what follows an opening bracket."""
    inside, depth = "", 1
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth == 0:
            break
        inside += char
    parts = [part for part in outer_commas(inside) if part.strip() not in ("", "void")]
    return len([part for part in parts if "=" not in part]), len(parts)


def values_of(text):
    """The names of `Type a = 1, b[2]`, or of `, b` behind the braces of `a{1}, b{2}`."""
    for at, part in enumerate(outer_commas(text)):
        hit = re.search(r"(?<![:\w])(\w+)\s*(?:\[.*)?$", part.split("=")[0].strip())
        if hit and (at > 0 or " " in part.split("=")[0].strip()):
            yield hit[1], "a value"


def declarations(statement):
    """(name, what it is) of each thing that is declared: for a function the numbers of arguments, else a text."""
    bare = re.sub(r"\b(template\s*<(?:[^<>]|<[^<>]*>)*>|inline|static|constexpr)\s*|\[\[[^\]]*\]\]\s*", "", statement)
    if hit := re.match(r"TEST(?:_[FP])?\s*\(\s*(\w+)\s*,\s*(\w+)", bare):
        return [(f"TEST({hit[1]}, {hit[2]})", "a test")]
    if hit := re.match(r"(?:using|namespace)\s+(\w+)\s*=\s*(.*)", bare):
        return [(hit[1], f"= {hit[2]}")]
    if bare.startswith("using ") and "namespace" not in bare:
        return [(name.split("::")[-1].strip(), f"= {name.strip()}") for name in bare[6:].split(",")]
    if bare.startswith("using ") or "operator" in bare:
        return []
    if hit := re.match(r"(?:struct|class|union|enum(?:\s+class)?)\s+(\w+)", bare):
        return [(hit[1], "a type")]
    head, call, rest = bare.partition("(")
    if not call or "=" in head:
        return list(values_of(bare))
    name = re.search(r"(?<![:\w])(\w+)\s*$", head)
    return [(name[1], parameters_of(rest))] if name and " " in head.strip() else []


def clash(one, other):
    """Whether one unit cannot hold both, or a call could mean either; two names for the same type are none."""
    if isinstance(one, str) or isinstance(other, str):
        return one != other or not one.startswith("=")
    return one[0] <= other[1] and other[0] <= one[1]


def alone(cmake):
    """Sources that are units of their own, as CMakeLists.txt says; cmake/floor.cmake adds those for one kind of processor."""
    calls = re.findall(r"set_source_files_properties\(([^)]*)\)", cmake)
    words = [w for c in calls if "SKIP_UNITY_BUILD_INCLUSION" in c or "COMPILE_OPTIONS" in c for w in c.split()]
    return {word for word in words if word.endswith(".cpp")}


def public_names(tree, floor):
    """What the headers of a floor declare in its namespace: name -> (header, what it is)."""
    found, namespace = {}, rf"\bnamespace\s+(?:\w+::)*{floor.name}\s*\{{"
    for header in sorted(floor.rglob("*.hpp")):
        declared = [d for s in statements(header.read_text(), namespace) for d in declarations(s)]
        found.update({name: (tree.name(header), what) for name, what in declared})
    return found


def clashes_of(tree, folder, pattern, skipped):
    public = public_names(tree, tree.root / "src" / folder.name) | public_names(tree, folder)
    seen = defaultdict(list)
    for path in sorted(folder.rglob(pattern)):
        file = tree.name(path)
        if file in skipped or path.name == "main.cpp" or "_avx" in path.name:
            continue
        own = [d for s in statements(path.read_text()) for d in declarations(s)]
        for name, what in own:
            if others := [other for other, its in seen[name] if other != file and clash(what, its)]:
                yield f'{file}: {others[0]} has a "{name}" of its own too, and they may be compiled as one unit'
            seen[name].append((file, what))
            header, its = public.get(name, (None, what))
            if header and not (isinstance(what, str) and what.startswith("= ") and what.endswith(f"{folder.name}::{name}")):
                yield f'{file}: its own "{name}" gets in the way of that of {header} in the other files of its unit'
