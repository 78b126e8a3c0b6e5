"""Makes tests/golden/unet.safetensors, unet_lora.safetensors and unet_keys.safetensors: a tiny UNet2DConditionModel of
diffusers on latents that halve evenly and on odd ones, with gradients of the inputs and of some weights; the same with
a LoRA of peft in every layer that kohya trains, and the LoRA's gradients; and what diffusers calls every weight of
Stable Diffusion 1.5. Weights are bfloat16 numbers, computed with as float32, under the names of LDM checkpoints."""

import re
import sys
from pathlib import Path

import diffusers
import peft
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
from safetensors.torch import save_file

TINY = dict(block_out_channels=(8, 8, 12), layers_per_block=1, cross_attention_dim=6, attention_head_dim=2,
            norm_num_groups=4, sample_size=8, transformer_layers_per_block=(1, 2, 1),
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"))
RANK, ALPHA = 2, 3
SD15 = dict(cross_attention_dim=768, attention_head_dim=8, sample_size=64)
RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
ENDS = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
        "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
        "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
        "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
        "mid_block.resnets.1": "middle_block.2"}


def ldm_name(name: str, config) -> str:
    """The name a weight of diffusers' UNet has in an LDM checkpoint, below model.diffusion_model."""
    step = config.layers_per_block + 1
    for theirs, ours in ENDS.items():
        name = re.sub(rf"^{re.escape(theirs)}\.", f"{ours}.", name)
    name = re.sub(r"^down_blocks\.(\d+)\.resnets\.(\d+)",
                  lambda m: f"input_blocks.{int(m[1]) * step + int(m[2]) + 1}.0", name)
    name = re.sub(r"^down_blocks\.(\d+)\.attentions\.(\d+)",
                  lambda m: f"input_blocks.{int(m[1]) * step + int(m[2]) + 1}.1", name)
    name = re.sub(r"^down_blocks\.(\d+)\.downsamplers\.0\.conv",
                  lambda m: f"input_blocks.{(int(m[1]) + 1) * step}.0.op", name)
    name = re.sub(r"^up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"output_blocks.{int(m[1]) * step + int(m[2])}.0", name)
    name = re.sub(r"^up_blocks\.(\d+)\.attentions\.(\d+)",
                  lambda m: f"output_blocks.{int(m[1]) * step + int(m[2])}.1", name)
    place = lambda level: 2 if "CrossAttn" in config.up_block_types[level] else 1
    name = re.sub(r"^up_blocks\.(\d+)\.upsamplers\.0",
                  lambda m: f"output_blocks.{int(m[1]) * step + step - 1}.{place(int(m[1]))}", name)
    for theirs, ours in RESNET.items():
        name = re.sub(rf"^((?:input_blocks|output_blocks)\.\d+\.0|middle_block\.[02])\.{theirs}\.", rf"\1.{ours}.", name)
    return name


def renamed(unet: UNet2DConditionModel) -> dict:
    """{name in diffusers: name in LDM}, checked against diffusers' own converter."""
    names = {name: ldm_name(name, unet.config) for name in unet.state_dict()}
    checkpoint = {f"model.diffusion_model.{ours}": theirs for theirs, ours in names.items()}
    assert len(checkpoint) == len(names)
    converted = convert_ldm_unet_checkpoint(dict(checkpoint), dict(unet.config))
    assert converted == {theirs: theirs for theirs in names}, "diffusers converts otherwise"
    return names


def run(unet, tensors: dict, case: str, sizes: tuple, timesteps: list) -> None:
    noisy = torch.randn(sizes, requires_grad=True)
    context = torch.randn(sizes[0], 5, TINY["cross_attention_dim"], requires_grad=True)
    steps = torch.tensor(timesteps)
    guess = unet(noisy, steps, context).sample
    pull = torch.randn_like(guess)
    (guess * pull).sum().backward()
    tensors |= {f"{case}.noisy": noisy, f"{case}.timesteps": steps, f"{case}.context": context, f"{case}.guess": guess,
                f"{case}.pull": pull, f"{case}.noisy_grad": noisy.grad, f"{case}.context_grad": context.grad}


def run_lora(unet) -> dict:
    """Tensors and gradients under kohya's names: lora_unet_ and diffusers' path with underscores."""
    transformer = r".*attentions\.\d+\.(proj_in|proj_out|.*(to_q|to_k|to_v|to_out\.0|ff\.net\.0\.proj|ff\.net\.2))"
    config = peft.LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=transformer)
    model = peft.get_peft_model(unet, config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    tensors = {}
    run(model, tensors, "lora", (2, 4, 8, 8), [40, 620])
    for name, weight in model.named_parameters():
        if "lora_" in name:
            layer, _, kind = name.removeprefix("base_model.model.").rpartition(".lora_")
            theirs = f"lora_unet_{layer.replace('.', '_')}.lora_{'down' if kind.startswith('A') else 'up'}.weight"
            tensors |= {theirs: weight, f"grad.{theirs}": weight.grad}
    return tensors


def save(name: str, tensors: dict, tolerance: str) -> None:
    out = Path(__file__).parents[2] / "tests" / "golden" / f"{name}.safetensors"
    save_file({key: tensor.detach().contiguous().clone() for key, tensor in tensors.items()}, out, metadata={
        "reference": "diffusers.UNet2DConditionModel", "command": f"python tools/golden/{Path(sys.argv[0]).name}",
        
        "version": f"diffusers {diffusers.__version__}, peft {peft.__version__}, torch {torch.__version__}", "tolerance": tolerance, "alpha": str(ALPHA)})
    print(out.name, out.stat().st_size)
    assert out.stat().st_size < 256_000


def main() -> None:
    torch.manual_seed(11)
    unet = UNet2DConditionModel(**TINY)
    for weight in unet.parameters():  # norms start at 1 and 0: make every number count
        weight.data = (weight.data + 0.1 * torch.randn_like(weight)).bfloat16().float()
    names = renamed(unet)
    tensors = {f"weight.{names[name]}": weight.bfloat16() for name, weight in unet.state_dict().items()}
    run(unet, tensors, "even", (2, 4, 8, 8), [3, 871])
    for name, weight in unet.named_parameters():
        if re.search(r"conv_in|time_embedding.linear_2|attn2.to_k|ff.net.0|proj_in|norm3|upsamplers|shortcut", name):
            tensors[f"grad.{names[name]}"] = weight.grad.clone()
    run(unet, tensors, "odd", (1, 4, 7, 10), [500])
    save("unet", tensors, "2e-5 of the largest number")

    save("unet_lora", run_lora(unet), "2e-5 of the largest number")

    with torch.device("meta"):
        full = UNet2DConditionModel(**SD15)
    pairs = "".join(f"{ours} {theirs}\n" for theirs, ours in sorted(renamed(full).items()))
    save("unet_keys", {"pairs": torch.frombuffer(bytearray(pairs.encode()), dtype=torch.uint8)}, "none: names")


if __name__ == "__main__":
    main()
