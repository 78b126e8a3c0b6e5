"""What images cost: scanned, linted, decoded, cached and waited for, with Pillow beside it where it does the same.

    ./run bench --data [--images N] [--rounds N]

Writes build/bench/data.json, and a table for docs/performance.md to stdout. The images are made once, into build/bench, and
lie in the page cache. Decoding is measured in one thread of each: files as cameras write them (JPEG, 12 megapixels, turned by
their EXIF mark) and PNG, turned, resized by area and cropped to 1024 px. Pillow resizes by BOX, which is its filter by area and
its fastest; and by LANCZOS, which is what most scripts write. Waiting is what steps of the tiny base spend until their batch is
there; what caching takes outside the VAE is told by a clock around the VAE's calls.
"""

import argparse
import datetime
import json
import os
import platform
import random
import shutil
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageOps
from train import BUILD, JOB, WORK, checkpoint_for

PROGRAM = BUILD / "lorikeet_data_bench"
SIZES = [(640, 480), (480, 640), (512, 512), (768, 512)]
CAMERA, DRAWN = (4000, 3000), (2048, 1536)
TURNED = 6  # EXIF: the camera was held upright


def scene(seed, size):
    """Something like a photograph: soft light, a few shapes, noise."""
    draw = random.Random(seed)
    image = Image.linear_gradient("L").rotate(draw.randrange(360)).resize(size).convert("RGB")
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, r = draw.randrange(size[0]), draw.randrange(size[1]), draw.randrange(10, max(size) // 4)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(draw.randrange(256) for _ in range(3)))
    noise = Image.effect_noise((size[0] // 2, size[1] // 2), 40).resize(size).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(1)), noise, 0.15)


def write_small(job):
    folder, number = job
    scene(number, SIZES[number % len(SIZES)]).save(folder / f"{number:05}.jpg", quality=88)
    (folder / f"{number:05}.txt").write_text(f"a scene, number {number}, soft light, shapes, noise\n")


def small_images(count):
    folder = WORK / f"data-{count}"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with ProcessPoolExecutor() as pool:
            list(pool.map(write_small, [(folder, number) for number in range(count)], chunksize=50))
        (folder / "made").touch()
    return folder


def large_images():
    folder = WORK / "data-large"
    if not folder.exists():
        making = folder.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        for kind in ("jpeg", "png"):
            (making / kind).mkdir(parents=True)
        exif = Image.Exif()
        exif[0x0112] = TURNED
        for number in range(12):
            scene(number, CAMERA).save(making / f"jpeg/{number}.jpg", quality=92, exif=exif)
            scene(number, DRAWN).save(making / f"png/{number}.png", compress_level=4)
        making.rename(folder)
    return folder


def ours(*words):
    done = subprocess.run([str(word) for word in (PROGRAM, *words)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def fit_with_pillow(path, px, resample):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    scale = max(px / image.width, px / image.height)
    size = (max(px, int(image.width * scale + 0.5)), max(px, int(image.height * scale + 0.5)))
    image = image.resize(size, resample)
    left, top = (size[0] - px) // 2, (size[1] - px) // 2
    return image.crop((left, top, left + px, top + px)).tobytes()[-1]


def seconds_of(work, items):
    began = time.perf_counter()
    for item in items:
        work(item)
    return (time.perf_counter() - began) / len(items)


def measure_decoding(rounds):
    rows = []
    for kind in ("jpeg", "png"):
        folder = large_images() / kind
        files = sorted(folder.iterdir())
        times = {"ours": [], "box": [], "lanczos": []}
        for _ in range(rounds):
            found = ours("fit", folder, 1024)
            times["ours"].append(found["seconds"] / found["images"])
            for name, resample in (("box", Image.Resampling.BOX), ("lanczos", Image.Resampling.LANCZOS)):
                times[name].append(seconds_of(lambda path, how=resample: fit_with_pillow(path, 1024, how), files))
        rows.append({"kind": kind, **{name: min(all_of) for name, all_of in times.items()}})
    return rows


def header_with_pillow(path):
    with Image.open(path) as image:
        size = image.size
    return size, path.with_suffix(".txt").read_text()


def measure_scanning(count, rounds):
    folder = small_images(count)
    ours("headers", folder)  # into the page cache
    headers = min((ours("headers", folder) for _ in range(rounds)), key=lambda one: one["seconds"])
    pillow = seconds_of(header_with_pillow, sorted(folder.glob("*.jpg"))) * count
    few = ours("lint", small_images(count // 10))
    lint = ours("lint", folder)
    return {"images": count, "headers": headers["seconds"], "headers_pillow_one_core": pillow, "lint": lint["seconds"],
            "lint_scanned": lint["scanned"], "lint_peak": lint["peak_bytes"], "lint_peak_of_a_tenth": few["peak_bytes"]}


def job_of(setting, name):
    path = WORK / f"{name}.toml"
    words = {"cache": WORK / "data-cache", "runs": WORK / "data-runs", "precision": "float32", "threads": os.cpu_count(),
             "train_text": "false", "rank": 8, "alpha": 4, **setting}
    path.write_text(JOB.format(**words))
    return path


def measure_caching():
    """Of the tiny base, whose VAE is quick, and of SD 1.5's size."""
    rows = []
    for model, count, size in (("tiny", 1000, 64), ("tiny", 1000, 256), ("full", 100, 256)):
        shutil.rmtree(WORK / "data-cache", ignore_errors=True)
        setting = {"checkpoint": checkpoint_for(model), "pictures": small_images(count), "size": size, "batch": 4, "steps": 1}
        found = ours("cache", job_of(setting, "data-cache"))
        rows.append({"model": model, "size": size, **found, "outside": 1 - found["in_vae"] / found["seconds"]})
    return rows


def measure_waiting():
    rows = []
    for model, size, batch, steps in (("tiny", 64, 4, 200), ("tiny", 64, 1, 200), ("full", 256, 1, 8)):
        shutil.rmtree(WORK / "data-runs", ignore_errors=True)
        setting = {"checkpoint": checkpoint_for(model), "pictures": small_images(100), "size": size, "batch": batch, "steps": steps}
        subprocess.run([BUILD / "lorikeet", "train", job_of(setting, "data-wait")], stdout=subprocess.DEVNULL, check=True)
        lines = (WORK / "data-runs/bench/events.jsonl").read_text().splitlines()
        found = [event for event in map(json.loads, lines) if event["kind"] == "metrics"][1:]
        waited, took = (sum(event[name] for event in found) for name in ("waited_seconds", "step_seconds"))
        rows.append({"model": model, "size": size, "batch": batch, "step": took / len(found), "share": waited / took})
    return rows


def print_tables(facts):
    scan = facts["scanning"]
    print(f"\n{scan['images']} images: headers and captions {scan['headers']:.2f} s (Pillow, one core: "
          f"{scan['headers_pillow_one_core']:.2f} s), all with hashes and lint {scan['lint']:.1f} s of which lint "
          f"{scan['lint'] - scan['lint_scanned']:.1f}; peak memory {scan['lint_peak'] / 2**20:.0f} MiB, of a tenth of them "
          f"{scan['lint_peak_of_a_tenth'] / 2**20:.0f} MiB")
    print("\n| to 1024 px, one thread, ms an image | Lorikeet | Pillow, BOX | Pillow, LANCZOS | times Pillow's rate |\n|---|---:|---:|---:|---:|")
    for row in facts["decoding"]:
        print(f"| {row['kind']} | {1e3 * row['ours']:.0f} | {1e3 * row['box']:.0f} | {1e3 * row['lanczos']:.0f} | "
              f"{row['box'] / row['ours']:.2f} (BOX), {row['lanczos'] / row['ours']:.2f} (LANCZOS) |")
    print("\n| caching | images a second | outside the VAE |\n|---|---:|---:|")
    for row in facts["caching"]:
        print(f"| {row['model']}, {row['size']} px | {row['images'] / row['seconds']:.1f} | {100 * row['outside']:.1f} % |")
    print("\n| steps | s/step | waiting |\n|---|---:|---:|")
    for row in facts["waiting"]:
        print(f"| {row['model']}, {row['size']} px, batch {row['batch']} | {row['step']:.3f} | {100 * row['share']:.2f} % |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["scanning", "decoding", "caching", "waiting"], nargs="*", help="these parts alone")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    parts = {"scanning": lambda: measure_scanning(arguments.images, arguments.rounds),
             "decoding": lambda: measure_decoding(arguments.rounds), "caching": measure_caching, "waiting": measure_waiting}
    chosen = arguments.only or list(parts)
    print(f"{datetime.date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} processors, "
          f"load {os.getloadavg()[0]:.1f}", flush=True)
    facts = {}
    for name in chosen:
        facts[name] = parts[name]()
        (WORK / "data.json").write_text(json.dumps(facts, indent=1))
        print(name, json.dumps(facts[name]), flush=True)
    if len(chosen) == len(parts):
        print_tables(facts)


if __name__ == "__main__":
    main()
