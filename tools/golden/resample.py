"""Makes tests/golden/resample.safetensors: one picture and what Pillow (bicubic, Lanczos) and OpenCV (area) make of it
at several sizes."""

import sys
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image
from safetensors.numpy import save_file

SIZES = [(31, 23), (90, 70), (62, 20), (20, 86), (62, 46), (124, 92), (1, 1), (61, 43), (7, 86)]


def picture(width: int, height: int) -> np.ndarray:
    """Noise in one half, hard edges and slopes in the other: every filter over- and undershoots somewhere."""
    rng = np.random.default_rng(5)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    y, x = np.mgrid[0:height, 0:width // 2]
    image[:, :width // 2, 0] = np.where((x // 5 + y // 7) % 2, 255, 0)
    image[:, :width // 2, 1] = (x * 8) % 256
    image[:, :width // 2, 2] = (y * 3) % 256
    return image


def main() -> None:
    source = picture(62, 86)
    tensors = {"source": source}
    for width, height in SIZES:
        image = Image.fromarray(source)
        tensors[f"bicubic.{width}x{height}"] = np.array(image.resize((width, height), Image.Resampling.BICUBIC))
        tensors[f"lanczos.{width}x{height}"] = np.array(image.resize((width, height), Image.Resampling.LANCZOS))
        if width <= 62 and height <= 86:
            tensors[f"area.{width}x{height}"] = cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA)
    save_file(tensors, OUT, metadata={
        "reference": "PIL.Image.resize, cv2.resize INTER_AREA",
        "version": f"Pillow {PIL.__version__}, OpenCV {cv2.__version__}",
        "command": "python tools/golden/resample.py", "tolerance": "bicubic and lanczos 0, area 1",
        "description": "uint8 [H, W, 3]; names are filter.WIDTHxHEIGHT"})
    print(OUT, Path(OUT).stat().st_size)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/resample.safetensors")
if __name__ == "__main__":
    main()
