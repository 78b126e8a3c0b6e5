"""Makes tests/golden/ten_steps.safetensors and ten_steps_model.safetensors: a tiny UNet of diffusers and a tiny text encoder
of transformers, each with a LoRA of peft where kohya puts one, trained for ten steps with and without min-SNR. Holds the
draws, the gradients of the first step for every LoRA tensor, every loss and what the LoRA is in the end. Weights of the
models are bfloat16 numbers, computed with as float32, under the names of LDM checkpoints; LoRA tensors are under kohya's."""

import copy

import diffusers
import peft
import torch
import transformers
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.optimization import get_scheduler
from diffusers.training_utils import compute_snr
from peft import LoraConfig, get_peft_model
from transformers import CLIPTextConfig, CLIPTextModel

from golden import save
from unet import renamed

STEPS, BATCH, SIDE = 10, 2, 8
RANK, ALPHA = 2, 1.0
LR_UNET, LR_TEXT, WARMUP, MAX_NORM, GAMMA = 0.005, 0.002, 2, 0.2, 5.0
UNET = dict(block_out_channels=(8, 8), layers_per_block=1, cross_attention_dim=8, attention_head_dim=2, norm_num_groups=4,
            sample_size=SIDE, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
TEXT = dict(vocab_size=20, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=6, hidden_act="quick_gelu", bos_token_id=18, eos_token_id=19)
TARGETS_UNET = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
TARGETS_TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    for weight in model.parameters():  # norms start at 1 and 0: make every number count
        weight.data = (weight.data + 0.2 * torch.randn_like(weight)).bfloat16().float()
    return model


def with_lora(model: torch.nn.Module, targets: list) -> torch.nn.Module:
    model = get_peft_model(copy.deepcopy(model), LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets))
    for name, weight in model.named_parameters():
        if "lora_B" in name:  # a fresh one has gradients on one side alone
            torch.nn.init.normal_(weight, std=0.3)
    return model


def lora_tensors(model: torch.nn.Module, prefix: str) -> dict:
    """{kohya's name: parameter}"""
    found = {}
    for name, weight in model.named_parameters():
        if not weight.requires_grad:
            continue
        path, end = name.removeprefix("base_model.model.").split(".lora_")
        kind = {"A": "lora_down", "B": "lora_up"}[end[0]]
        found[f"{prefix}_{path.replace('.', '_')}.{kind}.weight"] = weight
    return found


def draw() -> dict:
    ids = torch.randint(0, 18, (STEPS, BATCH, TEXT["max_position_embeddings"]))
    ids[:, :, 0], ids[:, :, -1] = TEXT["bos_token_id"], TEXT["eos_token_id"]
    shape = (STEPS, BATCH, 4, SIDE, SIDE)
    return {"ids": ids, "latents": torch.randn(shape), "noise": torch.randn(shape),
            "timesteps": torch.randint(0, 1000, (STEPS, BATCH))}


def loss_of(unet, text, scheduler, ids, latents, noise, timesteps, gamma) -> torch.Tensor:
    guess = unet(scheduler.add_noise(latents, noise, timesteps), timesteps, text(ids).last_hidden_state).sample
    loss = torch.nn.functional.mse_loss(guess, noise, reduction="none").mean(dim=(1, 2, 3))
    if gamma:
        snr = compute_snr(scheduler, timesteps)
        loss = loss * snr.clamp(max=gamma) / snr
    return loss.mean()


def train(unet, text, draws: dict, gamma) -> dict:
    scheduler = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False)
    lora = {"text": lora_tensors(text, "lora_te"), "unet": lora_tensors(unet, "lora_unet")}
    parameters = lora["text"] | lora["unet"]
    optimizer = torch.optim.AdamW([{"params": list(lora["text"].values()), "lr": LR_TEXT},
                                   {"params": list(lora["unet"].values()), "lr": LR_UNET}], foreach=False)
    rates = get_scheduler("cosine", optimizer, num_warmup_steps=WARMUP, num_training_steps=STEPS)
    losses, norms, tensors = [], [], {}
    for step in range(STEPS):
        loss = loss_of(unet, text, scheduler, **{key: value[step] for key, value in draws.items()}, gamma=gamma)
        loss.backward()
        if step == 0:
            tensors |= {f"grad.{name}": weight.grad.clone() for name, weight in parameters.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), MAX_NORM))
        optimizer.step()
        rates.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    return tensors | {"losses": torch.stack(losses), "norms": torch.stack(norms)} | {
        f"end.{name}": weight for name, weight in parameters.items()}


def main() -> None:
    torch.manual_seed(3)
    unet, text = shaken(UNet2DConditionModel(**UNET)), shaken(CLIPTextModel(CLIPTextConfig(**TEXT)))
    names = renamed(unet)
    weights = {f"unet.{names[name]}": weight.bfloat16() for name, weight in unet.state_dict().items()}
    weights |= {f"text.{name}": weight.bfloat16() for name, weight in text.named_parameters()}
    versions = [diffusers, transformers, peft, torch]
    save("ten_steps_model", weights, "diffusers.UNet2DConditionModel, transformers.CLIPTextModel", versions, "none")

    unet, text = with_lora(unet, TARGETS_UNET), with_lora(text, TARGETS_TEXT)
    start = lora_tensors(text, "lora_te") | lora_tensors(unet, "lora_unet")
    draws = draw()
    tensors = draws | {f"start.{name}": weight for name, weight in start.items()}
    for run, gamma in (("plain", None), ("min_snr", GAMMA)):
        found = train(copy.deepcopy(unet), copy.deepcopy(text), draws, gamma)
        tensors |= {f"{run}.{name}": tensor for name, tensor in found.items()}
    save("ten_steps", tensors, "diffusers, transformers and peft, trained with torch.optim.AdamW", versions,
         "1e-4 of the largest", alpha=str(ALPHA), gamma=str(GAMMA))


if __name__ == "__main__":
    main()
