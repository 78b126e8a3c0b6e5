"""Makes tests/golden/adamw.safetensors: ten steps of torch.optim.AdamW with two groups and clipped gradients."""

import torch

from golden import save

RATES = [0.0, 0.5, 1.0, 1.0, 0.9, 0.7, 0.5, 0.3, 0.1, 0.0]
LRS = {"text": 0.01, "unet": 0.05}
SETTINGS = {"betas": (0.9, 0.99), "eps": 1e-7, "weight_decay": 0.1}
MAX_NORM = 1.0


def main() -> None:
    torch.manual_seed(1)
    weights = {"text": [torch.randn(3, 5)], "unet": [torch.randn(7), torch.randn(2, 3, 1, 1)]}
    groups = [{"params": [torch.nn.Parameter(t) for t in weights[name]], "lr": lr} for name, lr in LRS.items()]
    parameters = [p for group in groups for p in group["params"]]
    tensors = {f"start.{i}": p for i, p in enumerate(p.detach().clone() for p in parameters)}
    optimizer = torch.optim.AdamW(groups, foreach=False, fused=False, **SETTINGS)
    norms = []
    for step, rate in enumerate(RATES):
        for i, p in enumerate(parameters):
            p.grad = torch.randn_like(p)
            tensors[f"grad.{step}.{i}"] = p.grad.clone()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, MAX_NORM))
        for group, lr in zip(optimizer.param_groups, LRS.values()):
            group["lr"] = lr * rate
        optimizer.step()
        tensors |= {f"after.{step}.{i}": p.detach().clone() for i, p in enumerate(parameters)}
    for i, p in enumerate(parameters):
        tensors |= {f"state.{i}.{key}": value for key, value in optimizer.state[p].items()}
    tensors["norms"] = torch.stack(norms)
    tensors["rates"] = torch.tensor(RATES, dtype=torch.float64)
    save("adamw", tensors, "torch.optim.AdamW, torch.nn.utils.clip_grad_norm_", [torch], "1e-6")


main()
