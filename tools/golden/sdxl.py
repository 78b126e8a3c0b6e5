"""Makes the golden files of SDXL on tiny widths: clip_text_sdxl.safetensors (both towers, as diffusers' pipeline reads them),
unet_sdxl.safetensors (with the vector of pooled caption and sizes, and gradients) and sdxl_keys.safetensors (a digest of what
diffusers calls every weight of the full UNet). Weights are bfloat16 numbers, computed with as float32, under the names that
checkpoints of SDXL have, which diffusers' own converters are asked about."""

import copy
import hashlib
import re

import diffusers
import torch
import transformers
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_open_clip_checkpoint
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from golden import save
from unet import renamed

SIZES = 6
TEXT = dict(vocab_size=20, max_position_embeddings=6, bos_token_id=18, eos_token_id=19)
FIRST = dict(TEXT, hidden_size=4, intermediate_size=8, num_hidden_layers=2, num_attention_heads=2, hidden_act="quick_gelu")
SECOND = dict(TEXT, hidden_size=8, intermediate_size=12, num_hidden_layers=3, num_attention_heads=2, hidden_act="gelu",
              projection_dim=6)
UNET = dict(block_out_channels=(4, 8, 8), layers_per_block=1, cross_attention_dim=12, attention_head_dim=(1, 2, 2),
            norm_num_groups=4, sample_size=8, transformer_layers_per_block=(1, 1, 2), use_linear_projection=True,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), addition_embed_type="text_time",
            addition_time_embed_dim=4, projection_class_embeddings_input_dim=6 + SIZES * 4)
FULL = dict(block_out_channels=(320, 640, 1280), layers_per_block=2, cross_attention_dim=2048, attention_head_dim=(5, 10, 20),
            sample_size=128, transformer_layers_per_block=(1, 2, 10), use_linear_projection=True,
            down_block_types=UNET["down_block_types"], up_block_types=UNET["up_block_types"], addition_embed_type="text_time",
            addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816)
TOLERANCE = "2e-5 of the largest number"


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    for weight in model.parameters():  # norms start at 1 and 0: make every number count
        weight.data = (weight.data + 0.2 * torch.randn_like(weight)).bfloat16().float()
    return model.train(False)


def open_clip(text: CLIPTextModelWithProjection) -> dict:
    """Its weights by OpenCLIP's names, with q, k and v in one tensor; checked against diffusers' own converter."""
    ours, state = {}, text.state_dict()
    ends = {"embeddings.token_embedding.weight": "token_embedding.weight",
            "embeddings.position_embedding.weight": "positional_embedding"}
    for name, weight in state.items():
        name = name.removeprefix("text_model.")
        if name == "text_projection.weight":
            ours["text_projection"] = weight.T.contiguous()
        elif name in ends:
            ours[ends[name]] = weight
        elif name.startswith("final_layer_norm"):
            ours[name.replace("final_layer_norm", "ln_final")] = weight
        elif (found := re.match(r"encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)", name)):
            parts = [state[f"text_model.{name.replace('q_proj', f'{kind}_proj')}"] for kind in "qkv"]
            ours[f"transformer.resblocks.{found[1]}.attn.in_proj_{found[2]}"] = torch.cat(parts)
        elif not re.search(r"(k|v)_proj|position_ids", name):
            for theirs, other in (("encoder.layers", "transformer.resblocks"), ("layer_norm", "ln_"), ("mlp.fc1", "mlp.c_fc"),
                                  ("mlp.fc2", "mlp.c_proj"), ("self_attn.out_proj", "attn.out_proj")):
                name = name.replace(theirs, other)
            ours[name] = weight
    prefix = "conditioner.embedders.1.model."
    back = convert_open_clip_checkpoint(text, {prefix + name: weight for name, weight in ours.items()}, prefix=prefix)
    for name, weight in state.items():
        assert name.endswith("position_ids") or torch.equal(back[name], weight), name
    return ours


def make_towers():
    return shaken(CLIPTextModel(CLIPTextConfig(**FIRST))), shaken(CLIPTextModelWithProjection(CLIPTextConfig(**SECOND)))


def read(towers, ids: tuple):
    """Context and pooled vector, as StableDiffusionXLPipeline.encode_prompt puts them together."""
    first, second = (tower(one, output_hidden_states=True) for tower, one in zip(towers, ids))
    return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], -1), second[0]


def tower_weights(towers) -> dict:
    weights = {f"text.0.{name}": weight.bfloat16() for name, weight in towers[0].named_parameters()}
    return weights | {f"text.1.{name}": weight.bfloat16() for name, weight in open_clip(towers[1]).items()}


def caption_ids(*shape: int) -> tuple:
    """Two captions in words; the first tower fills up with ends, the second with 0."""
    first = torch.randint(1, 18, (*shape, TEXT["max_position_embeddings"]))
    first[..., 0], first[..., -1] = TEXT["bos_token_id"], TEXT["eos_token_id"]
    first[..., 0, 3:] = TEXT["eos_token_id"]
    second = first.clone()
    second[..., 0, 4:] = 0
    return first, second


def clip_text() -> None:
    towers, ids = make_towers(), caption_ids(2)
    context, pooled = read(towers, ids)
    pull, pull_pooled = torch.randn_like(context), torch.randn_like(pooled)
    ((context * pull).sum() + (pooled * pull_pooled).sum()).backward()
    tensors = tower_weights(towers) | {"ids.0": ids[0], "ids.1": ids[1], "context": context, "pooled": pooled, "pull": pull,
                                       "pull_pooled": pull_pooled}
    for name in ("encoder.layers.0.mlp.fc1.weight", "encoder.layers.2.mlp.fc2.weight", "encoder.layers.1.self_attn.v_proj.bias"):
        tensors[f"grad.1.text_model.{name}"] = dict(towers[1].named_parameters())[f"text_model.{name}"].grad
    tensors["grad.1.text_projection"] = towers[1].text_projection.weight.grad.T
    save("clip_text_sdxl", tensors, "transformers.CLIPTextModel and CLIPTextModelWithProjection", [transformers, torch], TOLERANCE)


def unet() -> None:
    model = shaken(UNet2DConditionModel(**UNET))
    names = renamed(model)
    tensors = {f"weight.{names[name]}": weight.bfloat16() for name, weight in model.state_dict().items()}
    noisy, context = torch.randn(2, 4, 8, 8, requires_grad=True), torch.randn(2, 6, 12, requires_grad=True)
    pooled = torch.randn(2, 6, requires_grad=True)
    sizes = torch.tensor([[1080., 1920, 0, 10, 768, 1344], [640, 480, 16, 0, 896, 1152]])
    steps = torch.tensor([3, 871])
    vector = []
    model.add_embedding.register_forward_pre_hook(lambda _, inputs: vector.append(inputs[0].detach()))
    guess = model(noisy, steps, context, added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes}).sample
    pull = torch.randn_like(guess)
    (guess * pull).sum().backward()
    tensors |= {"noisy": noisy, "timesteps": steps, "context": context, "pooled": pooled, "sizes": sizes, "vector": vector[0],
                "guess": guess, "pull": pull, "noisy_grad": noisy.grad, "context_grad": context.grad,
                "pooled_grad": pooled.grad}
    for name, weight in model.named_parameters():
        if re.search(r"add_embedding|attn2.to_k|proj_in.weight|proj_out.bias|upsamplers", name):
            tensors[f"grad.{names[name]}"] = weight.grad
    save("unet_sdxl", tensors, "diffusers.UNet2DConditionModel", [diffusers, torch], TOLERANCE)


def keys() -> None:
    with torch.device("meta"):
        full = UNet2DConditionModel(**FULL)
    pairs = sorted((ours, theirs) for theirs, ours in renamed(full).items())
    digest = hashlib.sha256("".join(f"{ours} {theirs}\n" for ours, theirs in pairs).encode()).hexdigest()
    numbers = sum(weight.numel() for weight in full.parameters())
    save("sdxl_keys", {"counts": torch.tensor([len(pairs), numbers])}, "diffusers.UNet2DConditionModel", [diffusers, torch],
         "none: names", pairs_sha256=digest)


def main() -> None:
    torch.manual_seed(17)
    clip_text()
    unet()
    keys()


if __name__ == "__main__":
    main()
