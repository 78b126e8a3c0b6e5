"""Makes tests/golden/zero_snr.safetensors: the schedule with zero terminal SNR as diffusers rescales it, the loss of a guess
of v on it with and without min-SNR, and pictures painted on it by DDIM with trailing timesteps and by Euler."""

import diffusers
import torch
from diffusers import DDIMScheduler, DDPMScheduler, EulerDiscreteScheduler
from diffusers.training_utils import compute_snr

from golden import save
from sampler import SEED, STEPS, TRAINED, paint

ZERO = dict(TRAINED, rescale_betas_zero_snr=True, prediction_type="v_prediction")
GAMMA = 5.0


def main() -> None:
    torch.manual_seed(5)
    scheduler = DDPMScheduler(**ZERO, clip_sample=False)
    latents, noise, guess = (torch.randn(4, 4, 3, 2) for _ in range(3))
    timesteps = torch.tensor([0, 500, 998, 999])
    target = scheduler.get_velocity(latents, noise, timesteps)
    loss = (guess - target).square().mean(dim=(1, 2, 3))
    snr = compute_snr(scheduler, timesteps)
    tensors = {"alpha_bar": scheduler.alphas_cumprod, "latents": latents, "noise": noise, "guess": guess,
               "timesteps": timesteps, "noisy": scheduler.add_noise(latents, noise, timesteps), "velocity": target,
               "loss": loss, "min_snr": loss * snr.clamp(max=GAMMA) / (snr + 1),
               "start": torch.randn(2, 4, 4, 3), "pattern": torch.randn(2, 4, 4, 3)}
    painters = {"ddim": DDIMScheduler(**ZERO, timestep_spacing="trailing", set_alpha_to_one=False, clip_sample=False),
                "euler": EulerDiscreteScheduler(**ZERO)}
    for name, painter in painters.items():
        for key, tensor in paint(painter, tensors["start"], tensors["pattern"]).items():
            tensors[f"{name}.{key}"] = tensor
    save("zero_snr", tensors, "diffusers DDPMScheduler, DDIMScheduler, EulerDiscreteScheduler", [diffusers, torch],
         "1e-5 of the largest", steps=str(STEPS), seed=str(SEED), gamma=str(GAMMA))


if __name__ == "__main__":
    main()
