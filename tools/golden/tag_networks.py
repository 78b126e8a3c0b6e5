"""Makes tests/golden/tag_{vit,vit_token,convnext,swinv2,eva02}.safetensors: tiny networks of timm, under timm's own names,
an input and what they answer. The metadata holds a config.json as timm's hub writes it.

    pip install --no-deps timm==1.0.31 torchvision==0.26.0    beside torch 2.11.0, safetensors, pyyaml
"""

import json

import timm
import torch
from timm.models.convnext import ConvNeXt
from timm.models.eva import Eva
from timm.models.swin_transformer_v2 import SwinTransformerV2
from timm.models.vision_transformer import VisionTransformer

from golden import save

MEAN = (0.5, 0.4, 0.3)
DEVIATION = (0.5, 0.25, 0.2)


def random_weights(model: torch.nn.Module) -> None:
    """Norms start at 1, scales near 0: make every number count."""
    for name, weight in model.named_parameters():
        if name.endswith("logit_scale"):
            weight.data = 2 + 3 * torch.rand_like(weight)  # one of them beyond ln 100
            weight.data.view(-1)[0] = 5
        elif weight.dim() > 1:
            weight.data = torch.randn_like(weight) / max(1, weight[0].numel()) ** 0.5
        else:
            weight.data = weight.data + 0.3 * torch.randn_like(weight)


def make(name: str, model: torch.nn.Module, side: int, architecture: str, arguments: dict, pool: str) -> None:
    model = model.eval()
    random_weights(model)
    pixels = torch.randn(2, 3, side, side)
    with torch.no_grad():
        logits = model(pixels)
    config = {"architecture": architecture, "num_classes": logits.shape[1], "num_features": model.num_features,
              "global_pool": pool, "model_args": arguments,
              "pretrained_cfg": {"input_size": [3, side, side], "mean": MEAN, "std": DEVIATION, "num_classes": logits.shape[1]}}
    tensors = {f"weight.{key}": value for key, value in model.state_dict().items()}
    save(name, {**tensors, "pixels": pixels, "logits": logits}, type(model).__module__ + "." + type(model).__name__,
         [timm, torch], "1e-5 of the largest number", config=json.dumps(config))


def main() -> None:
    torch.manual_seed(11)
    vit = {"img_size": 16, "class_token": False, "global_pool": "avg", "fc_norm": False, "act_layer": "gelu_tanh", "num_heads": 2}
    make("tag_vit", VisionTransformer(patch_size=4, embed_dim=32, depth=2, num_classes=9, mlp_ratio=2.0, **vit), 16,
         "vit_base_patch16_224", vit, "avg")
    token = {"img_size": 16, "num_heads": 1}
    make("tag_vit_token", VisionTransformer(patch_size=8, embed_dim=16, depth=1, num_classes=5, **token), 16,
         "vit_base_patch16_224", token, "token")
    make("tag_convnext", ConvNeXt(depths=(1, 1, 2, 1), dims=(8, 8, 16, 32), num_classes=9, ls_init_value=1.0), 32,
         "convnext_base", {"drop_path_rate": 0.1}, "avg")
    # A first stage of shifted windows, a second of one window, a third that is smaller than a window.
    swin = {"img_size": 32, "window_size": 4, "act_layer": "gelu"}
    make("tag_swinv2", SwinTransformerV2(embed_dim=8, depths=(2, 2, 1), num_heads=(1, 2, 2), num_classes=9, mlp_ratio=2.0, **swin),
         32, "swinv2_base_window8_256", swin, "avg")
    eva = {"img_size": 28, "ref_feat_shape": [2, 2], "num_heads": 2}
    make("tag_eva02", Eva(patch_size=7, embed_dim=32, depth=2, num_classes=9, mlp_ratio=4 * 2 / 3, qkv_fused=False, swiglu_mlp=True,
                          scale_mlp=True, use_rot_pos_emb=True, global_pool="avg", **eva), 28, "eva02_large_patch14_448", eva, "avg")


if __name__ == "__main__":
    main()
