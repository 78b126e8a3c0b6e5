#!/usr/bin/env python3
"""Every source compiles by itself too, though ./run builds them in batches: an include that another file of the batch brought,
and a name that hides another, show here. Nothing is written: each source is read with the flags of its batch, and no more.

    tools/check/plain.py [FILE ...]      no FILE: all of them; needs build/release as ./run build leaves it
"""

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"


def words_for(source, words, at):
    """The command of a batch, turned to one of its sources and to reading alone."""
    words = [word for word in words if word not in ("-c", "-Wno-subobject-linkage")]
    words = ["-Wshadow" if word == "-Wshadow=local" else word for word in words]
    output = words.index("-o")
    del words[output : output + 2]
    return [source if word == at else word for word in words] + ["-fsyntax-only"]


def sources_of(unit):
    """What a batch includes; anything else is compiled by itself already."""
    return re.findall(r'^#include "(.*)"$', Path(unit).read_text(), re.MULTILINE) if "/Unity/" in unit else []


def commands(wanted):
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        for source in sources_of(entry["file"]):
            if Path(source).is_relative_to(ROOT / "build"):
                continue
            if not wanted or Path(source) in wanted:
                yield source, words_for(source, words, entry["file"]), entry["directory"]


def read(job):
    source, words, folder = job
    said = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    return Path(source).relative_to(ROOT), said.returncode, said.stderr


def main():
    if not (BUILD / "compile_commands.json").exists():
        sys.exit("build/release is not there: ./run build makes it.")
    subprocess.run(["ninja", "-C", BUILD, "lorikeet_pch"], check=True, stdout=subprocess.DEVNULL)
    wanted = {Path(word).resolve() for word in sys.argv[1:]}
    wrong = 0
    jobs = {source: (source, words, folder) for source, words, folder in commands(wanted)}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name, code, said in pool.map(read, jobs.values()):
            if code:
                wrong += 1
                print(f"{name} does not compile by itself:", *said.splitlines()[:6], sep="\n    ", flush=True)
    print(f"{len(jobs)} sources read one by one, {wrong} of them wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
