"""Makes tests/golden/diffusion.safetensors: the noise schedule, noising, v targets and min-SNR losses of diffusers."""

import diffusers
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr

from golden import save

GAMMA = 5.0


def min_snr_weights(snr: torch.Tensor, prediction: str) -> torch.Tensor:
    """As in diffusers' examples/text_to_image/train_text_to_image.py."""
    weights = torch.stack([snr, GAMMA * torch.ones_like(snr)], dim=1).min(dim=1)[0]
    return weights / (snr if prediction == "epsilon" else snr + 1)


def main() -> None:
    torch.manual_seed(1)
    scheduler = DDPMScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False
    )
    timesteps = torch.tensor([0, 17, 400, 600, 999])
    shape = (len(timesteps), 4, 6, 5)
    latents, noise, guess = torch.randn(shape), torch.randn(shape), torch.randn(shape)
    velocity = scheduler.get_velocity(latents, noise, timesteps)
    snr = compute_snr(scheduler, timesteps)
    tensors = {
        "alpha_bar": scheduler.alphas_cumprod,
        "timesteps": timesteps,
        "latents": latents,
        "noise": noise,
        "guess": guess,
        "noisy": scheduler.add_noise(latents, noise, timesteps),
        "velocity": velocity,
        "snr": snr,
    }
    for prediction, target in (("epsilon", noise), ("v", velocity)):
        loss = torch.nn.functional.mse_loss(guess, target, reduction="none").mean(dim=(1, 2, 3))
        weights = min_snr_weights(snr, prediction)
        tensors |= {f"{prediction}.loss": loss, f"{prediction}.weights": weights, f"{prediction}.min_snr": loss * weights}
    save("diffusion", tensors, "diffusers DDPMScheduler, compute_snr", [diffusers, torch], "alpha_bar exact, 1e-5",
         gamma=str(GAMMA))


main()
