"""Makes tests/golden/tokenizer.safetensors: what transformers' CLIPTokenizerFast makes of hostile texts, and a
fingerprint of what it makes of every code point of Unicode.

    python tools/golden/tokenizer.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz
"""

import gzip
import json
import random
import sys
import tempfile
from pathlib import Path

import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from transformers import CLIPTokenizerFast

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "tokenizer.safetensors"
BLOCK = 256
PRIME = 2**31 - 1

BY_HAND = [
    "", " ", "a photo of a cat", "A Photo of a CAT", "1girl, solo, long_hair, (masterpiece:1.2), best quality",
    "it's don't we'll I'VE you're he'd i'm", "'s 't 're 've 'm 'll 'd 'x '", "!!'s''ll'", "rock'n'roll", "l'été à l’été",
    "0 1 12 123 1234567890 3.14 1,000 50% ½ ² ⅷ ٣ 三", "a\tb\nc\r\nd\u00a0e\u0085f\u2003g\u3000h\u200bi\u2028j", "   lots   of   space   ",
    "caf\u00e9 cafe\u0301 \u1e9b\u0323 a\u0323\u0302 a\u0302\u0323 \u0344 \u212b \u2126 \u0958 \uf900 \U0002f800",
    "\uac00\uac01 \u1100\u1161\u11a8 \u1100\u1161 \uac00\u11a8 한국어 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165",
    "日本語のキャプション、夕焼けの空。", "\u304b\u3099 \u30cf\u309a ｶﾞ", "中文說明：一隻貓", "हिन्दी तमिल ไทย العربية עברית", "Ελληνικά ΑΣ σς Ὀδυσσεύς", "ИЙ и\u0306 Ёё",
    "İstanbul ISTANBUL ıi ß ẞ ǅ ﬁ ﬀ Ⅷ ⓐ 𝐀𝓑 Ａｂ１", "😀😃 👩‍👩‍👧‍👦 👍🏽 🇯🇵 ❤️ ☀☀️ 1️⃣", "&amp; &lt;b&gt; &#39; &quot;x&quot; &nbsp;", "<b>bold</b> <lora:name:0.8>",
    "<|startoftext|>", "a <|endoftext|> b", "x<|StartOfText|>y<|ENDOFTEXT|>'s", "<|endoftext", "|endoftext|>", "<|<|endoftext|>|>", "<|endoftext|><|startoftext|>",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "a" * 300, "ab" * 200, "the" * 100, "!" * 257, "１" * 20, "é" * 120, "😀" * 60,
    "http://example.com/a_b?c=d&e=f#g", "C:\\path\\file.txt", "snake_case camelCase kebab-case", "^_^ :-) ;D >_< \\o/ o.O", "\x00\x01\x1c\x1d\x1e\x1f\x7f\x80\x9f",
    "\ufeffbom", "a\u00adb", "\ufffd \uffff \U0010ffff \ue000", "“quotes” ‘single’ «g» — – … •", "e\u0301\u0301\u0327", "\u0301start", "a\u200d\u0301", "Z\u0335\u0322\u0348a\u0348\u0335l\u0489go",
    ", ".join(f"tag {i}" for i in range(60)), "word " * 80,
]


def random_texts(count):
    """Mixes of scripts, marks, spaces, digits and apostrophes, most of which no person would write."""
    draw = random.Random(5)
    pools = [range(0x20, 0x7F), range(0x20, 0x7F), range(0x61, 0x7B), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x530),
             range(0x590, 0x700), range(0x900, 0xE80), range(0x1100, 0x1200), range(0x1E00, 0x2100), range(0x2000, 0x2070),
             range(0x3040, 0x3100), range(0x4E00, 0x4F00), range(0xAC00, 0xB000), range(0xF900, 0xFB50), range(0x1F300, 0x1F700),
             range(0x1D100, 0x1D200), [0x27, 0x20, 0x73, 0x74, 0x27, 0x6C]]
    for _ in range(count):
        some = draw.sample(pools, 3)
        yield "".join(chr(draw.choice(draw.choice(some))) for _ in range(draw.randint(1, 24)))


def reference(path):
    """CLIPTokenizerFast over the words of `path`, as the published vocab.json and merges.txt hold them."""
    merges = gzip.open(path).read().decode().strip().split("\n")[1:49152 - 256 - 2 + 1]
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    bytes_ = [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]
    words = bytes_ + [byte + "</w>" for byte in bytes_] + ["".join(merge.split()) for merge in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as folder:
        vocab, merges_file = Path(folder) / "vocab.json", Path(folder) / "merges.txt"
        vocab.write_text(json.dumps({word: i for i, word in enumerate(words)}))
        merges_file.write_text("#version: 0.2\n" + "\n".join(merges))
        return CLIPTokenizerFast(str(vocab), str(merges_file))


def fingerprints(tokenizer):
    """One number for every 256 code points, each written alone and between two letters with an accent after it."""
    found = []
    for begin in range(0, 0x110000, BLOCK):
        points = [point for point in range(begin, begin + BLOCK) if not 0xD800 <= point < 0xE000]
        text = "".join(f" {chr(p)} a{chr(p)}\u0301e" for p in points)
        number = 0
        for word in tokenizer(text).input_ids[1:-1]:
            number = (number * 31 + word + 1) % PRIME
        found.append(number)
    return found


def flat(lists):
    """All of them one after another, and where each ends."""
    ends, everything = [], []
    for one in lists:
        everything += one
        ends.append(len(everything))
    return everything, torch.tensor(ends)


def main():
    tokenizer = reference(sys.argv[1])
    texts = BY_HAND + list(random_texts(1000))
    every_byte, text_ends = flat(list(text.encode()) for text in texts)
    ids, id_ends = flat(tokenizer(text).input_ids[1:-1] for text in texts)
    tensors = {"texts": torch.tensor(every_byte, dtype=torch.uint8), "text_ends": text_ends,
               "ids": torch.tensor(ids, dtype=torch.int32), "id_ends": id_ends,
               "fingerprints": torch.tensor(fingerprints(tokenizer))}
    for length in (77, 152, 227):  # padded and cut as for training, before the cut into chunks
        tensors[f"padded_{length}"] = torch.tensor([
            tokenizer(text, padding="max_length", truncation=True, max_length=length).input_ids
            for text in BY_HAND[-12:]], dtype=torch.int32)
    save_file(tensors, OUT, metadata={
        "reference": "transformers.CLIPTokenizerFast, vocabulary bpe_simple_vocab_16e6.txt.gz",
        "version": f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}",
        "command": "python tools/golden/tokenizer.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz",
        "tolerance": "equal", "by_hand": str(len(BY_HAND))})
    OUT.chmod(0o644)


if __name__ == "__main__":
    sys.exit(main())
