"""How fast images are tagged, with ONNX Runtime and timm beside it where they are installed: random weights of the full size,
448 px, 10861 tags.

    python bench/tag.py [--networks vit,convnext,swinv2,eva02] [--images N] [--rounds N] [--out FOLDER]

Needs torch 2.11.0, timm 1.0.31, safetensors and numpy; onnx and onnxruntime for the comparison; build/release/lorikeet. Ours is
the rate of `lorikeet tag`, which decodes the images too; the others are given pixels that are ready. All take turns, so that
what else the machine does meets each alike; the best of the rounds counts. Scores are compared with timm's in float32.
"""

import argparse
import json
import re
import resource
import subprocess
import time
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from safetensors.numpy import load_file
from safetensors.torch import save_file

PROGRAM = Path(__file__).resolve().parents[1] / "build" / "release" / "lorikeet"
NETWORKS = {
    "vit": ("vit_base_patch16_224", {"img_size": 448, "class_token": False, "global_pool": "avg", "fc_norm": False,
                                     "act_layer": "gelu_tanh"}),
    "convnext": ("convnext_base", {}),
    "swinv2": ("swinv2_base_window8_256", {"img_size": 448, "window_size": 14, "act_layer": "gelu"}),
    "eva02": ("eva02_large_patch14_448", {"img_size": 448, "global_pool": "avg"}),
}
TAGS = 10861


def network_of(name):
    torch.manual_seed(3)
    architecture, arguments = NETWORKS[name]
    timm.layers.set_fused_attn(name != "eva02")  # fused, that one cannot be exported
    model = timm.create_model(architecture, pretrained=False, num_classes=TAGS, **arguments).eval()
    for key, weight in model.named_parameters():  # what starts near nothing would make all scores alike
        if key.endswith(("head.weight", "head.fc.weight")):
            weight.data = 0.05 * torch.randn_like(weight)
        if key.endswith(("norm1.weight", "norm2.weight", "gamma")):
            weight.data.fill_(1.0)
    return model


def write_tagger(folder, name, model):
    folder.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, folder / "model.safetensors")
    architecture, arguments = NETWORKS[name]
    (folder / "config.json").write_text(json.dumps({
        "architecture": architecture, "num_classes": TAGS, "global_pool": "avg", "model_args": arguments,
        "pretrained_cfg": {"input_size": [3, 448, 448], "mean": [0.5] * 3, "std": [0.5] * 3}}))
    lines = [f"{i},tag_{i},{9 if i < 4 else 0},1" for i in range(TAGS)]
    (folder / "selected_tags.csv").write_text("tag_id,name,category,count\n" + "\n".join(lines) + "\n")


def write_images(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    for i in range(count):
        small = random.integers(0, 256, (28, 28, 3), dtype=np.uint8)
        Image.fromarray(small).resize((448, 448), Image.Resampling.BICUBIC).save(folder / f"{i}.png")


def pixels_of(folder, i):
    pixels = np.array(Image.open(folder / f"{i}.png").convert("RGB"), dtype=np.float32)[:, :, ::-1]
    return np.ascontiguousarray((pixels / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None].copy()


def run_ours(tagger, images, precision, chosen):
    for kept in images.glob(".lorikeet-scores-*"):
        kept.unlink()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [word for name in chosen for word in ("--image", name)]
    said = subprocess.run([PROGRAM, "tag", images, "--model", tagger, "--precision", precision, "--device", "cpu", *words],
                          capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said.stderr, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def scores_of(images, count):
    scores = np.zeros((count, TAGS), np.float32)
    for name, pairs in load_file(next(images.glob(".lorikeet-scores-*"))).items():
        scores[int(Path(name).stem), pairs[:, 0].astype(int)] = pairs[:, 1]
    return scores


class Ours:
    """The program in one precision, over several rounds."""

    def __init__(self, precision):
        self.precision, self.rate, self.first, self.all = precision, 0, 1e9, 1e9

    def run(self, tagger, images, count):
        _, first = run_ours(tagger, images, self.precision, ["0.png"])  # loading is in both, and falls out
        said, seconds = run_ours(tagger, images, self.precision, [f"{i}.png" for i in range(count)])
        self.rate = max(self.rate, float(re.findall(r"([\d.]+) images/s", said)[-1]))
        self.first, self.all = min(self.first, first), min(self.all, seconds)
        self.figures = self.rate, (self.all - self.first) / (count - 1)
        self.scores = scores_of(images, count)


def session_of(model, file):
    import onnxruntime

    torch.onnx.export(model, torch.zeros(1, 3, 448, 448), file, dynamo=False, opset_version=17)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def timed(run, inputs):
    run(inputs[0])
    start, processor = time.perf_counter(), time.process_time()
    for pixels in inputs:
        run(pixels)
    return len(inputs) / (time.perf_counter() - start), (time.process_time() - processor) / len(inputs)


def measure(name, options):
    tagger, images = options.out / name, options.out / "images"
    model = network_of(name)
    write_tagger(tagger, name, model)
    write_images(images, options.images)
    inputs = [pixels_of(images, i) for i in range(options.images)]
    with torch.no_grad():
        wanted = np.concatenate([torch.sigmoid(model(torch.from_numpy(p))).numpy() for p in inputs])
    best = {}

    def take(kind, figures):
        rate, seconds = best.get(kind, (0, 1e9))
        best[kind] = (max(rate, figures[0]), min(seconds, figures[1]))

    session = session_of(model, options.out / f"{name}.onnx") if options.onnx else None
    programs = [Ours("bfloat16"), Ours("float32")]
    for _ in range(options.rounds):
        for program in programs:
            program.run(tagger, images, options.images)
        if session:
            take("ONNX Runtime", timed(lambda pixels: session.run(None, {session.get_inputs()[0].name: pixels}), inputs))
        if options.timm:
            with torch.no_grad():
                take("timm", timed(lambda pixels: model(torch.from_numpy(pixels)), inputs))
    far = {}
    for program in programs:
        best[program.precision] = program.figures
        both = (program.scores > 0) & (wanted >= 0.01)
        far[program.precision] = f"   scores off by {np.abs(program.scores - wanted)[both].max():.1e} at the most"
    base = best.get("ONNX Runtime", best["float32"])
    for kind, (rate, seconds) in best.items():
        print(f"{name:9} {kind:13} {rate:6.2f} images/s ({rate / base[0]:4.2f} times)   {seconds:6.2f} s of processor an image "
              f"({base[1] / seconds:4.2f} times){far.get(kind, '')}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--images", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=PROGRAM.parents[1] / "bench" / "tag")
    parser.add_argument("--onnx", action=argparse.BooleanOptionalAction, default=True, help="ONNX Runtime beside it")
    parser.add_argument("--timm", action=argparse.BooleanOptionalAction, default=True, help="timm beside it")
    options = parser.parse_args()
    for name in options.networks.split(","):
        measure(name, options)


if __name__ == "__main__":
    main()
