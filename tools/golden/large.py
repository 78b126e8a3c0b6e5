"""Makes tests/golden/large.safetensors: pictures of 3000 x 2000 pixels in few bytes, one of each way in which decoders hold
what they decode: line by line, or the whole of it."""

import io
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image
from safetensors.numpy import save_file

SIZE = (3000, 2000)


def main() -> None:
    plain = Image.new("RGB", SIZE, (60, 120, 200))
    turned = Image.Exif()
    turned[0x0112] = 6
    kinds = {
        "png": ("PNG", {}), "png.turned": ("PNG", {"exif": turned}),
        "jpeg": ("JPEG", {"optimize": True}), "jpeg.progressive": ("JPEG", {"progressive": True}), "jpeg.turned": ("JPEG", {"exif": turned, "optimize": True}),
        "webp.lossless": ("WEBP", {"lossless": True}), "webp.lossy": ("WEBP", {}), "gif": ("GIF", {}),
        "tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}), "avif": ("AVIF", {"speed": 10}),
    }
    tensors = {}
    for name, (kind, options) in kinds.items():
        file = io.BytesIO()
        plain.save(file, kind, **options)
        tensors[name] = np.frombuffer(file.getvalue(), np.uint8)
    tensors["png.interlaced"] = np.frombuffer(interlaced(), np.uint8)
    save_file(tensors, OUT, metadata={
        "reference": "none: only what decoding takes of memory is looked at", "version": f"Pillow {PIL.__version__}",
        "command": "python tools/golden/large.py", "tolerance": "0", "description": "NAME is the file's bytes"})
    print(OUT, Path(OUT).stat().st_size, {k: len(v) for k, v in tensors.items()})


def interlaced() -> bytes:
    """Pillow does not write Adam7: seven passes of rows, each filled with one colour."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = SIZE
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join((b"\0" + bytes((60, 120, 200)) * ((width - x + dx - 1) // dx)) * ((height - y + dy - 1) // dy)
                    for x, y, dx, dy in passes)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/large.safetensors")
if __name__ == "__main__":
    main()
