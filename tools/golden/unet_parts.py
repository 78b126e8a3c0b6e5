"""Makes tests/golden/unet_parts.safetensors: the layers a UNet is made of, from diffusers: the timestep as sines, an
attention, a transformer, a residual block with and without a change of width, the ways down and up; inputs, outputs,
gradients."""

import sys
from pathlib import Path

import diffusers
import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.downsampling import Downsample2D
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.upsampling import Upsample2D
from safetensors.torch import save_file

RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
NAMES = {"time_embed": {"linear_1": "0", "linear_2": "2"}, "resnet": RESNET, "widening": RESNET,
         "down": {"conv": "op"}}


class TimeEmbed(TimestepEmbedding):
    def forward(self, timesteps):
        return super().forward(Timesteps(8, flip_sin_to_cos=True, downscale_freq_shift=0)(timesteps))


def parts() -> dict:
    """{part: (layer, its inputs)}; the second input of some is the time or the text."""
    image, tokens, text, time = torch.randn(2, 8, 6, 5), torch.randn(2, 7, 8), torch.randn(2, 5, 6), torch.randn(2, 12)
    return {
        "time_embed": (TimeEmbed(8, 32), (torch.tensor([0, 417, 999]),)),
        "attention": (Attention(8, cross_attention_dim=6, heads=2, dim_head=4), (tokens, text)),
        "transformer": (Transformer2DModel(2, 4, in_channels=8, num_layers=2, norm_num_groups=4,
                                           cross_attention_dim=6), (image, text)),
        "resnet": (ResnetBlock2D(in_channels=8, temb_channels=12, groups=4, eps=1e-5), (image, time)),
        "widening": (ResnetBlock2D(in_channels=8, out_channels=12, temb_channels=12, groups=4, eps=1e-5), (image, time)),
        "down": (Downsample2D(8, use_conv=True, padding=1, name="op"), (image,)),
        "up": (Upsample2D(8, use_conv=True), (image,)),
    }


def ldm_name(part: str, name: str) -> str:
    head, _, rest = name.partition(".")
    return f"{part}.{NAMES.get(part, {}).get(head, head)}.{rest}"


def main() -> None:
    torch.manual_seed(5)
    tensors = {"sinusoids": Timesteps(8, flip_sin_to_cos=True, downscale_freq_shift=0)(torch.tensor([0, 417, 999]))}
    for part, (layer, inputs) in parts().items():
        for weight in layer.parameters():
            weight.data += 0.1 * torch.randn_like(weight)
        inputs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
        out = layer(*inputs)
        out = out.sample if hasattr(out, "sample") else out
        pull = torch.randn_like(out)
        (out * pull).sum().backward()
        tensors |= {f"{part}.out": out, f"{part}.pull": pull}
        for i, x in enumerate(inputs):
            tensors[f"{part}.in{i}"] = x
            if x.grad is not None:
                tensors[f"{part}.in{i}_grad"] = x.grad
        for name, weight in layer.named_parameters():
            tensors[f"weight.{ldm_name(part, name)}"] = weight
            tensors[f"grad.{ldm_name(part, name)}"] = weight.grad
    out = Path(__file__).parents[2] / "tests" / "golden" / "unet_parts.safetensors"
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, out, metadata={
        "reference": "diffusers' layers", "command": f"python tools/golden/{Path(sys.argv[0]).name}",
        "version": f"diffusers {diffusers.__version__}, torch {torch.__version__}",
        "tolerance": "1e-5 of the largest number"})
    print(out.name, out.stat().st_size)
    assert out.stat().st_size < 256_000


main()
