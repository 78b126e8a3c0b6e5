"""What the makers of golden files share: where the files go and what their metadata tell."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
LIMIT_BYTES = 256 * 1024


def save(name: str, tensors: dict, reference: str, versions: list, tolerance: str, **more: str) -> None:
    """Writes tests/golden/<name>.safetensors."""
    metadata = {
        "reference": reference,
        "version": ", ".join(f"{module.__name__} {module.__version__}" for module in versions),
        "command": f"python tools/golden/{Path(sys.argv[0]).name}",
        "tolerance": tolerance,
        **more,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.safetensors"
    save_file({key: tensor.detach().contiguous().clone() for key, tensor in tensors.items()}, path, metadata)
    assert path.stat().st_size < LIMIT_BYTES, f"{path} has {path.stat().st_size} bytes"
    print(path, path.stat().st_size, "bytes")
