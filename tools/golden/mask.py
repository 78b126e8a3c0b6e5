"""Makes tests/golden/mask.safetensors: masks averaged down to the size of a latent, and losses under them, by the rule of
kohya's sd-scripts (apply_masked_loss) on torch."""

import torch
from golden import save

SIZES = {"square": (64, 64, 8, 8), "wide": (32, 96, 8, 24), "small": (16, 24, 4, 6)}


def main() -> None:
    torch.manual_seed(3)
    tensors = {}
    for name, (height, width, h, w) in SIZES.items():
        masks = torch.randint(0, 256, (2, height, width), dtype=torch.uint8)
        masks[0, : height // 2] = 0
        masks[1, :, : width // 4] = 255
        reduced = torch.nn.functional.interpolate(masks.to(torch.float32).div(255).unsqueeze(1), size=(h, w), mode="area")
        predicted, target = torch.randn(2, 4, h, w), torch.randn(2, 4, h, w)
        loss = torch.nn.functional.mse_loss(predicted, target, reduction="none") * reduced
        tensors |= {f"{name}.masks": masks, f"{name}.reduced": reduced, f"{name}.predicted": predicted,
                    f"{name}.target": target, f"{name}.loss": loss.mean([1, 2, 3]),
                    f"{name}.loss_of_mask": loss.sum([1, 2, 3]) / (4 * reduced.sum([1, 2, 3]))}
    save("mask", tensors, "torch.nn.functional.interpolate area, mse_loss", [torch], "1e-6")


if __name__ == "__main__":
    main()
