"""Makes tests/golden/blip.safetensors: a tiny random BLIP of transformers under its own names, images as PNG and what the
processor makes of them, the numbers on the way, and the tokens that generate() finds with one beam and with three, with and
without a prompt. The metadata holds config.json, preprocessor_config.json, both forms of the vocabulary, and texts with
their word pieces.

    pip install transformers==4.54.1 tokenizers==0.21.4 pillow==13.0.0    beside torch 2.11.0, safetensors
"""

import io
import json
import random
import string
import tempfile
from pathlib import Path

import numpy as np
import PIL
import tokenizers
import torch
import transformers
from PIL import Image
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipImageProcessor
from transformers.generation.logits_process import TopKLogitsWarper, TopPLogitsWarper

from golden import save

WORDS = ["a", "the", "of", "dog", "cat", "bird", "sitting", "on", "photo", "graph", "##graph", "##ing", "##s", "with", "red", "blue",
         "it", "##t", "'", ".", ",", "!", "?", "-", "n't", "'s", "do", "not"]
PROMPT = "a photograph of"
CASES = {
    "greedy": {"max_length": 14},
    "greedy_prompt": {"max_length": 16, "min_length": 12, "prompt": PROMPT},
    "greedy_long": {"max_length": 24, "min_length": 20},
    "beams": {"max_length": 16, "num_beams": 3},
    "beams_prompt": {"max_length": 18, "min_length": 9, "num_beams": 3, "prompt": PROMPT},
    "beams_early": {"max_length": 20, "min_length": 6, "num_beams": 3, "early_stopping": True},
    "beams_penalty": {"max_length": 20, "num_beams": 4, "length_penalty": 2.5, "prompt": PROMPT},
    "beams_short": {"max_length": 12, "num_beams": 3, "length_penalty": -1.0},
    "beams_cut": {"max_length": 7, "min_length": 7, "num_beams": 3},
}


def vocabulary() -> list:
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(string.ascii_lowercase)
    pieces += ["##" + letter for letter in string.ascii_lowercase] + WORDS
    return list(dict.fromkeys(pieces))


def make_tokenizer(folder: Path) -> BertTokenizerFast:
    (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    tokenizer.save_pretrained(folder)
    return tokenizer


def make_model(words: int) -> BlipForConditionalGeneration:
    text = {"vocab_size": words + 2, "hidden_size": 24, "encoder_hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
            "num_attention_heads": 2, "max_position_embeddings": 32, "bos_token_id": words, "sep_token_id": 3}
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 32,
              "patch_size": 8}
    model = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision)).eval()
    for name, weight in model.named_parameters():
        if "LayerNorm" in name or "layer_norm" in name or "layernorm" in name:
            weight.data = weight.data + 0.3 * torch.randn_like(weight)
        elif weight.dim() > 1:
            weight.data = 1.5 * torch.randn_like(weight) / weight[0].numel() ** 0.5
        else:
            weight.data = 0.3 * torch.randn_like(weight)
    embeddings = model.text_decoder.bert.embeddings
    for table in (embeddings.word_embeddings, embeddings.position_embeddings):
        table.weight.data = torch.randn_like(table.weight)
    head = model.text_decoder.cls.predictions
    head.decoder.weight.data = head.decoder.weight.data * 2
    head.bias.data[3] += 3.5  # an end comes now and then
    return model


def generated(model, tokenizer, pixels, case: dict) -> list:
    case = dict(case)
    prompt = case.pop("prompt", None)
    ids = tokenizer([prompt] * len(pixels), return_tensors="pt").input_ids if prompt else None
    with torch.no_grad():
        found = model.generate(pixel_values=pixels, input_ids=ids, **case).tolist()
    rows = []
    for row in found:  # what stands behind the end is filling
        rows.append(row[:row.index(3) + 1] if 3 in row else row)
    return rows


def make_images(draw) -> list:
    images = []
    for width, height in ((53, 37), (20, 61), (32, 32)):
        coarse = Image.fromarray(draw.integers(0, 256, (5, 5, 3), dtype=np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
        images.append(coarse)
    return images


def as_png(image) -> torch.Tensor:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return torch.frombuffer(bytearray(stream.getvalue()), dtype=torch.uint8)


def make_texts(tokenizer) -> dict:
    texts = ["a photograph of", "", "  A Dog,sitting on\tthe-cat's   photo!! ", "dogs with birds", "isn't it 7 o'clock?", "zebra_x [ok] \x01y",
             "x" * 101, "photographing"]
    encode = [[text, tokenizer(text, add_special_tokens=False).input_ids] for text in texts]
    draw = random.Random(4)
    rows = [[draw.randrange(len(tokenizer)) for _ in range(draw.randint(1, 14))] for _ in range(24)]
    marks = [tokenizer.convert_tokens_to_ids(piece) for piece in ("'", ".", ",", "n't", "'s", "do", "not", "it", "##s", "?", "!", "a")]
    rows += [[draw.choice(marks) for _ in range(draw.randint(1, 12))] for _ in range(24)]
    return {"encode": encode, "decode": [[row, tokenizer.decode(row, skip_special_tokens=True)] for row in rows]}


def make(seed: int) -> tuple:
    torch.manual_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = make_tokenizer(Path(folder))
        files = {name: (Path(folder) / name).read_text() for name in ("vocab.txt", "tokenizer.json")}
    model = make_model(len(tokenizer))
    processor = BlipImageProcessor(size={"height": 32, "width": 32})
    images = make_images(np.random.default_rng(seed))
    pixels = processor(images, return_tensors="pt").pixel_values
    tokens = {name: generated(model, tokenizer, pixels, case) for name, case in CASES.items()}
    exact = model.double()
    for name, case in CASES.items():  # nothing hangs on the last digit
        assert generated(exact, tokenizer, pixels.double(), case) == tokens[name], name
    return tokenizer, files, model.float(), processor, images, pixels, tokens


def main() -> None:
    tokenizer, files, model, processor, images, pixels, tokens = make(39)
    tensors = {f"weight.{key}": value for key, value in model.state_dict().items() if not key.endswith("decoder.bias")}
    for i, image in enumerate(images):
        tensors[f"image.{i}"] = as_png(image)
    ids = torch.cat([torch.full((3, 1), len(tokenizer)), torch.randint(5, len(tokenizer), (3, 5))], 1)
    with torch.no_grad():
        states = model.vision_model(pixels).last_hidden_state
        logits = model.text_decoder(ids, encoder_hidden_states=states).logits
    drawn = 3 * torch.randn(4, 112)
    kept = TopPLogitsWarper(0.9)(None, TopKLogitsWarper(50)(None, drawn.clone()))
    tensors |= {"pixels": pixels, "states": states, "ids": ids, "logits": logits, "warp.logits": drawn, "warp.kept": (kept > -1e9).to(torch.uint8)}
    config = model.config.to_diff_dict()
    captions = {name: [tokenizer.decode(row, skip_special_tokens=True) for row in rows] for name, rows in tokens.items()}
    save("blip", tensors, "transformers.BlipForConditionalGeneration", [transformers, tokenizers, torch, PIL],
         "1e-5 of the largest number; tokens and texts equal", config=json.dumps(config),
         preprocessor=json.dumps(processor.to_dict()), vocabulary=files["vocab.txt"], tokenizer=json.dumps(json.loads(files["tokenizer.json"])),
         cases=json.dumps(CASES), tokens=json.dumps(tokens), captions=json.dumps(captions), texts=json.dumps(make_texts(tokenizer)))


if __name__ == "__main__":
    main()
