#!/usr/bin/env python3
"""Takes screenshots of the last test run into docs/notebook, with 128 colours and at most 150 KB each.

    tests/notebook/keep_screenshots.py      after ./run test -R "notebook.(trainer|project)"; needs Pillow (bench/requirements.txt)
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TAKEN = ROOT / "build" / "screenshots"
KEPT = ROOT / "docs" / "notebook"
PAGES = ["setup", "project-cards", "dataset-images", "tags", "captions", "captions-changes", "dataset-check", "recipe", "recipe-all",
         "train-plan", "train-running", "train-done", "test", "help"]
MOST_BYTES = 150_000


def keep(name):
    image = Image.open(TAKEN / name).convert("RGB")
    KEPT.mkdir(exist_ok=True)
    image.quantize(128, dither=Image.Dither.NONE).save(KEPT / name, optimize=True)
    size = (KEPT / name).stat().st_size
    print(f"{name}: {image.width} x {image.height}, {size} bytes")
    return size <= MOST_BYTES


if __name__ == "__main__":
    names = [f"{page}-{theme}.png" for page in PAGES for theme in ("light", "dark")]
    sys.exit(not all([keep(name) for name in names]))
