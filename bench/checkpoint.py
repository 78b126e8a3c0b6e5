"""A single-file checkpoint of Stable Diffusion 1.x or XL in diffusers' classes, sizes read from its shapes.

diffusers' own from_single_file asks a hub for configurations; here they are made by hand, and only its conversion of
names is used. What shapes do not tell comes from the file's metadata, under the names that docs/formats say.
"""

import gzip
import json
import tempfile
from pathlib import Path

from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from safetensors import safe_open
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TEXT = "cond_stage_model.transformer."
UNET = "model.diffusion_model."
VAE = "first_stage_model."
FIRST = "conditioner.embedders.0.transformer."  # SDXL's text encoders
SECOND = "conditioner.embedders.1.model."


def indices(names, prefix):
    """The numbers that follow `prefix` in any of the names, sorted."""
    return sorted({int(n[len(prefix) :].split(".")[0]) for n in names if n.startswith(prefix)})


def unet_config(weights, metadata):
    names = set(weights)
    inputs = indices(names, UNET + "input_blocks.")
    downs = [n for n in inputs if f"{UNET}input_blocks.{n}.0.op.weight" in names]
    blocks = (downs[0] if downs else len(inputs)) - 1
    levels = len(downs) + 1
    first = [1 + level * (blocks + 1) for level in range(levels)]
    widths = [weights[f"{UNET}input_blocks.{n}.0.out_layers.3.weight"].shape[0] for n in first]
    cross = [f"{UNET}input_blocks.{n}.1.proj_in.weight" in names for n in first]
    context = next(w.shape[1] for n, w in weights.items() if n.startswith(UNET) and n.endswith("attn2.to_k.weight"))
    config = {} if SECOND + "ln_final.weight" not in names else sdxl_config(weights, metadata, first, widths)
    return {
        "in_channels": 4,
        "out_channels": 4,
        "layers_per_block": blocks,
        "block_out_channels": widths,
        "down_block_types": ["CrossAttnDownBlock2D" if c else "DownBlock2D" for c in cross],
        "up_block_types": ["CrossAttnUpBlock2D" if c else "UpBlock2D" for c in reversed(cross)],
        "cross_attention_dim": context,
        "attention_head_dim": int(metadata.get("lorikeet.unet.heads", 8)),  # diffusers' name for the number of heads
        "norm_num_groups": int(metadata.get("lorikeet.unet.groups", 32)),
    } | config


def sdxl_config(weights, metadata, first, widths):
    """What SDXL's UNet has besides; `first` are the numbers of each level's first block."""
    head = int(metadata.get("lorikeet.unet.head_width", 64))
    vector = weights[UNET + "label_emb.0.0.weight"].shape[1]
    pooled = weights[SECOND + "text_projection"].shape[1]
    return {
        "attention_head_dim": [max(1, width // head) for width in widths],
        "transformer_layers_per_block": [
            max(1, len(indices(weights, f"{UNET}input_blocks.{n}.1.transformer_blocks."))) for n in first
        ],
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": (vector - pooled) // 6,
        "projection_class_embeddings_input_dim": vector,
    }


def vae_config(weights, metadata):
    levels = indices(weights, VAE + "encoder.down.")
    blocks = len(indices(weights, VAE + "encoder.down.0.block."))
    widths = [weights[f"{VAE}encoder.down.{n}.block.0.conv2.weight"].shape[0] for n in levels]
    return {
        "latent_channels": weights[VAE + "post_quant_conv.weight"].shape[0],
        "layers_per_block": blocks,
        "block_out_channels": widths,
        "down_block_types": ["DownEncoderBlock2D"] * len(widths),
        "up_block_types": ["UpDecoderBlock2D"] * len(widths),
        "norm_num_groups": int(metadata.get("lorikeet.vae.groups", 32)),
        "scaling_factor": float(metadata.get("lorikeet.latent_scale", 0.18215)),
    }


def text_config(weights, metadata, prefix=TEXT):
    words, width = weights[prefix + "text_model.embeddings.token_embedding.weight"].shape
    return CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=weights[prefix + "text_model.encoder.layers.0.mlp.fc1.weight"].shape[0],
        num_hidden_layers=len(indices(weights, prefix + "text_model.encoder.layers.")),
        num_attention_heads=int(metadata.get("lorikeet.text.heads", max(1, width // 64))),
        hidden_act="quick_gelu",
        projection_dim=width,
    )


def second_text_config(weights, metadata):
    words, width = weights[SECOND + "token_embedding.weight"].shape
    return CLIPTextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=weights[SECOND + "transformer.resblocks.0.mlp.c_fc.weight"].shape[0],
        num_hidden_layers=len(indices(weights, SECOND + "transformer.resblocks.")),
        num_attention_heads=int(metadata.get("lorikeet.text2.heads", max(1, width // 64))),
        hidden_act="gelu",
        projection_dim=weights[SECOND + "text_projection"].shape[1],
    )


def texts_of(weights, metadata):
    """The text encoders: one, or SDXL's two."""
    second = SECOND + "ln_final.weight" in weights
    prefix = FIRST if second else TEXT
    names = {n[len(prefix) :]: w for n, w in weights.items() if n.startswith(prefix) and not n.endswith("position_ids")}
    texts = [filled(CLIPTextModel(text_config(weights, metadata, prefix)), names)]
    if second:
        text = CLIPTextModelWithProjection(second_text_config(weights, metadata))
        texts.append(filled(text, convert_open_clip_checkpoint(text, dict(weights), prefix=SECOND)))
    return texts


def fitted(model, weights):
    """The weights by the names of this transformers: from version 5 on its towers have no `text_model.` within."""
    known = set(model.state_dict())
    return {n if n in known or not n.startswith("text_model.") else n.removeprefix("text_model."): w for n, w in weights.items()}


def filled(model, weights):
    """The model with these weights and no others: buffers apart, every name must be met."""
    weights = fitted(model, weights)
    missing, unexpected = model.load_state_dict(weights, strict=False, assign=True)
    assert not unexpected, f"names that {type(model).__name__} does not have: {unexpected[:5]}"
    missing = [name for name in missing if not name.endswith("position_ids")]
    assert not missing, f"names that the file does not have: {missing[:5]}"
    return model.requires_grad_(False).eval()


def load(path):
    """(unet, vae, text tower, metadata), in the file's own precision. SDXL: a list of two towers."""
    with safe_open(path, "pt") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}
        metadata = file.metadata() or {}
    config = unet_config(weights, metadata)
    unet = UNet2DConditionModel(**config)
    unet = filled(unet, convert_ldm_unet_checkpoint(weights, {**unet.config}))
    vae = AutoencoderKL(**vae_config(weights, metadata))
    vae = filled(vae, convert_ldm_vae_checkpoint(weights, {**vae.config}))
    texts = texts_of(weights, metadata)
    return unet, vae, texts[0] if len(texts) == 1 else texts, metadata


def tokenizer(vocabulary):
    """CLIP's tokenizer from bpe_simple_vocab_16e6.txt.gz, which open_clip carries."""
    merges = gzip.decompress(Path(vocabulary).read_bytes()).decode().split("\n")[1 : 49152 - 256 - 2 + 1]
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(byte) for byte in printable] + [chr(256 + n) for n in range(256 - len(printable))]
    words = letters + [letter + "</w>" for letter in letters] + ["".join(m.split()) for m in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as folder:
        vocab_file, merges_file = Path(folder, "vocab.json"), Path(folder, "merges.txt")
        vocab_file.write_text(json.dumps({word: n for n, word in enumerate(words)}))
        merges_file.write_text("#version: 0.2\n" + "\n".join(merges))
        return CLIPTokenizer(str(vocab_file), str(merges_file), model_max_length=77)
