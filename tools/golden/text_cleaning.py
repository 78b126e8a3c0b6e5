"""Makes tests/golden/text_cleaning.safetensors: what transformers' slow CLIPTokenizer, with ftfy installed, makes of odd texts,
and a fingerprint of what it makes of every code point of Unicode.

Left out, and counted in the metadata: texts that ftfy takes for misread and repairs, and those with points that Python, regex
and tokenizers know from different versions of Unicode.

    python -m venv /tmp/clean && /tmp/clean/bin/pip install transformers==4.54.1 ftfy==6.3.1 regex torch numpy safetensors
    /tmp/clean/bin/python tools/golden/text_cleaning.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz
"""

import json
import sys
import tempfile
import unicodedata

import ftfy
import regex
import tokenizers
import torch
import transformers
from ftfy import TextFixerConfig
from safetensors.torch import save_file
from tokenizer import BLOCK, BY_HAND, OUT, PRIME, flat, random_texts, reference
from tokenizers import Regex, pre_tokenizers
from transformers import CLIPTokenizer

POINTS = 0x30000  # behind them nothing is composed, lowered or replaced
NO_REPAIR = TextFixerConfig(explain=False, fix_encoding=False)

ODD = [
    "A woman\u2019s hand, \u201csoft light\u201d, \u2018quoted\u2019 and \u201alow\u201e \u201breversed\u201f \u02bcmodifier", "don\u2019t we\u2019ll I\u2019ve it\u2019s",
    "black &amp; white", "&quot;hello&quot; &lt;3 &gt;_&lt;", "&amp;amp;amp;lt;", "x < y &amp; z", "one &amp; two\nthree < four\nfive &amp; six", "a &lt;b&gt; &amp; c",
    "AT&T R&D &copy 2020 &copy; &COPY; &Copy; &eacute; &EACUTE; &Eacute; &SZLIG; &szlig; &fjlig; &nGt; &CounterClockwiseContourIntegral; &hellip;",
    "&#38; &#x26; &#X26; &#39; &#59; &#x3b; &#0; &#128; &#x80; &#129; &#1; &#xD; &#xFFFE; &#xD800; &#1114112; &#99999999999999999999; &#12a; &#x; &#; &#xg;",
    "&#32;&#9;&#10;a", "& amp; &amp ; &;&a; &&amp;&", "&amp" + "a" * 30 + ";", "\ufb01ne \ufb02ower \ufb00\ufb03\ufb04\ufb05\ufb06 \u0132\u0133 \u0149 \u01c4\u01c5\u01c6\u01c7\u01c8\u01c9\u01ca\u01cb\u01cc \u01f1\u01f2\u01f3",
    "\uff21\uff22\uff23\u3000\uff11\uff12 \uff08\uff1a\uff09 \uff76\uff9e \uffa1\uffc2 \uffe5\uffe1\uffe3 \uff5e", "\uff06amp;", "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3 \u0391\u03a3 \u03a3\u0391 \u0391\u03a3\u2019 \u0391\u03a3. \u0391\u03a3\u0301 \u0391.\u03a3 \u0391\u03a3.\u0391 \u0391\u00ad\u03a3 1\u03a3 \U0001d400\u03a3",
    "\u0130STANBUL \u0130\u03a3 I\u0307 \u212a \u2126 \u1e9e", "\u001b[31mred\u001b[0m \u001b[1;32mgreen \u001b[ \u001b[m \u001b", "a\x00b\x07c\x0bd\x0ce\x7ff\u206ag\ufeffh\ufff9i\ufffcj", "line\r\nnext\rmac\u2028sep\u2029par",
    "\x93smart\x94 it\x92s \x85 \x80 5", "a <|startoftext|> b &amp; <|endoftext|> c < d &amp; e", "!<|STARTOFTEXT|> <|EndOfText|>! <|endoftext|>", "'\u017f <|\u017ftartoftext|> '\u017ft",
    "  spaces \u00a0 and\u2003more\u200b \t tabs \u1680", "e\u0301 \u1e0b\u0323 \u212b", "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab", "The sign reads: \u201cOPEN 24 HRS\u201d \u2014 neon, 35\u00b0C, caf\u00e9, na\u00efve, 5\u2032 10\u2033, \u00bd cup",
    "1girl, solo, :3, ^_^, (masterpiece:1.2), \\(series\\), >_<, ;d, @_@, |_|, =_=", "\u2606 \u2605 \u266a \u2661 \u2665 \u2192 \u00d7 \u2022 \u2026 \u2122 \u00ae \u00a9 \u20ac \u00a3 \u00a5", "\U0001f600\u200d\U0001f466\U0001f3fd \U0001f1ef\U0001f1f5 \u2764\ufe0f",
]
MISREAD = ["caf\u00c3\u00a9", "a woman\u00e2\u20ac\u2122s hand", "\u00e2\u20ac\u0153quoted\u00e2\u20ac\u009d", "\u00e6\u2014\u00a5\u00e6\u0153\u00ac", "\u00d0\u00bf\u00d1\u20ac\u00d0\u00b8\u00d0\u00b2\u00d0\u00b5\u00d1\u201a", "\u00f0\u0178\u02dc\u0160 smile", "35\u00c2\u00b0C", "Gr\u00c3\u00bc\u00c3\u0178e"]


def same_in_all(text):
    """Whether Python, regex and tokenizers, each with a Unicode of its own, say the same of every point of it."""
    for char in text:
        if any(bool(regex.match(rf"\p{{{name}}}", char)) != is_of[name](char) for name in "LN"):
            return False
        if compose(char) != unicodedata.normalize("NFC", char) or lower(char) != char.lower():
            return False
    return True


compose = tokenizers.normalizers.NFC().normalize_str
lower = tokenizers.normalizers.Lowercase().normalize_str
splits = {name: pre_tokenizers.Split(Regex(rf"\p{{{name}}}"), behavior="removed", invert=True) for name in "LN"}
is_of = {name: lambda char, split=split: bool(split.pre_tokenize_str(char)) for name, split in splits.items()}


def ids_of(tokenizer, text):
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))


def is_repaired(text):
    return ftfy.fix_text(text) != ftfy.fix_text(text, NO_REPAIR)


def slow(path):
    """CLIPTokenizer with the words of the fast one."""
    fast = reference(path)
    with tempfile.TemporaryDirectory() as folder:
        fast.save_pretrained(folder)
        return CLIPTokenizer.from_pretrained(folder)


def fingerprints(tokenizer):
    """One number for every 256 code points, each read alone: by itself, between letters, and before a capital sigma."""
    found, skipped = [], []
    special = {word: word for word in ("<|startoftext|>", "<|endoftext|>")}
    for begin in range(0, POINTS, BLOCK):
        number = 0
        tokenizer.cache = dict(special)  # else it never ends growing
        for point in range(begin, begin + BLOCK):
            char = chr(point)
            text = f"{char} a{char}b A{char}\u03a3"
            if 0xD800 <= point < 0xE000:
                continue
            if is_repaired(text) or not same_in_all(char):
                skipped.append(point)
                continue
            for word in ids_of(tokenizer, text):
                number = (number * 31 + word + 1) % PRIME
        found.append(number)
    return found, skipped


def main():
    tokenizer = slow(sys.argv[1])
    assert tokenizer.fix_text is ftfy.fix_text
    assert ids_of(tokenizer, ODD[0]) == tokenizer(ODD[0]).input_ids[1:-1]
    asked = ODD + BY_HAND + list(random_texts(1500))
    texts = [text for text in asked if not is_repaired(text) and same_in_all(text)]
    assert all(text in texts for text in ODD), [text for text in ODD if text not in texts]
    assert all(is_repaired(text) for text in MISREAD)
    every_byte, text_ends = flat(list(text.encode()) for text in texts)
    ids, id_ends = flat(ids_of(tokenizer, text) for text in texts)
    numbers, skipped = fingerprints(tokenizer)
    tensors = {"texts": torch.tensor(every_byte, dtype=torch.uint8), "text_ends": text_ends.to(torch.int32),
               "ids": torch.tensor(ids, dtype=torch.int32), "id_ends": id_ends.to(torch.int32),
               "fingerprints": torch.tensor(numbers, dtype=torch.int32), "skipped": torch.tensor(skipped, dtype=torch.int32)}
    out = OUT.with_name("text_cleaning.safetensors")
    save_file(tensors, out, metadata={
        "reference": "transformers.CLIPTokenizer with ftfy, vocabulary bpe_simple_vocab_16e6.txt.gz",
        "version": f"transformers {transformers.__version__}, ftfy {ftfy.__version__}, regex {regex.__version__}, "
                   f"Unicode {unicodedata.unidata_version}",
        "command": "python tools/golden/text_cleaning.py .deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz",
        "tolerance": "equal", "left_out": str(len(asked) - len(texts)), "misread": json.dumps(MISREAD)})
    out.chmod(0o644)
    print(len(texts), "texts,", len(asked) - len(texts), "left out,", len(skipped), "points skipped,", out.stat().st_size, "bytes")


if __name__ == "__main__":
    sys.exit(main())
