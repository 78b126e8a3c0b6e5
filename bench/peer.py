"""The peer: the training loop of `lorikeet train`, written as a careful person would with diffusers and peft.

    peer.py --checkpoint FILE --pictures FOLDER --vocabulary FILE [--steps N ...]

Same weights, pictures, targets (kohya's: 192 layers of SD 1.5's UNet, 72 of its text tower; 722 of SDXL's UNet), rank,
optimizer, precision, device and threads; latents are worked out once, as there, and so is the text where its encoders are not
trained. Prints one line of JSON for each step: step, loss, seconds since the process began, seconds of the step; on a GPU the
peak of its memory too, and at the end what it multiplies matrices at and what arithmetic a step is.
"""

import argparse
import json
import os
import time
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
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--unet-only", action="store_true", help="the text encoders stay as they are")
    parser.add_argument("--recompute", action="store_true", help="gradient checkpointing")
    return parser.parse_args()


ARGUMENTS = read_arguments()  # before the imports: --help answers at once

import torch  # noqa: E402
from checkpoint import load, tokenizer  # noqa: E402
from diffusers import DDPMScheduler  # noqa: E402
from peft import LoraConfig  # noqa: E402
from PIL import Image  # noqa: E402


def read_pictures(folder, size):
    """[-1, 1] pictures [N, 3, size, size] and their captions."""
    files = sorted(folder.glob("*.png"))
    pixels = [torch.frombuffer(bytearray(Image.open(f).convert("RGB").tobytes()), dtype=torch.uint8) for f in files]
    pictures = torch.stack([p.view(size, size, 3).permute(2, 0, 1) for p in pixels]).float() / 127.5 - 1
    return pictures, [f.with_suffix(".txt").read_text().strip() for f in files]


@torch.no_grad()
def cache_latents(vae, pictures, device):
    vae.float().to(device)
    moments = [vae.encode(picture[None].to(device)).latent_dist for picture in pictures]
    return torch.cat([m.mean for m in moments]), torch.cat([m.std for m in moments])


def read_captions(texts, words, captions, device):
    """(context, pooled); pooled is None for one tower, the second's of two."""
    ids = words(captions, padding="max_length", truncation=True, return_tensors="pt").input_ids.to(device)
    if len(texts) == 1:
        return texts[0](ids).last_hidden_state, None
    answers = [text(ids, output_hidden_states=True) for text in texts]
    return torch.cat([answer.hidden_states[-2] for answer in answers], -1), answers[1].text_embeds


def add_lora(model, targets, rank):
    """Rank-`rank` float32 adapters on every target; the model itself stays frozen. Returns their weights."""
    model.add_adapter(LoraConfig(r=rank, lora_alpha=rank / 2, target_modules=targets))
    weights = [p for p in model.parameters() if p.requires_grad]
    for weight in weights:
        weight.data = weight.data.float()
    return weights


class Run:
    """Everything that a step works with."""

    def __init__(self, arguments):
        self.arguments, self.device = arguments, torch.device(arguments.device)
        self.dtype = getattr(torch, arguments.precision)
        self.unet, vae, texts, metadata = load(arguments.checkpoint)
        self.texts = texts if isinstance(texts, list) else [texts]
        self.words = tokenizer(arguments.vocabulary)
        pictures, self.captions = read_pictures(arguments.pictures, arguments.size)
        self.mean, self.std = cache_latents(vae, pictures, self.device)
        self.scale = float(vae.config.scaling_factor)
        del vae
        self.velocity = metadata.get("modelspec.prediction_type") == "v"
        self.unet.to(self.device, self.dtype)
        for text in self.texts:
            text.to(self.device, self.dtype)
        self.add_adapters()
        if arguments.recompute:
            self.unet.enable_gradient_checkpointing()
        self.unet.train()
        self.noiser = DDPMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000
        )

    def add_adapters(self):
        groups = [{"params": add_lora(self.unet, UNET_TARGETS, self.arguments.rank), "lr": 1e-4}]
        counts = {"modules_unet": len(groups[0]["params"]) // 2, "modules_text": 0}
        self.known = None
        if self.arguments.unet_only:
            with torch.no_grad():
                self.known = read_captions(self.texts, self.words, self.captions, self.device)
            self.texts = None
        else:
            groups.insert(0, {"params": add_lora(self.texts[0], TEXT_TARGETS, self.arguments.rank), "lr": 5e-5})
            counts["modules_text"] = len(groups[0]["params"]) // 2
            self.texts[0].train()
        print(json.dumps(counts), flush=True)
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
        self.weights = [w for group in groups for w in group["params"]]

    def conditions(self, chosen):
        if self.known is None:
            context, pooled = read_captions(self.texts, self.words, [self.captions[n] for n in chosen], self.device)
        else:
            context, pooled = (part if part is None else part[chosen] for part in self.known)
        if pooled is None:
            return context, {}
        size = self.arguments.size
        sizes = torch.tensor([[size, size, 0, 0, size, size]] * len(chosen), device=self.device)
        return context, {"text_embeds": pooled, "time_ids": sizes}

    def gradient(self, step):
        batch = self.arguments.batch
        chosen = [(step * batch + n) % len(self.captions) for n in range(batch)]
        latents = (self.mean[chosen] + self.std[chosen] * torch.randn_like(self.mean[chosen])) * self.scale
        noise = torch.randn_like(latents)
        timesteps = torch.randint(0, 1000, (batch,), device=self.device)
        noisy = self.noiser.add_noise(latents, noise, timesteps)
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            context, added = self.conditions(chosen)
            guess = self.unet(noisy, timesteps, context, added_cond_kwargs=added).sample
        target = self.noiser.get_velocity(latents, noise, timesteps) if self.velocity else noise
        loss = torch.nn.functional.mse_loss(guess.float(), target)
        loss.backward()
        return loss

    def step(self, step):
        loss = self.gradient(step)
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


def matmul_rate(dtype, device, size=8192):
    """FLOP a second of a large product, the best of some."""
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        torch.cuda.synchronize()
        began = time.perf_counter()
        for _ in range(5):
            a @ b
        torch.cuda.synchronize()
        best = min(best, (time.perf_counter() - began) / 5)
    return 2 * size**3 / best


def arithmetic(run):
    """FLOP of one step's gradient: products, convolutions and attention, forwards and backwards."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        run.gradient(0)
    run.optimizer.zero_grad(set_to_none=True)
    return counter.get_total_flops()


def train(arguments):
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    run = Run(arguments)
    on_gpu = arguments.device == "cuda"
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    for step in range(arguments.steps):
        began = time.perf_counter()
        loss = run.step(step)
        said = {"step": step + 1, "loss": loss, "seconds": seconds_alive(), "step_seconds": time.perf_counter() - began}
        if on_gpu:
            said["gpu_memory_bytes"] = torch.cuda.max_memory_allocated()
        print(json.dumps(said), flush=True)
    if on_gpu:
        facts = {"step_flop": arithmetic(run), "card": torch.cuda.get_device_name()}
        facts["matmul_flop_s"] = matmul_rate(run.dtype, run.device)
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    train(ARGUMENTS)
