"""Makes tests/golden/ten_steps_sdxl.safetensors and ten_steps_sdxl_model.safetensors: as ten_steps.py does for Stable Diffusion
1.x, a tiny SDXL of diffusers and transformers, with a LoRA of peft in both text encoders and in the UNet where kohya puts one,
trained for ten steps. Holds the draws, the sizes told, the gradients of the first step, every loss, and the LoRA in the end."""

import diffusers
import peft
import torch
import transformers
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.optimization import get_scheduler

from golden import save
from sdxl import UNET, caption_ids, make_towers, read, shaken, tower_weights
from ten_steps import ALPHA, BATCH, LR_TEXT, LR_UNET, MAX_NORM, SIDE, STEPS, TARGETS_TEXT, TARGETS_UNET, WARMUP, lora_tensors, \
    with_lora
from unet import renamed

SMALL = dict(UNET, block_out_channels=(4, 8), attention_head_dim=(1, 2), transformer_layers_per_block=(1, 2),
             down_block_types=UNET["down_block_types"][:2], up_block_types=UNET["up_block_types"][1:])


def draw() -> dict:
    shape = (STEPS, BATCH, 4, SIDE, SIDE)
    ids = caption_ids(STEPS, BATCH)
    return {"ids.0": ids[0], "ids.1": ids[1], "latents": torch.randn(shape), "noise": torch.randn(shape),
            "timesteps": torch.randint(0, 1000, (STEPS, BATCH)), "sizes": torch.randint(0, 2000, (STEPS, BATCH, 6)).float()}


def sai_names(lora: dict, unet) -> dict:
    """{kohya's name for SDXL: parameter}: made of the path in the checkpoint."""
    paths = {theirs.rpartition(".")[0].replace(".", "_"): ours.rpartition(".")[0].replace(".", "_")
             for theirs, ours in renamed(unet).items()}
    found = {}
    for name, weight in lora.items():
        layer, _, kind = name.removeprefix("lora_unet_").partition(".")
        found[f"lora_unet_{paths[layer]}.{kind}"] = weight
    return found


def loss_of(unet, towers, scheduler, draws: dict) -> torch.Tensor:
    context, pooled = read(towers, (draws["ids.0"], draws["ids.1"]))
    noisy = scheduler.add_noise(draws["latents"], draws["noise"], draws["timesteps"])
    guess = unet(noisy, draws["timesteps"], context, added_cond_kwargs={"text_embeds": pooled, "time_ids": draws["sizes"]}).sample
    return torch.nn.functional.mse_loss(guess, draws["noise"])


def train(unet, towers, lora: dict, draws: dict) -> dict:
    scheduler = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False)
    text = [weight for name, weight in lora.items() if name.startswith("lora_te")]
    rest = [weight for name, weight in lora.items() if name.startswith("lora_unet")]
    optimizer = torch.optim.AdamW([{"params": text, "lr": LR_TEXT}, {"params": rest, "lr": LR_UNET}], foreach=False)
    rates = get_scheduler("cosine", optimizer, num_warmup_steps=WARMUP, num_training_steps=STEPS)
    losses, norms, tensors = [], [], {}
    for step in range(STEPS):
        loss = loss_of(unet, towers, scheduler, {key: value[step] for key, value in draws.items()})
        loss.backward()
        if step == 0:  # the last layer of the first text encoder has no say in anything
            tensors |= {f"grad.{name}": weight.grad.clone() for name, weight in lora.items() if weight.grad is not None}
        norms.append(torch.nn.utils.clip_grad_norm_([*text, *rest], MAX_NORM))
        optimizer.step()
        rates.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    return tensors | {"losses": torch.stack(losses), "norms": torch.stack(norms)} | {
        f"end.{name}": weight for name, weight in lora.items()}


def main() -> None:
    torch.manual_seed(23)
    plain, towers = shaken(UNet2DConditionModel(**SMALL)), make_towers()
    names = renamed(plain)
    weights = {f"unet.{names[name]}": weight.bfloat16() for name, weight in plain.state_dict().items()}
    versions = [diffusers, transformers, peft, torch]
    save("ten_steps_sdxl_model", weights | tower_weights(towers),
         "diffusers.UNet2DConditionModel, transformers.CLIPTextModel and CLIPTextModelWithProjection", versions, "none")

    unet, towers = with_lora(plain, TARGETS_UNET), [with_lora(tower, TARGETS_TEXT) for tower in towers]
    lora = {}
    for i, tower in enumerate(towers):
        lora |= lora_tensors(tower, f"lora_te{i + 1}")
    lora |= sai_names(lora_tensors(unet, "lora_unet"), plain)
    draws = draw()
    tensors = draws | {f"start.{name}": weight.detach().clone() for name, weight in lora.items()}
    tensors |= train(unet, towers, lora, draws)
    save("ten_steps_sdxl", tensors, "diffusers, transformers and peft, trained with torch.optim.AdamW", versions,
         "1e-4 of the largest", alpha=str(ALPHA))


if __name__ == "__main__":
    main()
