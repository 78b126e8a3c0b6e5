"""Makes tests/golden/lora_linear.safetensors, lora_conv.safetensors and lora_merge.safetensors: layers with a LoRA of
peft beside them, what they compute, the gradients, and the weights after peft has merged the LoRA."""

import peft
import torch
from peft import LoraConfig, get_peft_model

from golden import save

RANK, ALPHA = 3, 2
CASES = {
    "linear": (torch.nn.Linear(6, 5), (2, 4, 6)),
    "conv": (torch.nn.Conv2d(6, 5, 1), (2, 6, 4, 3)),
    "conv3": (torch.nn.Conv2d(6, 5, 3, stride=2, padding=1), (2, 6, 5, 4)),
}


class One(torch.nn.Module):
    def __init__(self, layer: torch.nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


def run(layer: torch.nn.Module, shape: tuple) -> tuple[dict, dict]:
    base = {"weight": layer.weight.detach().clone(), "bias": layer.bias.detach().clone()}
    model = get_peft_model(One(layer), LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["layer"]))
    lora = model.base_model.model.layer
    down, up = lora.lora_A["default"].weight, lora.lora_B["default"].weight
    torch.nn.init.normal_(up)
    x = torch.randn(shape, requires_grad=True)
    y = model(x)
    slope = torch.randn_like(y)
    (y * slope).sum().backward()
    tensors = base | {"down": down, "up": up, "x": x, "y": y, "slope": slope,
                      "grad.x": x.grad, "grad.down": down.grad, "grad.up": up.grad}
    tensors = {key: tensor.detach().clone() for key, tensor in tensors.items()}
    merged = model.merge_and_unload().layer.weight
    return tensors, {key: tensors[key] for key in ("weight", "down", "up")} | {"merged": merged}


def main() -> None:
    torch.manual_seed(1)
    merges = {}
    for name, (layer, shape) in CASES.items():
        tensors, merge = run(layer, shape)
        save(f"lora_{name}", tensors, "peft.LoraModel", [peft, torch], "1e-5", alpha=str(ALPHA))
        merges |= {f"{name}.{key}": tensor for key, tensor in merge.items()}
    save("lora_merge", merges, "peft.LoraModel.merge_and_unload", [peft, torch], "1e-6", alpha=str(ALPHA))


main()
