"""Makes tests/golden/conditioning_sdxl.safetensors: captions to states and pooled vectors for SDXL as sd-scripts' own code does
it, run from a checkout of it, with transformers' tokenizer and two tiny text towers. Its one known mistake, text_projection
the wrong way round, lies in how it loads a checkpoint and is not met here.

    python tools/golden/conditioning_sdxl.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz <folder of sd-scripts>
"""

import copy
import json
import sys

import torch
import transformers
from conditioning import CAPTIONS
from golden import save
from tokenizer import reference
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

WORDS, WIDTH = 49408, 4
COMMON = dict(vocab_size=WORDS, hidden_size=WIDTH, intermediate_size=6, num_attention_heads=2, max_position_embeddings=77,
              bos_token_id=49406, eos_token_id=49407)


def tower(kind, **more):
    """The table of word vectors is too large for a golden file; both sides make it by the rule of conditioning.py."""
    model = kind(CLIPTextConfig(**COMMON, **more)).train(False)
    for weight in model.parameters():
        weight.data = (weight.data + 0.2 * torch.randn_like(weight)).bfloat16().float()
    words, columns = torch.arange(WORDS)[:, None], torch.arange(WIDTH)[None]
    model.text_model.embeddings.token_embedding.weight.data = ((31 * words + 17 * columns) % 97 - 48).float() / 48
    return model


def strategies(tokenizer, max_tokens):
    from library.strategy_sdxl import SdxlTextEncodingStrategy, SdxlTokenizeStrategy
    tokenize = SdxlTokenizeStrategy.__new__(SdxlTokenizeStrategy)
    tokenize.tokenizer1, tokenize.tokenizer2 = tokenizer, copy.deepcopy(tokenizer)
    tokenize.tokenizer2.pad_token_id = 0
    tokenize.max_length = max_tokens + 2
    return tokenize, SdxlTextEncodingStrategy()


def main() -> None:
    sys.path.insert(0, sys.argv[2])
    torch.manual_seed(19)
    tokenizer = reference(sys.argv[1])
    tokenizer.model_max_length = 77
    towers = [tower(CLIPTextModel, num_hidden_layers=12, hidden_act="quick_gelu"),  # it reads the eleventh layer
              tower(CLIPTextModelWithProjection, num_hidden_layers=3, hidden_act="gelu", projection_dim=6)]
    tensors = {f"weight.{i}.{name}": weight.bfloat16() for i, model in enumerate(towers)
               for name, weight in model.named_parameters() if "token_embedding" not in name}
    with torch.no_grad():
        for max_tokens in (75, 150, 225):
            tokenize, encode = strategies(tokenizer, max_tokens)
            ids = tokenize.tokenize(CAPTIONS)
            first, second, pooled = encode.encode_tokens(tokenize, towers, ids)
            tensors |= {f"ids_{max_tokens}": ids[1].int(), f"context_{max_tokens}": torch.cat([first, second], -1),
                        f"pooled_{max_tokens}": pooled}
    save("conditioning_sdxl", tensors, "sd-scripts library/strategy_sdxl.py over transformers", [transformers, torch],
         "2e-5 of the largest number", captions=json.dumps(CAPTIONS), sd_scripts="48d368f")


if __name__ == "__main__":
    main()
