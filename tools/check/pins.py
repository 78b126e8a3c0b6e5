#!/usr/bin/env python3
"""Every list of pinned wheels is complete by itself: installed into an empty folder and imported by a bare interpreter.

    tools/check/pins.py [LIST ...]      no LIST: all of them; by hand, since it downloads (notebook: 60 MB, bench: 3 GB)

The wheels are those that Debian 12's Python (3.11.2) gets, whatever Python runs this. Nothing but the folder and the standard
library is on the path (python -I -S), so a package that happens to be on this machine hides nothing.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "3.11.2"
LISTS = {
    "notebook": ["notebooks/requirements.txt"],
    "notebook-tests": ["notebooks/requirements.txt", "tests/notebook/requirements.txt"],
    "bench": ["bench/requirements.txt"],
}
PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in range(36, 4, -1)] + ["manylinux2014_x86_64", "linux_x86_64"]

# Runs in the bare interpreter. Its answer: a line for each thing that is wrong.
TRIAL = r"""
import importlib, importlib.metadata, os, re, sys
site, python = sys.argv[1:]
sys.path.append(site)
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

flat = lambda name: re.sub(r"[-_.]+", "-", name).lower()
found = {flat(d.name): d for d in importlib.metadata.distributions(path=[site])}
wrong = []
for name, package in sorted(found.items()):
    if not SpecifierSet(package.metadata.get("Requires-Python") or "").contains(python):
        wrong.append(f"{name} {package.version} needs Python {package.metadata['Requires-Python']}, and Debian 12 has {python}")
    for text in package.requires or []:
        wish = Requirement(text)
        if wish.marker and not wish.marker.evaluate({"extra": "", "python_version": "3.11", "python_full_version": python}):
            continue
        there = found.get(flat(wish.name))
        if there is None:
            wrong.append(f"{name} needs {wish}, which is not on the list")
        elif not wish.specifier.contains(there.version, prereleases=True):
            wrong.append(f"{name} needs {wish}, and the list has {there.version}")
modules = set()
for package in found.values():
    for file in package.files or []:
        first = file.parts[0]
        if len(file.parts) == 1 and re.fullmatch(r"[A-Za-z]\w*(\.cpython-311-x86_64-linux-gnu|\.abi3)?\.(py|so)", first):
            modules.add(first.split(".")[0])
        elif len(file.parts) == 2 and file.name == "__init__.py" and first.isidentifier():
            modules.add(first)
for module in sorted(modules - {"tests", "test"}):
    try:
        importlib.import_module(module)
    except BaseException as error:
        wrong.append(f"import {module}: {type(error).__name__}: {error}")
print(*wrong, sep="\n")
print(f"{len(found)} packages, {len(modules)} modules imported", file=sys.stderr)
os._exit(1 if wrong else 0)
"""


def install(files, folder):
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:", "--target", folder]
    command += ["--python-version", PYTHON, "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    for file in files:
        command += ["-r", str(ROOT / file)]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--root-user-action=ignore", "--progress-bar", "off", "-q"]
    said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        reasons = [line for line in said.stderr.splitlines() if line.startswith("ERROR")]
        return [re.sub(r"\(from versions: .*\)", "", line)[:400] for line in reasons] or said.stderr.splitlines()[-3:]
    return []


def trial(files):
    with tempfile.TemporaryDirectory() as folder:
        if wrong := install(files, folder):
            return wrong
        bare = [sys.executable, "-I", "-S", "-B", "-c", TRIAL, folder, PYTHON]
        said = subprocess.run(bare, capture_output=True, text=True, cwd=folder)
        print("        " + (said.stderr.splitlines() or ["it said nothing"])[-1])
        wrong = said.stdout.splitlines()
        return wrong if said.returncode in (0, 1) else [*wrong, f"the interpreter ended with {said.returncode}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lists", nargs="*", choices=[[], *LISTS], metavar="LIST", help=", ".join(LISTS))
    if sys.version_info[:2] != (3, 11):
        sys.exit("The pinned wheels are those of CPython 3.11: run this with python3.11.")
    failed = False
    for name in parser.parse_args().lists or LISTS:
        wrong = [line for line in trial(LISTS[name]) if line]
        failed |= bool(wrong)
        print(f"{'wrong' if wrong else 'fine '}   {name}", *wrong, sep="\n        ", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
