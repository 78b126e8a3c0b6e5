"""Makes tests/golden/blip_saved.safetensors: a tiny random BLIP as transformers 5 saves it, where the weights of the last layer
are those of the words and the processor stands in processor_config.json; the tokens that generate() finds; and how BERT parts
texts with letters beyond ASCII into words.

    pip install transformers==5.24.0 tokenizers==0.23.3 torchvision==0.26.0    beside torch 2.11.0, safetensors
"""

import json
import tempfile
from pathlib import Path

import tokenizers
import torch
import transformers
from safetensors.torch import load_file
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipImageProcessor, BlipProcessor

from blip import vocabulary
from golden import save

PROMPT = "a photograph of"
CASES = {
    "greedy": {"max_length": 14},
    "greedy_prompt": {"max_length": 16, "min_length": 12, "prompt": PROMPT},
    "beams_prompt": {"max_length": 18, "min_length": 9, "num_beams": 3, "prompt": PROMPT},
}
TEXTS = ["café, naïve; Ångström", "“a dog’s tail” — ‘red’…", "Zyx_Style, 7\u00a0birds", "straße, smørrebrød, Łódź, Œuvre", "e\u0301te\u0301 A\u030a",
         "«İstanbul» ı–ĸ", "a\u3000b\u2003c\td"]


def make_model(words: int) -> BlipForConditionalGeneration:
    text = {"vocab_size": words + 2, "hidden_size": 16, "encoder_hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
            "num_attention_heads": 2, "max_position_embeddings": 24, "bos_token_id": words, "sep_token_id": 3}
    vision = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 16,
              "patch_size": 8}
    model = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision)).eval()
    for name, weight in model.named_parameters():
        if "norm" in name.lower():
            weight.data = weight.data + 0.3 * torch.randn_like(weight)
        elif weight.dim() > 1:
            weight.data = 1.5 * torch.randn_like(weight) / weight[0].numel() ** 0.5
        else:
            weight.data = 0.3 * torch.randn_like(weight)
    head = model.text_decoder.cls.predictions
    embeddings = model.text_decoder.bert.embeddings
    for table in (embeddings.word_embeddings, embeddings.position_embeddings):
        table.weight.data = torch.randn_like(table.weight)
    assert head.decoder.weight is embeddings.word_embeddings.weight
    head.bias.data[3] += 3  # an end comes now and then
    return model


def generated(model, tokenizer, pixels, case: dict) -> list:
    case = dict(case)
    prompt = case.pop("prompt", None)
    ids = tokenizer([prompt] * len(pixels), return_tensors="pt").input_ids if prompt else None
    with torch.no_grad():
        found = model.generate(pixel_values=pixels, input_ids=ids, **case).tolist()
    return [row[:row.index(3) + 1] if 3 in row else row for row in found]


def make_words() -> dict:
    kinds = {}
    for lower in (True, False):
        for strip in (True, False):
            normalizer = BertNormalizer(lowercase=lower, strip_accents=strip)
            words = [[text, [word for word, _ in BertPreTokenizer().pre_tokenize_str(normalizer.normalize_str(text))]] for text in TEXTS]
            letters = [[chr(code), normalizer.normalize_str(chr(code))] for code in range(0xC0, 0x180) if code not in (0xD7, 0xF7)]
            kinds[f"{'lower' if lower else 'as_is'} {'strip' if strip else 'keep'}"] = {"words": words, "letters": letters}
    return kinds


def main() -> None:
    torch.manual_seed(7)
    tokenizer = BertTokenizerFast(vocab={piece: i for i, piece in enumerate(vocabulary())})
    model = make_model(len(tokenizer))
    pixels = torch.randn(3, 3, 16, 16)
    tokens = {name: generated(model, tokenizer, pixels, case) for name, case in CASES.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.save_pretrained(folder)
        BlipProcessor(BlipImageProcessor(size={"height": 16, "width": 16}), tokenizer).save_pretrained(folder)
        weights = load_file(folder / "model.safetensors")
        texts = {key: json.dumps(json.loads((folder / f"{key}.json").read_text())) for key in ("config", "processor_config", "tokenizer")}
        assert not (folder / "preprocessor_config.json").exists()
    assert "text_decoder.cls.predictions.decoder.weight" not in weights
    exact = model.double()
    for name, case in CASES.items():  # nothing hangs on the last digit
        assert generated(exact, tokenizer, pixels.double(), case) == tokens[name], name
    captions = {name: [tokenizer.decode(row, skip_special_tokens=True) for row in rows] for name, rows in tokens.items()}
    save("blip_saved", {f"weight.{key}": value for key, value in weights.items()} | {"pixels": pixels},
         "transformers.BlipForConditionalGeneration.save_pretrained", [transformers, tokenizers, torch], "tokens and texts equal",
         cases=json.dumps(CASES), tokens=json.dumps(tokens), captions=json.dumps(captions), words=json.dumps(make_words()), **texts)
    print(sorted(key for key in weights if "cls" in key), captions, json.loads(texts["config"]).get("tie_word_embeddings"))


if __name__ == "__main__":
    main()
