"""Makes tests/golden/sampler.safetensors: pictures painted by diffusers' schedulers, step by step, with the settings that
Stable Diffusion 1.5 has there. The network is a formula:  guess = tanh(x) / 2 + timestep / 1000 * pattern."""

import diffusers
import torch
from diffusers import DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler

from golden import save

STEPS = 7
TRAINED = {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SCHEDULERS = {
    "ddim": (DDIMScheduler, {"steps_offset": 1, "set_alpha_to_one": False, "clip_sample": False}),
    "euler": (EulerDiscreteScheduler, {"steps_offset": 1}),
    "euler_a": (EulerAncestralDiscreteScheduler, {"steps_offset": 1}),
}
SEED = 99


def paint(scheduler, start: torch.Tensor, pattern: torch.Tensor) -> dict:
    scheduler.set_timesteps(STEPS)
    generator = torch.Generator().manual_seed(SEED)
    x, inputs = start * scheduler.init_noise_sigma, []
    for t in scheduler.timesteps:
        inputs.append(scheduler.scale_model_input(x, t))
        guess = torch.tanh(inputs[-1]) / 2 + t / 1000 * pattern
        more = {"generator": generator} if "generator" in scheduler.step.__code__.co_varnames else {}
        x = scheduler.step(guess, t, x, **more).prev_sample
    return {"timesteps": scheduler.timesteps.to(torch.float32), "inputs": torch.stack(inputs), "result": x}


def main() -> None:
    torch.manual_seed(1)
    start, pattern = torch.randn(2, 4, 4, 3), torch.randn(2, 4, 4, 3)
    tensors = {"start": start, "pattern": pattern}
    for name, (kind, settings) in SCHEDULERS.items():
        for prediction in ("epsilon", "v_prediction"):
            scheduler = kind(**TRAINED, **settings, prediction_type=prediction)
            for key, tensor in paint(scheduler, start, pattern).items():
                tensors[f"{name}.{prediction}.{key}"] = tensor
    save("sampler", tensors, "diffusers DDIMScheduler, EulerDiscreteScheduler, EulerAncestralDiscreteScheduler",
         [diffusers, torch], "1e-5 of the largest", steps=str(STEPS), seed=str(SEED))


if __name__ == "__main__":
    main()
