"""Makes tests/golden/transform.safetensors: pictures of several shapes, resized to cover a size, cut from the middle and
scaled to [-1, 1] by the rule of kohya's sd-scripts, on Pillow, OpenCV and torchvision's arithmetic."""

import sys
from pathlib import Path

import cv2
import numpy as np
import PIL
import torch
from PIL import Image
from safetensors.torch import save_file

CASES = {"wide": (50, 31, 24, 16), "tall": (33, 70, 16, 24), "small": (13, 17, 24, 24), "one_side_small": (20, 90, 32, 24),
         "same": (24, 16, 24, 16), "half": (48, 32, 24, 16), "odd": (101, 67, 40, 40)}


def fitted(image: np.ndarray, width: int, height: int) -> np.ndarray:
    h, w = image.shape[:2]
    scale = height / h if w / h > width / height else width / w
    size = int(w * scale + 0.5), int(h * scale + 0.5)
    if size != (w, h):
        if w >= size[0] and h >= size[1]:
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        else:
            image = np.array(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return image[top:top + height, left:left + width]


def main() -> None:
    rng = np.random.default_rng(11)
    tensors = {}
    for name, (w, h, width, height) in CASES.items():
        image = rng.integers(0, 256, (h, w, 3), dtype=np.uint8)
        cut = fitted(image, width, height).copy()
        tensors[f"{name}.source"] = torch.from_numpy(image)
        tensors[f"{name}.fitted"] = torch.from_numpy(cut)
    tensors["bytes"] = torch.arange(256, dtype=torch.uint8)
    tensors["scaled"] = tensors["bytes"].to(torch.float32).div(255).sub(0.5).div(0.5)
    save_file(tensors, OUT, metadata={
        "reference": "cv2.resize INTER_AREA, PIL.Image.resize LANCZOS, torch",
        "version": f"Pillow {PIL.__version__}, OpenCV {cv2.__version__}, torch {torch.__version__}",
        "command": "python tools/golden/transform.py", "tolerance": "fitted 1 (area), scaled 0"})
    print(OUT, Path(OUT).stat().st_size)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/transform.safetensors")
if __name__ == "__main__":
    main()
