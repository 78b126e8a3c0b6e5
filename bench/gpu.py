"""The promise of speed on a GPU: SD 1.5 and SDXL at full size with random weights, by `lorikeet train` and by diffusers + peft
on the same card in one run, step time, share of the card's own matrix rate, and peak memory.

    ./run bench --device cuda [--model sd1 sdxl] [--rounds N] [--seconds N]

Ours is measured with recorded steps, without, and with recompute; the peer as it is and with gradient checkpointing. Time for
a step is the median over the last two thirds of a run. Peak memory is that of tensors, from the first step on. Arithmetic is what
PyTorch's own counter finds in the peer's step; the matrix rate is that of an 8192 x 8192 product in the peer's process.
Writes build/bench/gpu.json, and a table for docs/performance.md to stdout.
"""

import argparse
import datetime
import json
import re
import shutil
import statistics
import subprocess
import sys
import time

from pictures import write_pictures
from processes import run_measured
from train import BUILD, ROOT, VOCABULARY, WORK, maker

# size in px, batch, rank, steps
MODELS = {
    "sd1": {"size": 512, "batch": 1, "rank": 16, "steps": 60},
    "sdxl": {"size": 1024, "batch": 1, "rank": 16, "steps": 45},
}
OURS = {
    "recorded": {"record_steps": "auto"},
    "unrecorded": {"record_steps": "off"},
    "recorded, recompute": {"record_steps": "auto", "recompute": "on"},
}
PEER = {"plain": [], "checkpointing": ["--recompute"]}

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
train_text = false
[optim]
lr = 1e-4
[optim.schedule]
shape = "constant"
warmup = 0
[train]
steps = {steps}
precision = "bfloat16"
seed = 1
device = "cuda"
{more}
[sample]
at_end = false
every_steps = 0
[output]
name = "bench"
folder = "{runs}"
"""


def knows(name):
    """Whether this build has the setting train.NAME."""
    return f"| `{name}` |" in (ROOT / "docs/settings.md").read_text()


def checkpoint_for(model):
    path = WORK / f"{model}-bf16.safetensors"
    if not path.exists():
        subprocess.run([maker(), "--family", model, "--dtype", "bf16", path], check=True)
    return path


def run_ours(setting, words):
    shutil.rmtree(WORK / "runs", ignore_errors=True)
    more = "\n".join(f"{name} = {json.dumps(value)}" for name, value in words.items())
    job = WORK / "gpu-job.toml"
    places = {"runs": WORK / "runs", "cache": WORK / f"cache-{setting['size']}-{setting['model']}"}
    job.write_text(JOB.format(**setting, **places, alpha=setting["rank"] / 2, more=more))
    rss, _ = run_measured([BUILD / "lorikeet", "train", job], WORK / "ours.txt")
    events = list(map(json.loads, (WORK / "runs/bench/events.jsonl").read_text().splitlines()))
    warnings = [event["text"] for event in events if event["kind"] == "warning"]
    said = re.search(r"([\d.]+) GB  in all while training", (WORK / "ours.txt").read_text())
    facts = {"rss_gib": rss / 2**30, "warnings": warnings, "forecast_gib": said and float(said[1]) * 1e9 / 2**30}
    return [event for event in events if event["kind"] == "metrics"], facts


def run_peer(setting, flags):
    words = ["--unet-only", "--device", "cuda", "--precision", "bfloat16", "--vocabulary", VOCABULARY, *flags]
    for name in ("checkpoint", "pictures", "size", "batch", "rank"):
        words += [f"--{name}", setting[name]]
    words += ["--steps", max(12, setting["steps"] // 2)]
    rss, _ = run_measured([sys.executable, ROOT / "bench/peer.py", *words], WORK / "peer.txt")
    lines = list(map(json.loads, (WORK / "peer.txt").read_text().splitlines()))
    facts = {"rss_gib": rss / 2**30}
    for line in lines:
        if "step" not in line:
            facts |= line
    return [line for line in lines if "step" in line], facts


def figures(steps, facts):
    # Numbers come a step late, so the last step's follow at once on those before it.
    late = [step["step_seconds"] for step in steps[len(steps) // 3 : -1]]
    return {
        "first_step_done_s": steps[0]["seconds"],
        "step_median_s": statistics.median(late),
        "step_best_s": min(late),
        "gpu_peak_gib": max(step["gpu_memory_bytes"] for step in steps) / 2**30,
        "loss": statistics.mean(step["loss"] for step in steps),
        **facts,
    }


def attempt(results, name, run, deadline):
    """One run; what fails is written down and does not cost the others."""
    if time.monotonic() > deadline:
        results[name] = {"left_out": "no time was left"}
        return
    try:
        results[name] = figures(*run())
    except (SystemExit, Exception) as trouble:
        results[name] = {"failed": str(trouble)[-2000:]}
    print(json.dumps({name: results[name]}), file=sys.stderr, flush=True)


def measure(model, arguments, deadline):
    setting = {"model": model, **MODELS[model], "checkpoint": checkpoint_for(model)}
    setting["steps"] = arguments.steps or setting["steps"]
    setting["pictures"] = WORK / f"pictures-{setting['size']}"
    write_pictures(setting["pictures"], setting["size"])
    result = {**setting, "ours": {}, "peer": {}}
    for number in range(arguments.rounds):
        mark = "" if number == 0 else f", round {number + 1}"
        for name, words in OURS.items():
            if all(knows(word) for word in words):
                attempt(result["ours"], name + mark, lambda w=words: run_ours(setting, w), deadline)
        for name, flags in PEER.items():
            attempt(result["peer"], name + mark, lambda f=flags: run_peer(setting, f), deadline)
    return result


def table(report):
    yield f"{report['date']}, {report['card']}."
    yield ""
    yield "| model | run | s/step, median | share of matrix rate | peak GPU memory, GiB | forecast | first step done, s |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for result in report["results"]:
        plain = result["peer"].get("plain", {})
        full = plain.get("step_flop", 0) / plain["matmul_flop_s"] if plain.get("matmul_flop_s") else None
        name = f"{result['model']}, {result['size']} px, batch {result['batch']}, rank {result['rank']}"
        for who in ("ours", "peer"):
            for run, got in result[who].items():
                if "step_median_s" not in got:
                    yield f"| {name} | {who}: {run} | {got.get('failed', got.get('left_out'))[:80]} | | | | |"
                    continue
                share = f"{full / got['step_median_s']:.2f}" if full and "recompute" not in run else ""
                forecast = f"{got['forecast_gib']:.2f}" if got.get("forecast_gib") else ""
                yield (
                    f"| {name} | {who}: {run} | {got['step_median_s']:.4f} | {share} "
                    f"| {got['gpu_peak_gib']:.2f} | {forecast} | {got['first_step_done_s']:.1f} |"
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--steps", type=int, help="of each run of ours; the peer does half as many")
    parser.add_argument("--seconds", type=float, default=1e9, help="begins no further run after so many")
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.seconds
    WORK.mkdir(parents=True, exist_ok=True)
    report = {"date": datetime.date.today().isoformat(), "card": "", "results": []}
    for model in arguments.model:
        report["results"].append(measure(model, arguments, deadline))
        cards = [run["card"] for run in report["results"][-1]["peer"].values() if "card" in run]
        report["card"] = report["card"] or next(iter(cards), "")
        (WORK / "gpu.json").write_text(json.dumps(report, indent=2, default=str) + "\n")
    print("\n".join(table(report)))


if __name__ == "__main__":
    main()
