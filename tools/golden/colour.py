"""Makes tests/golden/colour.safetensors: small pictures with colour profiles, and the pixels that littleCMS shows of
them in sRGB. The profiles are made here: Display P3's primaries with sRGB's curve, linear light, a grey of gamma 2.2 and
a press of four inks whose table has two steps a side."""

import io
import struct
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageCms
from safetensors.numpy import save_file

EXACT = ImageCms.Flags.NOOPTIMIZE  # no table of littleCMS' own in between
D50 = (0.9642, 1, 0.8249)
P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def profile(kind: bytes, space: bytes, pcs: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", 5) + b"made\0" + b"\0" * 78), (b"cprt", b"text\0\0\0\0none\0"),
            (b"wtpt", xyz(D50)), *tags]
    offset, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset, len(data))
        offset, body = offset + len(data), body + data
    head = (struct.pack(">I", 128 + len(table) + len(body)) + b"lcms" + struct.pack(">I", 0x02400000) + kind + space + pcs
            + struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + b"".join(fixed(x) for x in D50))
    return head.ljust(128, b"\0") + table + body


def xyz(values: tuple) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(fixed(v) for v in values)


def curve(levels: np.ndarray) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">I", len(levels)) + (levels * 65535 + 0.5).astype(">u2").tobytes()


def to_linear(x: np.ndarray) -> np.ndarray:
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def matrix(primaries: tuple, levels: np.ndarray) -> bytes:
    columns = [(name, xyz(v)) for name, v in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
    curves = [(name, curve(levels)) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return profile(b"mntr", b"RGB ", b"XYZ ", columns + curves)


def press() -> bytes:
    """Lab of each of 16 overprints; inks add up as they do on paper, roughly."""
    cells = b""
    for c in (0, 1):
        for m in (0, 1):
            for y in (0, 1):
                for k in (0, 1):
                    light = 95 * (1 - 0.45 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - 0.85 * k)
                    a, b = (-12 * c + 25 * m) * (1 - k), (-16 * c - 2 * m + 30 * y) * (1 - k)  # none that sRGB lacks
                    cells += bytes(int(v + 0.5) for v in (light * 2.55, a + 128, b + 128))
    identity = bytes(range(256))
    unit = b"".join(fixed(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unit + identity * 4 + cells + identity * 3
    return profile(b"prtr", b"CMYK", b"Lab ", [(b"A2B0", table)])


def main() -> None:
    y, x = np.mgrid[0:14, 0:21]
    rgb = Image.fromarray(np.stack([x * 12, y * 18, (x * 7 + y * 5) % 256], -1).astype(np.uint8))
    alpha = Image.fromarray(np.linspace(0, 255, 14 * 21).reshape(14, 21).astype(np.uint8))
    ramp = np.linspace(0, 1, 1024)
    p3, linear, srgb = matrix(P3, to_linear(ramp)), matrix(SRGB, np.array([])), matrix(SRGB, to_linear(ramp))
    grey = profile(b"mntr", b"GRAY", b"XYZ ", [(b"kTRC", curve(ramp**2.2))])
    inks = Image.merge("CMYK", [*rgb.split(), Image.fromarray((x * 5 + y).astype(np.uint8))])
    turned = Image.Exif()
    turned[0x0112] = 6
    pictures = {
        "png.p3": (rgb, p3, {}), "jpeg.p3": (rgb, p3, {"quality": 95, "subsampling": 0}),
        "jpeg.p3_turned": (rgb, p3, {"quality": 95, "exif": turned}),
        "webp.p3": (rgb, p3, {"lossless": True}), "tiff.p3": (rgb, p3, {}), "png.linear": (rgb, linear, {}),
        "png.srgb": (rgb, srgb, {}), "png.grey": (rgb.convert("L"), grey, {}),
        "png.p3_alpha": (Image.merge("RGBA", [*rgb.split(), alpha]), p3, {}),
        "jpeg.inks": (inks, press(), {"quality": 95, "subsampling": 0}), "tiff.inks": (inks, press(), {}),
        "jpeg.bare_inks": (inks, None, {"quality": 95, "subsampling": 0}),
        "jpeg.broken": (rgb, b"not a profile at all" * 10, {"quality": 95, "subsampling": 0}),
    }
    tensors = {}
    for name, (image, icc, options) in pictures.items():
        file = io.BytesIO()
        image.save(file, name.split(".")[0].upper(), icc_profile=icc, **options)
        tensors[f"file.{name}"] = np.frombuffer(file.getvalue(), np.uint8)
        tensors[f"rgb.{name}"] = shown(file.getvalue(), name)
    save_file({name: np.ascontiguousarray(t) for name, t in tensors.items()}, OUT, metadata={
        "reference": "PIL.ImageCms.profileToProfile, perceptual; inks through Lab", "version": f"Pillow {PIL.__version__}",
        "command": "python tools/golden/colour.py", "tolerance": "1 of 255; with inks or alpha 2",
        "description": "file.KIND.NAME is the file's bytes, rgb.KIND.NAME its pixels [H, W, 3] as shown"})
    print(OUT, Path(OUT).stat().st_size)


def shown(file: bytes, name: str) -> np.ndarray:
    image = Image.open(io.BytesIO(file))
    icc = image.info.get("icc_profile")
    if "turned" in name:
        image = image.transpose(Image.ROTATE_270)
    clear = image.getchannel("A") if image.mode == "RGBA" else None
    if clear is not None:
        image = image.convert("RGB")
    if icc and "broken" not in name and "srgb" not in name:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB")
        if image.mode == "CMYK":  # in two steps, as libvips goes; in one, littleCMS' table for inks is off by up to 4
            lab = ImageCms.createProfile("LAB")
            image, source = ImageCms.profileToProfile(image, source, lab, outputMode="LAB"), lab
        image = ImageCms.profileToProfile(image, source, target, outputMode="RGB", flags=EXACT)
    image = image.convert("RGB")
    if clear is not None:
        image.putalpha(clear)
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return np.array(image)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/colour.safetensors")
if __name__ == "__main__":
    main()
