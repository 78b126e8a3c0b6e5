"""The promise of speed: the same LoRA trained by `lorikeet train` and by diffusers + peft, in turns, and the ratios.

    ./run bench [--model tiny|full|sdxl ...] [--precision bfloat16|float32|auto ...] [--cpu KIND] [--rounds N] [--steps N]
                [--growth]

Why these numbers: time to the end of the first step is what a person waits before anything is seen; seconds per step is
what a run costs; peak memory is what decides whether it runs at all. Both start from nothing each round, read the same
checkpoint (in the page cache for both), the same pictures, the same 192 + 72 (or, tiny, all) target layers, rank,
optimizer and threads. Pictures cached a second is what a new data set costs; the share of the machine's own rate in one
large matrix product, measured in the same run, tells how much of a step is anything but arithmetic. With warm caches ours is
started once more: that is what a person waits for who changes a setting. Page faults and the system's time tell what memory that
comes and goes costs. --cpu has both compute as on a lesser kind of processor (avx2, avx512, avx512-bf16); with
the precision auto the peer takes what suits the processor. SDXL trains its U-Net alone, captions kept, in bfloat16. With
--growth the full model is measured at other sizes, batches, ranks and numbers of pictures as well. Writes build/bench/train.json, and a table for docs/performance.md to stdout.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from pictures import write_pictures
from processes import KINDS, environment_for, kind_of_machine, run_measured

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/release"
WORK = ROOT / "build/bench"
VOCABULARY = ROOT / ".deps/site/open_clip/bpe_simple_vocab_16e6.txt.gz"

# size in px, batch, rank, steps
MODELS = {
    "tiny": {"size": 64, "batch": 4, "rank": 8, "steps": 60},
    "full": {"size": 256, "batch": 1, "rank": 16, "steps": 10},
    "sdxl": {"size": 256, "batch": 1, "rank": 16, "steps": 6, "unet_only": True},
}
MAKING = {  # what the maker of random weights is told
    "tiny": ["--tiny", "--dtype", "fp16"],
    "full": ["--dtype", "fp16"],
    "sdxl": ["--family", "sdxl", "--dtype", "bf16"],
}
# What --growth changes of the full model, one at a time.
GROWTH = [{"size": 384}, {"size": 512}, {"batch": 2}, {"batch": 4}, {"rank": 4}, {"rank": 64}, {"images": 32}]

JOB = """
[model]
checkpoint = "{checkpoint}"
[data]
resolution = [{size}]
batch = {batch}
cache_folder = "{cache}"
[[data.subsets]]
folder = "{pictures}"
[adapter]
rank = {rank}
alpha = {alpha}
train_text = {train_text}
[optim]
lr = 1e-4
text_lr = 5e-5
[optim.schedule]
shape = "constant"
warmup = 0
[train]
steps = {steps}
precision = "{precision}"
seed = 1
device = "cpu"
threads = {threads}
[sample]
at_end = false
every_steps = 0
[output]
name = "bench"
folder = "{runs}"
"""


def checkpoint_for(model):
    """The tiny base model that comes along; of the full size a file of random weights, made once."""
    shipped = ROOT / "assets/tiny/tiny.safetensors"
    if model == "tiny" and shipped.exists():
        return shipped
    path = WORK / f"{model}.safetensors"
    if not path.exists():
        subprocess.run([maker(), *MAKING[model], path], check=True)
    return path


def maker():
    places = [BUILD / "lorikeet_random_checkpoint", *BUILD.glob("tools/*/lorikeet_random_checkpoint")]
    return next(place for place in places if place.exists())


def train_ours(setting, steps):
    """Its peak memory, what was seen of it, and its events."""
    runs = WORK / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    job = WORK / "job.toml"
    words = {**setting, "steps": steps, "train_text": json.dumps(not setting.get("unet_only", False))}
    job.write_text(JOB.format(**words, alpha=setting["rank"] / 2, runs=runs, cache=WORK / "cache"))
    environment = environment_for(setting["cpu"])
    peak, watch = run_measured([BUILD / "lorikeet", "train", job], WORK / "ours.txt", environment)
    return peak, watch, [json.loads(line) for line in (runs / "bench/events.jsonl").read_text().splitlines()]


def run_ours(setting):
    """With empty caches, then to its first step with warm ones."""
    shutil.rmtree(WORK / "cache", ignore_errors=True)
    peak, watch, events = train_ours(setting, setting["steps"])
    said = re.search(r"([\d.]+) (MB|GB)  in all while training", (WORK / "ours.txt").read_text())
    forecast = float(said[1]) * {"MB": 1e6, "GB": 1e9}[said[2]]
    _, _, warm = train_ours(setting, 1)
    facts = {"warm_first_step_s": steps_of(warm)[0]["seconds"], "forecast_gib": forecast / 2**30}
    facts |= system_of(watch, steps_of(events))
    return peak, cache_rate(events), steps_of(events), facts


def steps_of(events):
    return [event for event in events if event["kind"] == "metrics"]


def system_of(watch, steps):
    """What a step after the first took of the system: page faults, seconds of its work."""
    if len(steps) < 2:
        return {"step_faults": 0, "step_system_s": 0}
    faults, seconds = watch.between(steps[0]["seconds"], steps[-1]["seconds"])
    return {"step_faults": faults / (len(steps) - 1), "step_system_s": seconds / (len(steps) - 1)}


def cache_rate(events):
    """Pictures a second while latents were cached, the first picture left out."""
    phase, times = "", []
    for event in events:
        phase = event["name"] if event["kind"] == "phase" else phase
        if phase == "caching" and event["kind"] == "progress":
            times.append(event["time"])
    return (len(times) - 1) / (times[-1] - times[0])


def run_peer(setting, *flags):
    flags = [*flags, *(["--unet-only"] if setting.get("unet_only") else [])]
    for name in ("checkpoint", "pictures", "size", "batch", "rank", "steps", "threads"):
        flags += [f"--{name}", setting[name]]
    flags += ["--precision", precision_of_peer(setting)]
    command = [sys.executable, ROOT / "bench/peer.py", *flags, "--vocabulary", VOCABULARY]
    peak, watch = run_measured(command, WORK / "peer.txt", environment_for(setting["cpu"]))
    told = [json.loads(line) for line in (WORK / "peer.txt").read_text().splitlines()]
    cached = next(t for t in told if "cached" in t)
    steps = [t for t in told if "step" in t or "step_flop" in t]
    facts = {"warm_first_step_s": steps[0]["seconds"]} | system_of(watch, [step for step in steps if "step" in step])
    return peak, cached["cached"] / cached["cache_seconds"], steps, facts


def precision_of_peer(setting):
    """What a careful person would take: bfloat16 where the processor has instructions for it."""
    if setting["precision"] != "auto":
        return setting["precision"]
    kind = setting["cpu"] or kind_of_machine()
    return "bfloat16" if kind in ("avx512-bf16", "amx") else "float32"


def arithmetic_of(setting):
    """Floating-point operations of one step, counted in the peer by PyTorch."""
    _, _, steps, _ = run_peer({**setting, "steps": 1}, "--flops")
    return steps[-1]["step_flop"]


def matmul_rate(setting):
    """GFLOP/s of one large matrix product."""
    command = [sys.executable, ROOT / "bench/matmul.py", "--precision", precision_of_peer(setting)]
    command += ["--threads", str(setting["threads"])]
    environment = environment_for(setting["cpu"])
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


def figures(rounds):
    """Over the rounds: the best start, the median and best step (the first step of a process left out), the peak."""
    steps = [step["step_seconds"] for _, _, metrics, _ in rounds for step in metrics[1:]]
    return {
        "first_step_done_s": min(metrics[0]["seconds"] for _, _, metrics, _ in rounds),
        "warm_first_step_s": min(facts["warm_first_step_s"] for *_, facts in rounds),
        "step_median_s": statistics.median(steps),
        "step_best_s": min(steps),
        "cached_per_s": max(rate for _, rate, _, _ in rounds),
        "peak_rss_gib": max(peak for peak, *_ in rounds) / 2**30,
        "step_faults": statistics.median(facts["step_faults"] for *_, facts in rounds),
        "step_system_s": statistics.median(facts["step_system_s"] for *_, facts in rounds),
        "forecast_gib": rounds[0][3].get("forecast_gib"),
        "mean_loss": statistics.mean(step["loss"] for _, _, metrics, _ in rounds for step in metrics),
    }


def measure(model, precision, arguments, **changes):
    setting = {**MODELS[model], "precision": precision, "threads": arguments.threads, "cpu": arguments.cpu, **changes}
    setting["checkpoint"] = checkpoint_for(model)
    setting["steps"] = arguments.steps or setting["steps"]
    setting["pictures"] = WORK / f"pictures-{setting['size']}"
    if count := setting.get("images"):
        setting["pictures"] = WORK / f"pictures-{setting['size']}-{count}"
    write_pictures(setting["pictures"], setting["size"], setting.get("images", 8))
    ours, peer = [], []
    for number in range(arguments.rounds):
        what = f"{model}, {setting['size']} px, batch {setting['batch']}, rank {setting['rank']}, {precision}"
        what += f", {setting['images']} pictures" if "images" in setting else ""
        print(f"{what}: round {number + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
        ours.append(run_ours(setting))
        peer.append(run_peer(setting))
    result = {"model": model, **setting, "lorikeet": figures(ours), "peer": figures(peer)}
    rate, work = matmul_rate(setting), arithmetic_of(setting) / 1e9
    result |= {"matmul_gflop_per_s": rate, "step_gflop": work}
    for trainer in ("lorikeet", "peer"):
        result[trainer]["share_of_matmul"] = work / result[trainer]["step_best_s"] / rate
        result[trainer]["beside_s"] = result[trainer]["step_best_s"] - work / rate
    return result


def machine(kind):
    name = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    here = kind_of_machine()
    return {"cpu": name, "cores": os.cpu_count(), "kind": here, "kind_in_force": kind or here}


ROWS = [
    ("first step done, s", "first_step_done_s", 2),
    ("first step done with warm caches, s", "warm_first_step_s", 2),
    ("s/step, median", "step_median_s", 3),
    ("s/step, best", "step_best_s", 3),
    ("pictures cached a second", "cached_per_s", 2),
    ("share of the matmul rate", "share_of_matmul", 2),
    ("s/step that are no arithmetic", "beside_s", 3),
    ("page faults a step", "step_faults", 0),
    ("the system's seconds a step", "step_system_s", 3),
    ("peak memory, GiB", "peak_rss_gib", 2),
]
MORE_IS_BETTER = {"cached_per_s", "share_of_matmul"}


def table(report):
    here = report["machine"]
    held = "" if here["kind"] == here["kind_in_force"] else f", held back to {here['kind_in_force']}"
    yield f"{report['date']}, {here['cpu']}, {here['cores']} cores, {here['kind']}{held}."
    yield ""
    yield "| model | precision | what | Lorikeet | diffusers + peft | ratio |"
    yield "|---|---|---|---:|---:|---:|"
    for result in report["results"]:
        name = f"{result['model']}, {result['size']} px, batch {result['batch']}, rank {result['rank']}"
        name += f", {result['images']} pictures" if "images" in result else ""
        for title, key, digits in ROWS:
            ours, peer = result["lorikeet"][key], result["peer"][key]
            better, worse = (ours, peer) if key in MORE_IS_BETTER else (peer, ours)
            ratio = f"{better / worse:.2f}" if worse else ""
            yield f"| {name} | {result['precision']} | {title} | {ours:.{digits}f} | {peer:.{digits}f} | {ratio} |"
        yield f"| {name} | {result['precision']} | memory forecast, GiB | {result['lorikeet']['forecast_gib']:.2f} | | |"
        yield (
            f"| {name} | {result['precision']} | GFLOP a step; GFLOP/s of a product | {result['step_gflop']:.0f} "
            f"| {result['matmul_gflop_per_s']:.0f} | |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=MODELS, default=["tiny", "full"])
    parser.add_argument("--precision", nargs="+", choices=["bfloat16", "float32", "auto"], default=["bfloat16", "float32"])
    parser.add_argument("--cpu", choices=KINDS, help="compute as on this kind of processor; default: as it is")
    parser.add_argument("--rounds", type=int, default=2, help="each trainer is started so often, in turns")
    parser.add_argument("--steps", type=int, help="of each run; default: as fits the model")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--growth", action="store_true", help="the full model at other sizes, batches, ranks, pictures too")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    report = {"date": datetime.date.today().isoformat(), "machine": machine(arguments.cpu), "results": []}
    for model in arguments.model:
        for precision in arguments.precision:
            if model == "sdxl" and precision == "float32":
                continue  # the peer would want over 30 GB
            for changes in [{}, *(GROWTH if arguments.growth and model == "full" else [])]:
                report["results"].append(measure(model, precision, arguments, **changes))
    (WORK / "train.json").write_text(json.dumps(report, indent=2, default=str) + "\n")
    print("\n".join(table(report)))


if __name__ == "__main__":
    main()
