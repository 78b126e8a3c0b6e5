"""Makes tests/golden/lora_file.safetensors: a LoRA in kohya's layout, and the bytes that the safetensors package writes
for it in float16 with one entry of metadata. (With more entries the package writes them in any order.) The hashes are
those of sd-scripts: of what follows the header, and of 64 KiB from 1 MiB on, here of a file that is long enough."""

import hashlib

import safetensors
import torch
from safetensors.torch import save as to_bytes

from golden import save

RANK, ALPHA = 2, 1.5
LAYERS = {
    "lora_te_text_model_encoder_layers_0_mlp_fc1": ((RANK, 6), (8, RANK)),
    "lora_unet_down_blocks_0_attentions_0_proj_in": ((RANK, 6, 1, 1), (6, RANK, 1, 1)),
    "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q": ((RANK, 6), (6, RANK)),
}


def main() -> None:
    torch.manual_seed(1)
    lora = {}
    for name, (down, up) in LAYERS.items():
        lora[f"{name}.lora_down.weight"] = torch.randn(down)
        lora[f"{name}.lora_up.weight"] = torch.randn(up)
        lora[f"{name}.alpha"] = torch.tensor(ALPHA)
    halves = {key: tensor.to(torch.float16) for key, tensor in lora.items()}
    bytes_of_file = to_bytes(halves, {"ss_network_dim": str(RANK)})
    header_size = int.from_bytes(bytes_of_file[:8], "little")
    large = to_bytes({"a": torch.arange(300_000, dtype=torch.float32), "b": torch.arange(7)}, {"ss_network_dim": "2"})
    save("lora_file", lora | {"file": torch.frombuffer(bytearray(bytes_of_file), dtype=torch.uint8)},
         "safetensors.torch.save; hash as sd-scripts' addnet_hash_safetensors", [safetensors, torch], "exact",
         model_hash=hashlib.sha256(bytes_of_file[8 + header_size:]).hexdigest(),
         legacy_hash_of_large=hashlib.sha256(large[0x100000:0x110000]).hexdigest()[:8],
         legacy_hash=hashlib.sha256(bytes_of_file[0x100000:0x110000]).hexdigest()[:8])


main()
