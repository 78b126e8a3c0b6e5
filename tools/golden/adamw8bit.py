"""Makes tests/golden/adamw8bit.safetensors: bitsandbytes' AdamW8bit on the CPU, its two maps, some steps of three
parameters with given gradients, and the losses of a small problem beside those of AdamW in float32.

Its compiled quantiser for float32 on the CPU looks values up in a coarse table and misses the nearest one now and then;
what it is given as float64 it quantises exactly. So float64 is what it is given."""

import bitsandbytes
import torch
from bitsandbytes.backends.cpu import ops

from golden import save

SHAPES = [(17, 256), (4200,), (60,)]  # whole blocks; the last one not full; too small for 8 bits
STEPS = 5
SETTINGS = {"lr": 0.01, "betas": (0.9, 0.99), "eps": 1e-7, "weight_decay": 0.1}
CURVE_STEPS = 120


def quantise_exactly(values, code, absmax_out, codes_out, blocksize):
    codes, absmax = torch.ops.bitsandbytes.quantize_blockwise(values.double(), code, blocksize)
    codes_out.copy_(codes)
    absmax_out.copy_(absmax)


def optimizer_of(parameters, **settings):
    return bitsandbytes.optim.AdamW8bit(parameters, **settings)


def given_steps() -> dict:
    parameters = [torch.nn.Parameter(torch.randn(shape).half().float()) for shape in SHAPES]
    tensors = {f"start.{i}": p.detach().half() for i, p in enumerate(parameters)}
    optimizer = optimizer_of(parameters, **SETTINGS)
    for step in range(STEPS):
        for i, p in enumerate(parameters):
            gradient = (torch.randn_like(p) * 10.0 ** (step - 2)).half()
            tensors[f"grad.{step}.{i}"] = gradient
            p.grad = gradient.float()
        optimizer.step()
    for i, p in enumerate(parameters):
        tensors[f"after.{i}"] = p.detach()
        for key in ("state1", "absmax1", "state2", "absmax2"):
            if key in optimizer.state[p]:
                tensors[f"{key}.{i}"] = optimizer.state[p][key]
    first = optimizer.state[parameters[0]]
    return tensors | {"map.signed": first["qmap1"], "map.unsigned": first["qmap2"]}


def curve(make, inputs, wanted) -> torch.Tensor:
    weight = torch.nn.Parameter(torch.zeros(wanted.shape[1], inputs.shape[1]))
    optimizer = make([weight], lr=0.01, weight_decay=0.01)
    losses = []
    for _ in range(CURVE_STEPS):
        optimizer.zero_grad()
        loss = (inputs @ weight.T - wanted).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


def main() -> None:
    ops._quant_blockwise_fp32_direct = quantise_exactly
    torch.manual_seed(1)
    tensors = given_steps()
    inputs = torch.randn(48, 80).half().float()
    wanted = inputs @ torch.randn(64, 80).T + 0.1 * torch.randn(48, 64)
    wanted = wanted.half().float()
    tensors |= {"inputs": inputs.half(), "wanted": wanted.half()}
    tensors["losses.float32"] = curve(torch.optim.AdamW, inputs, wanted)
    tensors["losses.8bit"] = curve(optimizer_of, inputs, wanted)
    apart = (tensors["losses.8bit"] / tensors["losses.float32"] - 1).abs().max()
    print("the two curves are at most", float(apart), "apart;", tensors["losses.float32"][[0, 60, -1]].tolist())
    save("adamw8bit", tensors, "bitsandbytes.optim.AdamW8bit (CPU)", [bitsandbytes, torch], "1e-6")


main()
