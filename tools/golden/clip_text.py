"""Makes tests/golden/clip_text.safetensors: a tiny CLIPTextModel of transformers, its states for clip skip 1 to 3 as
sd-scripts reads them, and gradients."""

import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "clip_text.safetensors"


def main():
    torch.manual_seed(11)
    config = CLIPTextConfig(vocab_size=50, hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=4,
                            max_position_embeddings=12, hidden_act="quick_gelu", bos_token_id=48, eos_token_id=49)
    model = CLIPTextModel(config).train(False)
    for weight in model.parameters():  # norms start at 1 and 0, the rest near 0: make every number count
        weight.data += 0.2 * torch.randn_like(weight)
    ids = torch.randint(0, 48, (2, 12))
    ids[:, 0], ids[0, 7:], ids[1, 11] = 48, 49, 49
    states = model(ids, output_hidden_states=True).hidden_states
    tensors = {"ids": ids, "pull": torch.randn_like(states[-1])}
    for skip in (1, 2, 3):
        answer = model.text_model.final_layer_norm(states[-skip])
        tensors[f"skip_{skip}"] = answer
        model.zero_grad()
        (answer * tensors["pull"]).sum().backward(retain_graph=True)
        if skip == 2:
            for name, weight in model.named_parameters():
                # The bias of a key moves every score of a word alike: its gradient is 0 but for rounding.
                if weight.grad is not None and weight.grad.abs().max() > 1e-4:
                    tensors[f"grad.{name}"] = weight.grad.clone()
    assert torch.equal(tensors["skip_1"], model(ids).last_hidden_state)
    tensors |= {f"weight.{name}": weight for name, weight in model.named_parameters()}
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, OUT, metadata={
        "reference": "transformers.CLIPTextModel", "tolerance": "2e-5 of the largest number",
        "version": f"transformers {transformers.__version__}, torch {torch.__version__}",
        "command": "python tools/golden/clip_text.py",
        "spec": "layers 3, width 16, heads 4, mlp 24, positions 12, words 50"})
    OUT.chmod(0o644)


if __name__ == "__main__":
    sys.exit(main())
