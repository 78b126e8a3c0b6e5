"""Makes tests/golden/safetensors_file.safetensors: whole files as the safetensors package writes them, kept as bytes.
Metadata has one key at most in each, since the package writes several in no fixed order."""

import sys
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save, save_file


def as_bytes(file: bytes) -> torch.Tensor:
    return torch.frombuffer(bytearray(file), dtype=torch.uint8)


def main() -> None:
    torch.manual_seed(3)
    types = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
             torch.int8, torch.uint8, torch.bool, torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn,
             torch.float8_e5m2]
    every = {}
    for i, dtype in enumerate(types):
        numbers = torch.randint(0, 2, (2, 3)) * (i + 1)
        every[f"a.{len(types) - i:02d}"] = numbers.to(dtype)
        every[f"b.{i:02d}"] = torch.zeros(1).to(dtype)
    odd = {"scalar": torch.tensor(1.5), "empty": torch.zeros(0, 4), 'a "quoted" name': torch.ones(1),
           "größe/鸚鵡": torch.ones(2), "tab\tback\\slash": torch.ones(3), "": torch.ones(1)}
    lora = {f"lora_unet_{i}.{part}": torch.randn(2, 2, dtype=torch.float16) for i in range(12)
            for part in ("lora_down.weight", "lora_up.weight")} | {
            f"lora_unet_{i}.alpha": torch.tensor(1.0, dtype=torch.float32) for i in range(12)}
    save_file({
        "every_dtype": as_bytes(save(every)), "odd_names": as_bytes(save(odd, {"note": 'line\nand "quote"\x01 ü'})),
        "lora": as_bytes(save(lora, {"ss_network_dim": "2"})), "nothing": as_bytes(save({})),
    }, OUT, metadata={
        "reference": "safetensors.torch.save", "version": f"safetensors {safetensors.__version__}",
        "command": "python tools/golden/safetensors_file.py", "tolerance": "0"})
    print(OUT, Path(OUT).stat().st_size)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/safetensors_file.safetensors")
if __name__ == "__main__":
    main()
