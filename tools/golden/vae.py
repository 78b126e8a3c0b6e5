"""Makes tests/golden/vae.safetensors: a tiny AutoencoderKL of diffusers, what it encodes and decodes, and the gradients
of some of its weights. Weights are stored under the names of LDM checkpoints."""

import re
import sys
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

LEVELS = 3


def ldm_name(name: str) -> str:
    """The name a weight of diffusers' VAE has in an LDM checkpoint."""
    name = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
    up = lambda part: lambda m: f"up.{LEVELS - 1 - int(m[1])}.{part}"
    name = re.sub(r"up_blocks\.(\d+)\.resnets", up("block"), name)
    name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", up("upsample"), name)
    name = name.replace("mid_block.attentions.0", "mid.attn_1")
    name = re.sub(r"mid_block\.resnets\.(\d+)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    for theirs, ours in {"conv_shortcut": "nin_shortcut", "group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v",
                         "to_out.0": "proj_out", "conv_norm_out": "norm_out"}.items():
        name = name.replace(f".{theirs}.", f".{ours}.")
    return name


def ldm_shape(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """Projections of the middle attention are 1 x 1 convolutions there."""
    return tensor[:, :, None, None] if "attn_1" in name and tensor.dim() == 2 else tensor


def main() -> None:
    torch.manual_seed(7)
    vae = AutoencoderKL(block_out_channels=(4, 8, 8), down_block_types=("DownEncoderBlock2D",) * LEVELS,
                        up_block_types=("UpDecoderBlock2D",) * LEVELS, layers_per_block=1, norm_num_groups=2,
                        latent_channels=4, sample_size=16)
    for weight in vae.parameters():  # norms start at 1 and 0: make every number count
        weight.data += 0.1 * torch.randn_like(weight)
    pixels = torch.rand(2, 3, 16, 24) * 2 - 1
    latents = torch.randn(2, 4, 4, 6)
    moments = vae.encode(pixels).latent_dist
    decoded = vae.decode(latents).sample
    encode_pull = torch.randn_like(moments.mean)
    decode_pull = torch.randn_like(decoded)
    ((moments.mean * encode_pull).sum() + (moments.std * encode_pull).sum() + (decoded * decode_pull).sum()).backward()

    tensors = {"pixels": pixels, "latents": latents, "mean": moments.mean, "logvar": moments.logvar,
               "deviation": moments.std, "decoded": decoded, "encode_pull": encode_pull, "decode_pull": decode_pull}
    for theirs, weight in vae.named_parameters():
        name = ldm_name(theirs)
        tensors[f"weight.{name}"] = ldm_shape(name, weight)
        if re.search(r"conv_in|attn_1\.[qv]\.|downsample|upsample|nin_shortcut|norm_out|quant_conv", name):
            tensors[f"grad.{name}"] = ldm_shape(name, weight.grad)
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, OUT, metadata={
        "reference": "diffusers.AutoencoderKL", "version": f"diffusers {diffusers.__version__}, torch {torch.__version__}",
        "command": "python tools/golden/vae.py", "tolerance": "2e-5 of the largest number",
        "spec": "widths 4 8 8, blocks 1, groups 2, latent channels 4"})


OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "vae.safetensors"
if __name__ == "__main__":
    sys.exit(main())
