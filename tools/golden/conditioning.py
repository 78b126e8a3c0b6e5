"""Makes tests/golden/conditioning.safetensors: captions to states as sd-scripts' own code does it, run from a checkout of
it, with transformers' tokenizer and a tiny text tower.

The table of word vectors is too large for a golden file; both sides make it as ((31 word + 17 column) mod 97 - 48) / 48.

    python tools/golden/conditioning.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz <folder of sd-scripts>
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizer import reference
from transformers import CLIPTextConfig, CLIPTextModel

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "conditioning.safetensors"
CAPTIONS = ["", "a photo of a lorikeet, rainbow colours, sitting on a branch", ", ".join(f"a thing called {i}" for i in range(24)),
            "parrot " * 75, "one two three " * 90]


def strategies(tokenizer, max_tokens, clip_skip):
    """sd-scripts' two halves, without its way of fetching a tokenizer from the network."""
    from library.strategy_sd import SdTextEncodingStrategy, SdTokenizeStrategy
    tokenize = SdTokenizeStrategy.__new__(SdTokenizeStrategy)
    tokenize.tokenizer = tokenizer
    tokenize.max_length = max_tokens + 2
    return tokenize, SdTextEncodingStrategy(clip_skip)


def main():
    sys.path.insert(0, sys.argv[2])
    torch.manual_seed(13)
    tokenizer = reference(sys.argv[1])
    tokenizer.model_max_length = 77
    config = CLIPTextConfig(vocab_size=49408, hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
                            max_position_embeddings=77, hidden_act="quick_gelu", bos_token_id=49406, eos_token_id=49407)
    model = CLIPTextModel(config).train(False)
    for weight in model.parameters():
        weight.data += 0.2 * torch.randn_like(weight)
    words, columns = torch.arange(49408)[:, None], torch.arange(8)[None]
    table = model.text_model.embeddings.token_embedding.weight
    table.data = ((31 * words + 17 * columns) % 97 - 48).float() / 48
    tensors = {f"weight.{name}": weight for name, weight in model.named_parameters() if weight is not table}
    with torch.no_grad():
        for max_tokens in (75, 150, 225):
            for clip_skip in (None, 2):
                tokenize, encode = strategies(tokenizer, max_tokens, clip_skip)
                ids = tokenize.tokenize(CAPTIONS)
                states = encode.encode_tokens(tokenize, [model], ids)[0]
                tensors[f"ids_{max_tokens}"] = ids[0].int()
                tensors[f"states_{max_tokens}_skip_{clip_skip or 1}"] = states
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, OUT, metadata={
        "reference": "sd-scripts library/strategy_sd.py over transformers' CLIPTokenizerFast and CLIPTextModel",
        "version": f"sd-scripts 48d368f, transformers {transformers.__version__}, torch {torch.__version__}",
        "command": "python tools/golden/conditioning.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz <sd-scripts>",
        "tolerance": "2e-5 of the largest number", "spec": "layers 2, width 8, heads 2, mlp 16",
        "captions": json.dumps(CAPTIONS)})
    OUT.chmod(0o644)


if __name__ == "__main__":
    sys.exit(main())
