"""Makes tests/golden/tag_square.safetensors: what the WD14 tagger of kohya's sd-scripts makes of images before its network sees
them (preprocess_image), run with the packages that it uses. Images lie in the file as PNG.

    pip install opencv-python-headless pillow numpy    beside torch and safetensors
"""

import io

import cv2
import numpy as np
import PIL
import torch
from PIL import Image

from golden import save

# name: width, height, channels, side of the square
CASES = {"wide": (61, 37, 3, 24), "tall": (29, 64, 3, 24), "odd": (40, 25, 3, 32), "small": (17, 11, 3, 24), "exact": (24, 24, 3, 24),
         "through": (40, 30, 4, 24), "double": (48, 48, 3, 24)}


def squared(image: Image.Image, side: int) -> np.ndarray:
    """As the reference does it; blue first."""
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, (255, 255, 255))
        white.paste(image, mask=image.split()[3])
        image = white
    pixels = np.array(image)[:, :, ::-1]
    size = max(pixels.shape[:2])
    left, top = (size - pixels.shape[1]) // 2, (size - pixels.shape[0]) // 2
    pixels = np.pad(pixels, ((top, size - pixels.shape[0] - top), (left, size - pixels.shape[1] - left), (0, 0)),
                    constant_values=255)
    if size > side:
        return cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    return np.array(Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS))


def main() -> None:
    random = np.random.default_rng(5)
    tensors = {}
    for name, (width, height, channels, side) in CASES.items():
        image = Image.fromarray(random.integers(0, 256, (height, width, channels), dtype=np.uint8))
        stream = io.BytesIO()
        image.save(stream, "PNG")
        tensors[f"{name}.png"] = torch.frombuffer(bytearray(stream.getvalue()), dtype=torch.uint8)
        tensors[f"{name}.bgr"] = torch.from_numpy(squared(image, side).copy())
    save("tag_square", tensors, "sd-scripts, tag_images_by_wd14_tagger.py, preprocess_image", [cv2, PIL, np],
         "1 where it shrinks by area, else 0")


if __name__ == "__main__":
    main()
