"""Makes tests/golden/lr_schedule.safetensors: the rates of diffusers' learning rate schedules."""

import diffusers
import torch
from diffusers.optimization import get_scheduler

from golden import save

KINDS = {"constant": "constant_with_warmup", "linear": "linear", "cosine": "cosine"}
TOTAL = 40


def rates(kind: str, warmup: int) -> torch.Tensor:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = get_scheduler(kind, optimizer, num_warmup_steps=warmup, num_training_steps=TOTAL)
    found = []
    for _ in range(TOTAL):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return torch.tensor(found, dtype=torch.float64)


def main() -> None:
    tensors = {f"{name}.{warmup}": rates(kind, warmup) for name, kind in KINDS.items() for warmup in (0, 1, 6)}
    save("lr_schedule", tensors, "diffusers.optimization.get_scheduler", [diffusers], "1e-12")


main()
