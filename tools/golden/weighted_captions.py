"""Makes tests/golden/weighted_captions.safetensors: captions with weights to ids, weights, states and pooled vectors as sd-scripts'
own code does it for SD 1.x and SDXL, run from a checkout of it over transformers' slow CLIPTokenizer with ftfy, and what its
parser makes of odd texts. Packages as for text_cleaning.py.

    python tools/golden/weighted_captions.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz <folder of sd-scripts>
"""

import json
import sys
import types

import ftfy
import torch
import transformers
from conditioning import strategies
from conditioning_sdxl import strategies as sdxl_strategies
from conditioning_sdxl import tower
from golden import save
from text_cleaning import slow
from transformers import CLIPTextModel, CLIPTextModelWithProjection

CAPTIONS = ["", "a (red:1.3) bird, ((big)) [dull] sky", "lorikeet \\(bird\\), (it\u2019s &amp; that:0.5), a\\b",
            ", ".join(f"(thing {i}:{0.5 + i / 20:.2f}), [part {i}]" for i in range(24)), "(unclosed [both " + "word " * 74]
TEXTS = ["", "normal text", "an (important) word", "(unbalanced", r"\(literal\]", "(unnecessary)(parens)",
         "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).", "[a:0.5]", "(a:-1)", "(a:+.5)", "a:1.3) b", ") ] :", "()", "(:1.2)", "[[a] b",
         "(a (b:1.5) c:0.5)", r"a\b \\ \: \)", "(a, b:1.2), c", "(a:1.2 )", "(a: 1.2)", "([a])", "[(a])", "(a:1e3)", "a::b (c::1.5)", "(\u65e5\u672c\u8a9e:1.2) \u00e9",
         "(a\nb:1.1)", "<lora:x:0.8>", "((a:1.2):1.5)", "(a:0)", "(a)(b:1.1)"]


def reading(parser):
    """What the reference's parser parts a text into: it asks the tokenizer for each part."""
    def of(text):
        words = []

        class Asked:
            bos_token_id, eos_token_id, pad_token_id, model_max_length = -1, -1, -1, 1000

            def __call__(self, word):
                words.append(word)
                return types.SimpleNamespace(input_ids=[-1, len(words) - 1, -1])
        ids, weights = parser(Asked(), text, 1000)
        return [[word, float(weights[0][i + 1])] for i, word in enumerate(words)]
    return of


def main():
    sys.path.insert(0, sys.argv[2])
    for name, names in (("utils", ["setup_logging"]), ("train_util", [])):  # which ask for packages that nothing here needs
        sys.modules[f"library.{name}"] = types.ModuleType(f"library.{name}")
        for one in names:
            setattr(sys.modules[f"library.{name}"], one, lambda: None)
    torch.manual_seed(29)
    tokenizer = slow(sys.argv[1])
    tokenizer.model_max_length = 77
    towers = [tower(CLIPTextModel, num_hidden_layers=12, hidden_act="quick_gelu"),
              tower(CLIPTextModelWithProjection, num_hidden_layers=3, hidden_act="gelu", projection_dim=6)]
    tensors = {f"weight.{i}.{name}": weight.bfloat16() for i, model in enumerate(towers)
               for name, weight in model.named_parameters() if "token_embedding" not in name}
    with torch.no_grad():
        for max_tokens in (75, 150, 225):
            tokenize, encode = strategies(tokenizer, max_tokens, None)
            ids, weights = tokenize.tokenize_with_weights(CAPTIONS)
            states = encode.encode_tokens_with_weights(tokenize, towers[:1], ids, weights)[0]
            tensors |= {f"ids_{max_tokens}": ids[0].int(), f"weights_{max_tokens}": weights[0], f"states_{max_tokens}": states}
            tokenize, encode = sdxl_strategies(tokenizer, max_tokens)
            ids, weights = tokenize.tokenize_with_weights(CAPTIONS)
            first, second, pooled = encode.encode_tokens_with_weights(tokenize, towers, ids, weights)
            tensors |= {f"context_{max_tokens}": torch.cat([first, second], -1), f"pooled_{max_tokens}": pooled}
    save("weighted_captions", tensors, "sd-scripts library/strategy_sd.py and strategy_sdxl.py over transformers with ftfy",
         [transformers, ftfy, torch], "2e-5 of the largest number", captions=json.dumps(CAPTIONS), sd_scripts="48d368f",
         parsed=json.dumps([[text, reading(tokenize._get_weighted_input_ids)(text)] for text in TEXTS]))


if __name__ == "__main__":
    main()
