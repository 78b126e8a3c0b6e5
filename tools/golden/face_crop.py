"""Makes tests/golden/face_crop.safetensors: where kohya's sd-scripts crops round a face (BaseDataset.crop_target), with the
numbers that it drew."""

import random

import torch
from golden import save

# image (w, h), size (w, h), face (cx, cy, w, h), range, random crop
CASES = [
    ((1000, 800), (512, 512), (500, 300, 120, 160), (2.0, 4.0), False),
    ((1000, 800), (512, 512), (500, 300, 120, 160), (2.0, 4.0), True),
    ((1000, 800), (512, 512), (60, 700, 90, 80), (2.0, 4.0), False),
    ((640, 960), (448, 640), (320, 200, 200, 220), (1.5, 1.5), False),
    ((640, 960), (448, 640), (320, 200, 200, 220), (1.5, 1.5), True),
    ((700, 520), (512, 512), (350, 260, 30, 35), (3.0, 8.0), False),
    ((2000, 1500), (512, 768), (1800, 1400, 300, 250), (1.0, 6.0), True),
]


def crop_of(image, size, face, wish, random_crop, draws):
    """The rule alone: the size that the image is resized to, and the corner of the crop in it."""

    def uniform(least, most):
        draws.append(random.random())
        return least + (most - least) * draws[-1]

    def whole(least, most):
        draws.append(random.random())
        return least + int(draws[-1] * (most - least + 1))

    (width, height), (target_width, target_height), (cx, cy, face_w, face_h) = image, size, face
    face_size, shorter = max(face_w, face_h), min(size)
    least = max(target_height / height, target_width / width)
    least = min(1.0, max(least, shorter / (face_size * wish[1])))
    most = min(1.0, max(least, shorter / (face_size * wish[0])))
    scale = least if least >= most else uniform(least, most)
    nh, nw = int(height * scale + 0.5), int(width * scale + 0.5)
    corner = []
    for target, length, middle in ((target_height, nh, int(cy * scale + 0.5)), (target_width, nw, int(cx * scale + 0.5))):
        p = middle - target // 2
        if random_crop:
            reach = max(length - middle, middle)
            p += (whole(0, reach) + whole(0, reach)) - reach
        elif wish[0] != wish[1] and face_size > shorter // 10 and face_size >= 40:
            p += whole(-face_size // 20, +face_size // 20)
        corner.append(max(0, min(p, length - target)))
    return [nw, nh, corner[1], corner[0]]


def main() -> None:
    random.seed(9)
    tensors = {}
    for i, (image, size, face, wish, random_crop) in enumerate(CASES):
        crops, drawn = [], []
        for _ in range(8):
            draws = []
            crops.append(crop_of(image, size, face, wish, random_crop, draws))
            drawn.append(draws + [0.0] * (5 - len(draws)))
        tensors |= {f"{i}.given": torch.tensor([*image, *size, *face, int(random_crop)]),
                    f"{i}.range": torch.tensor(wish, dtype=torch.float64),
                    f"{i}.crops": torch.tensor(crops), f"{i}.draws": torch.tensor(drawn, dtype=torch.float64)}
    save("face_crop", tensors, "sd-scripts, BaseDataset.crop_target", [torch], "0")


if __name__ == "__main__":
    main()
