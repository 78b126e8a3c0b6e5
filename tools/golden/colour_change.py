"""Makes tests/golden/colour_change.safetensors: an image with its hue turned and with another gamma, by the rule of kohya's
sd-scripts (AugHelper.color_aug) on OpenCV and NumPy, read as the RGB that it is. OpenCV rounds in short rows, and cuts off
where it computes many pixels at once; so the image comes narrow, where it has to be equal, and wide, where it may be 1 off."""

import cv2
import numpy as np
import torch
from golden import save

HUES = [-8.0, -3.7, -0.4, 0.0, 0.9, 5.25, 8.0]
GAMMAS = [0.95, 0.987, 1.0, 1.021, 1.05]


def with_hue(image: np.ndarray, shift: float) -> np.ndarray:
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0] + (180 + shift if shift < 0 else shift)) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def with_gamma(image: np.ndarray, gamma: float) -> np.ndarray:
    return np.clip(image**gamma, 0, 255).astype(np.uint8)


def main() -> None:
    rng = np.random.default_rng(5)
    image = rng.integers(0, 256, (48, 40, 3), dtype=np.uint8)
    image[:4] = rng.integers(0, 256, (4, 40, 1), dtype=np.uint8)  # greys
    image[4:8] = rng.choice(np.array([0, 255], np.uint8), (4, 40, 3))  # the corners of the cube
    image[8] = image[8] // 32  # nearly black
    narrow = image.reshape(-1, 8, 3)
    tensors = {"image": torch.from_numpy(image), "hues": torch.tensor(HUES, dtype=torch.float64),
               "gammas": torch.tensor(GAMMAS, dtype=torch.float64)}
    for i, shift in enumerate(HUES):
        tensors[f"hue.{i}"] = torch.from_numpy(with_hue(narrow, shift).reshape(image.shape))
        tensors[f"hue.wide.{i}"] = torch.from_numpy(with_hue(image, shift))
    for i, gamma in enumerate(GAMMAS):
        tensors[f"gamma.{i}"] = torch.from_numpy(with_gamma(image, gamma))
    save("colour_change", tensors, "cv2.cvtColor RGB2HSV and HSV2RGB, numpy power", [cv2, np, torch], "0, of wide rows 1")


if __name__ == "__main__":
    main()
