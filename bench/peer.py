"""The peer: the training loop of `lorikeet train`, written as a careful person would with diffusers and peft.

    peer.py --checkpoint FILE --pictures FOLDER --vocabulary FILE [--steps N ...]

Same weights, pictures, targets (kohya's: 192 layers of SD 1.5's UNet, 72 of its text tower), rank, optimizer, precision
and threads; latents are worked out once, as there, in float32. Prints lines of JSON: the pictures cached (all but the
first, which pays for what is set up) and the seconds that took; then for each step its number, loss, seconds since the
process began, seconds of the step. With --flops the last step's arithmetic is counted, which makes it slower.
"""

import argparse
import json
import os
import time
from contextlib import nullcontext
from pathlib import Path

UNET_TARGETS = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


def seconds_alive():
    """Since the kernel started this process, so that Python's own start counts."""
    started = float(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return float(Path("/proc/uptime").read_text().split()[0]) - started


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--pictures", required=True, type=Path)
    parser.add_argument("--vocabulary", required=True)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="bfloat16")
    parser.add_argument("--flops", action="store_true")
    return parser.parse_args()


ARGUMENTS = read_arguments()  # before the imports: --help answers at once

import torch  # noqa: E402
from checkpoint import load, tokenizer  # noqa: E402
from diffusers import DDPMScheduler  # noqa: E402
from peft import LoraConfig  # noqa: E402
from PIL import Image  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402


def read_pictures(folder, size):
    """[-1, 1] pictures [N, 3, size, size] and their captions."""
    files = sorted(folder.glob("*.png"))
    pixels = [torch.frombuffer(bytearray(Image.open(f).convert("RGB").tobytes()), dtype=torch.uint8) for f in files]
    pictures = torch.stack([p.view(size, size, 3).permute(2, 0, 1) for p in pixels]).float() / 127.5 - 1
    return pictures, [f.with_suffix(".txt").read_text().strip() for f in files]


@torch.no_grad()
def cache_latents(vae, pictures):
    vae.float()
    moments, began = [], None
    for picture in pictures:
        moments.append(vae.encode(picture[None]).latent_dist)
        began = began or time.perf_counter()
    print(json.dumps({"cached": len(pictures) - 1, "cache_seconds": time.perf_counter() - began}), flush=True)
    return torch.cat([m.mean for m in moments]), torch.cat([m.std for m in moments])


def add_lora(model, targets, rank):
    """Rank-`rank` float32 adapters on every target; the model itself stays frozen. Returns their weights."""
    model.add_adapter(LoraConfig(r=rank, lora_alpha=rank / 2, target_modules=targets))
    weights = [p for p in model.parameters() if p.requires_grad]
    for weight in weights:
        weight.data = weight.data.float()
    return weights


def prepare(arguments):
    dtype = getattr(torch, arguments.precision)
    unet, vae, text, metadata = load(arguments.checkpoint)
    words = tokenizer(arguments.vocabulary)
    pictures, captions = read_pictures(arguments.pictures, arguments.size)
    latents = cache_latents(vae, pictures)
    unet.to(dtype), text.to(dtype)
    groups = [
        {"params": add_lora(text, TEXT_TARGETS, arguments.rank), "lr": 5e-5},
        {"params": add_lora(unet, UNET_TARGETS, arguments.rank), "lr": 1e-4},
    ]
    counts = [len(group["params"]) // 2 for group in groups]
    print(json.dumps({"modules_text": counts[0], "modules_unet": counts[1]}), flush=True)
    unet.train(), text.train()
    facts = {"scale": float(vae.config.scaling_factor), "velocity": metadata.get("modelspec.prediction_type") == "v"}
    return unet, text, words, latents, captions, facts, groups


def train(arguments):
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    unet, text, words, (mean, std), captions, facts, groups = prepare(arguments)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    weights = [w for group in groups for w in group["params"]]
    noiser = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)
    dtype = getattr(torch, arguments.precision)

    def one_step(step):
        chosen = [(step * arguments.batch + n) % len(captions) for n in range(arguments.batch)]
        latents = (mean[chosen] + std[chosen] * torch.randn_like(mean[chosen])) * facts["scale"]
        noise = torch.randn_like(latents)
        timesteps = torch.randint(0, 1000, (arguments.batch,))
        noisy = noiser.add_noise(latents, noise, timesteps)
        ids = words([captions[n] for n in chosen], padding="max_length", truncation=True, return_tensors="pt").input_ids
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            context = text(ids).last_hidden_state
            guess = unet(noisy, timesteps, context).sample
        target = noiser.get_velocity(latents, noise, timesteps) if facts["velocity"] else noise
        loss = torch.nn.functional.mse_loss(guess.float(), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss

    for step in range(arguments.steps):
        counter = FlopCounterMode(display=False) if arguments.flops and step + 1 == arguments.steps else nullcontext()
        began = time.perf_counter()
        with counter:
            loss = one_step(step)
        step_seconds = time.perf_counter() - began
        said = {"step": step + 1, "loss": loss.item(), "seconds": seconds_alive(), "step_seconds": step_seconds}
        if arguments.flops and step + 1 == arguments.steps:
            said["flops"] = counter.get_total_flops()
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    train(ARGUMENTS)
