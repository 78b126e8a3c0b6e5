"""A handful of pictures with captions, the same every time: what both trainers are given."""

import math
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = ["red", "orange", "gold", "green", "teal", "blue", "purple", "pink"]


def draw(size, number):
    """A disc on a slope of light; smooth and sharp parts both, so that decoding is not trivial."""
    picture = Image.linear_gradient("L").resize((size, size)).convert("RGB")
    pen = ImageDraw.Draw(picture)
    angle = 2 * math.pi * number / len(COLOURS)
    x, y, r = size * (0.5 + 0.2 * math.cos(angle)), size * (0.5 + 0.2 * math.sin(angle)), size * 0.22
    pen.ellipse((x - r, y - r, x + r, y + r), fill=COLOURS[number % len(COLOURS)], outline="black", width=max(1, size // 64))
    return picture


def write_pictures(folder, size, count=len(COLOURS)):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        colour = COLOURS[number % len(COLOURS)]
        draw(size, number).save(folder / f"{number}-{colour}.png")
        (folder / f"{number}-{colour}.txt").write_text(f"a {colour} circle on a slope of light\n")
