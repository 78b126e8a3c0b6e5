"""Loads a LoRA of ours into diffusers, as an image generator would, and fails for a name that is missing or unknown.

    tools/check_diffusers.py LORA CHECKPOINT        LORA: what `lorikeet train` wrote; CHECKPOINT: what it was trained on

Run it with a Python that has bench/requirements.txt: after ./run bench,
LORIKEET_BENCH=tools/check_diffusers.py bench/bench.sh LORA CHECKPOINT. Newer versions do as well: LORIKEET_BENCH_PYTHON
names a Python that has them (tried with diffusers 0.42.1, transformers 5.24.0, peft 0.21.2). diffusers drops names that it does not know with
no more than a log line, so the layers are counted here, and each update is compared with alpha / rank * up @ down.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools" / "golden")]

import torch  # noqa: E402
from checkpoint import load  # noqa: E402
from diffusers.loaders import StableDiffusionLoraLoaderMixin, StableDiffusionXLLoraLoaderMixin  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from unet import renamed  # noqa: E402


def layers_of(model, prefix, within=""):
    """All that carry an adapter, by kohya's name; `within` is what older versions have before every name and newer ones lack."""
    found = {}
    for name, layer in model.named_modules():
        if hasattr(layer, "lora_A") and layer.lora_A:
            name = name if name.startswith(within) else within + name
            found[f"{prefix}_{name.replace('.', '_')}"] = layer
    return found


def written(weights, name):
    """What the file adds to a layer's weight."""
    down, up = (weights[f"{name}.{part}.weight"].float() for part in ("lora_down", "lora_up"))
    scale = float(weights[f"{name}.alpha"]) / down.shape[0]
    return scale * up.flatten(1) @ down.flatten(1)


def checkpoint_names(unet):
    """kohya names SDXL's layers by their paths in the checkpoint, not in diffusers. Ask before adapters wrap the layers."""
    flat = lambda path: "lora_unet_" + path.rpartition(".")[0].replace(".", "_")  # noqa: E731
    return {flat(theirs): flat(ours) for theirs, ours in renamed(unet).items()}


def check(lora, checkpoint):
    weights = load_file(lora)
    unet, _, texts, _ = load(checkpoint)
    xl = isinstance(texts, list)
    names = checkpoint_names(unet) if xl else {}
    mixin = StableDiffusionXLLoraLoaderMixin if xl else StableDiffusionLoraLoaderMixin
    prefixes = {"text_encoder": "lora_te1", "text_encoder_2": "lora_te2"} if xl else {"text_encoder": "lora_te"}
    state, alphas = mixin.lora_state_dict(dict(weights), unet_config=unet.config)
    unet.float()
    if any(name.startswith("unet.") for name in state):
        mixin.load_lora_into_unet(state, alphas, unet, adapter_name="default_0")
    found = layers_of(unet, "lora_unet")
    if xl:
        found = {names[name]: layer for name, layer in found.items()}
    for (prefix, name), text in zip(prefixes.items(), texts if xl else [texts]):
        text.float()
        if any(key.startswith(f"{prefix}.") for key in state):
            mixin.load_lora_into_text_encoder(state, alphas, text, prefix=prefix, adapter_name="default_0")
        found |= layers_of(text, name, "text_model.")
    expected = {key.split(".")[0] for key in weights}
    missing, extra = sorted(expected - set(found)), sorted(set(found) - expected)
    assert not missing, f"{len(missing)} layers of the file did not arrive: {missing[:3]}"
    assert not extra, f"{len(extra)} layers came from nowhere: {extra[:3]}"
    for name in sorted(expected):  # one by one: together the updates of SDXL are as large as its U-Net, twice
        update = found[name].get_delta_weight("default_0").flatten(1)
        torch.testing.assert_close(update, written(weights, name), rtol=1e-4, atol=1e-6, msg=lambda m, n=name: f"{n}: {m}")
    print(f"{len(expected)} layers of {lora} arrived in diffusers, none missing, none unknown, all as written.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    check(*sys.argv[1:])
