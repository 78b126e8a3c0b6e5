"""Makes tests/golden/image.safetensors: small picture files of every kind that is read, and the pixels Pillow sees in
them (orientation applied, over white, as RGB)."""

import io
import sys
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image, ImageOps
from safetensors.numpy import save_file

W, H = 21, 14


def picture() -> np.ndarray:
    y, x = np.mgrid[0:H, 0:W]
    return np.stack([x * 12, y * 18, (x * 7 + y * 5) % 256], -1).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def seen(file: bytes) -> np.ndarray:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))


def with_orientation(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def main() -> None:
    rgb = picture()
    alpha = np.linspace(0, 255, W * H).reshape(H, W, 1).astype(np.uint8)
    image, rgba = Image.fromarray(rgb), Image.fromarray(np.concatenate([rgb, alpha], -1))
    grey, palette = image.convert("L"), image.quantize(11)
    clear = palette.copy()
    clear.info["transparency"] = 3
    files = {
        "jpeg.plain": encoded(image, "JPEG", quality=90), "jpeg.grey": encoded(grey, "JPEG"),
        "jpeg.progressive": encoded(image, "JPEG", progressive=True),
        "jpeg.full_chroma": encoded(image, "JPEG", quality=95, subsampling=0),
        "png.plain": encoded(image, "PNG"), "png.alpha": encoded(rgba, "PNG"), "png.grey": encoded(grey, "PNG"),
        "png.grey_alpha": encoded(rgba.convert("LA"), "PNG"), "png.palette": encoded(palette, "PNG"),
        "png.palette_clear": encoded(clear, "PNG", transparency=3), "png.bit": encoded(grey.convert("1"), "PNG"),
        "webp.lossless": encoded(image, "WEBP", lossless=True), "webp.lossy": encoded(image, "WEBP", quality=80),
        "webp.alpha": encoded(rgba, "WEBP", lossless=True, exact=True), "gif.still": encoded(palette, "GIF"),
        "gif.moving": encoded(palette, "GIF", save_all=True, append_images=[grey.quantize(5)]),
        "bmp.24": encoded(image, "BMP"), "bmp.8": encoded(palette, "BMP"), "bmp.1": encoded(grey.convert("1"), "BMP"),
        "bmp.grey": encoded(grey, "BMP"), "bmp.32": encoded(rgba, "BMP"),
        "avif.plain": encoded(image, "AVIF", quality=95, subsampling="4:4:4"),
    }
    files |= {f"jpeg.turned{n}": encoded(image, "JPEG", exif=with_orientation(n)) for n in range(1, 9)}
    tensors = {}
    for name, file in files.items():
        tensors[f"file.{name}"] = np.frombuffer(file, np.uint8)
        tensors[f"rgb.{name}"] = seen(file)
    # Pillow clips deep grey and cannot hold deep colour: what is seen is the upper byte.
    deep = (rgb.astype(np.uint16) << 8) + 77
    for name, pixels in {"png.deep_grey": deep[..., 1], "png.deep": deep[..., ::-1]}.items():
        tensors[f"file.{name}"] = np.frombuffer(cv2.imencode(".png", pixels)[1].tobytes(), np.uint8)
        upper = (pixels >> 8).astype(np.uint8)
        tensors[f"rgb.{name}"] = upper[..., ::-1] if upper.ndim == 3 else np.stack([upper] * 3, -1)
    white = Image.fromarray(np.full((8, 8, 4), 0, np.uint8), "CMYK")
    tensors["file.jpeg.cmyk_white"] = np.frombuffer(encoded(white, "JPEG"), np.uint8)
    tensors["rgb.jpeg.cmyk_white"] = np.full((8, 8, 3), 255, np.uint8)
    save_file({name: np.ascontiguousarray(t) for name, t in tensors.items()}, OUT, metadata={
        "reference": "PIL.Image.open", "version": f"Pillow {PIL.__version__}, OpenCV {cv2.__version__} (16 bit PNG)",
        "command": "python tools/golden/image.py",
        "tolerance": "0; with alpha 1; avif 2; 16 bit 1; CMYK white 4",
        "description": "file.KIND.NAME is the file's bytes, rgb.KIND.NAME its pixels [H, W, 3]"})
    print(OUT, Path(OUT).stat().st_size)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/image.safetensors")
if __name__ == "__main__":
    main()
