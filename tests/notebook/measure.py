"""The targets of docs/notebook.md, measured: how quick the notebook is, what it keeps in memory, what it costs a training.

    LORIKEET_BUILD=build/release tests/notebook/with_jupyter.sh --run tests/notebook/measure.py [WORD ...]

Words: ready, press, reload, memory, cost, upload; none: all of them. Each prints one line. Close other programs first.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from browser import Lab, png, write_notebook
from jupyter_client.manager import KernelManager
from kernels import BUILD, ROOT, Kernel, write_specs

JOB = """
[model]
checkpoint = "tiny"
[data]
resolution = [64]
batch = 4
[[data.subsets]]
folder = "birds"
[train]
steps = {steps}
[output]
name = "{name}"
"""


def said(numbers, unit):
    return f"median {statistics.median(numbers):.3f} {unit}, most {max(numbers):.3f} {unit}, of {len(numbers)}"


def ready(folder):
    """From the start of the process to its first answer."""
    times = []
    for _ in range(10):
        manager = KernelManager(kernel_name="lorikeet")
        began = time.monotonic()
        manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels(hb=False)
        client.kernel_info()
        client.get_shell_msg(timeout=30)
        times.append(time.monotonic() - began)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return f"kernel ready after launch: {said(times, 's')}"


# The time between a click and the first frame in which the text behind the selector is another one.
CLICK = """([button, text]) => new Promise((done, failed) => {
  const place = document.querySelector(text);
  const before = place.innerText;
  let began = 0;
  const watch = new MutationObserver(() => {
    if (document.querySelector(text).innerText === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began), 0));
  });
  watch.observe(document.querySelector('.lk-page'), {subtree: true, childList: true, characterData: true, attributes: true});
  setTimeout(() => failed(new Error('nothing changed')), 5000);
  began = performance.now();
  document.querySelector(button).click();
})"""


def press(folder):
    """In the browser, from the click to the first frame that shows a change."""
    write_notebook(folder / "setup.ipynb", ["setup"], "lorikeet")
    times = []
    with Lab(folder) as lab, lab.browser() as browser:
        notebook = browser.open("setup.ipynb")
        notebook.run_all()
        for _ in range(20):
            notebook.output(0).get_by_text("This machine can train.").wait_for()
            notebook.page.wait_for_timeout(500)
            times.append(notebook.page.evaluate(CLICK, [".lk-page button.lk-main", ".lk-status"]) / 1000)
    return f"a click to its first visible change: {said(times, 's')}"


def start_run(folder, name, steps):
    """A training beside the notebook; the page `train` follows any that it finds."""
    if not (folder / "birds").exists():
        shutil.copytree(ROOT / "assets" / "lorikeet", folder / "birds")
    job = folder / f"{name}.toml"
    job.write_text(JOB.format(name=name, steps=steps))
    as_from_the_notebook = {**os.environ, "GOMP_SPINCOUNT": "1000", "XDG_CACHE_HOME": str(folder / ".jupyter" / "cache")}
    run = subprocess.Popen([str(BUILD / "lorikeet"), "train", job.name], cwd=folder, env=as_from_the_notebook,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(metrics(folder, name)) < 3:
        if run.poll() is not None:
            raise RuntimeError(f"the run ended: {run.returncode}")
        time.sleep(0.1)
    return run


def metrics(folder, name):
    file = folder / "runs" / name / "events.jsonl"
    if not file.exists():
        return []
    events = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
    return [event for event in events if event["kind"] == "metrics"]


def end_run(run):
    run.terminate()
    run.wait()


MOVING = "() => document.querySelector('path.lkc-smoothed')?.getAttribute('d')"


def reload(folder):
    """From F5 to the panel with its chart, while a training runs."""
    write_notebook(folder / "train.ipynb", ["recipe", "train"], "lorikeet")
    run = start_run(folder, "reload", 100000)
    times = []
    with Lab(folder) as lab, lab.browser() as browser:
        notebook = browser.open("train.ipynb")
        notebook.run_all()
        notebook.page.wait_for_function(MOVING)
        notebook.save()
        notebook.page.wait_for_timeout(1000)
        for _ in range(5):
            began = time.monotonic()
            notebook.reload()
            notebook.page.wait_for_function(MOVING)
            times.append(time.monotonic() - began)
            notebook.page.wait_for_timeout(2000)
    end_run(run)
    return f"all back after a reload in mid-run: {said(times, 's')}"


def memory(folder):
    """Of the kernel that people use, with all pages open and a run followed."""
    run = start_run(folder, "memory", 100000)
    with Kernel("lorikeet", folder) as kernel:
        for word in ("setup", "recipe", "train", "test"):
            kernel.run(word)

        def follow(updates, reloads):
            seen = loads = 0
            while seen < updates:
                seen += sum(message["msg_type"] == "comm_msg" for message in kernel.drain(0.02))
                type_some(kernel)
                if loads < reloads * seen / updates:
                    kernel.states()
                    loads += 1

        follow(1000, 5)
        before = kernel.memory_kb()
        follow(10000, 50)
        after = kernel.memory_kb()
    end_run(run)
    return f"memory of the kernel after 10,000 updates and 50 reloads: {before} KB before, {after} KB after"


def type_some(kernel, state={}):
    """A person who types into a field of the recipe: each key is answered by some updates."""
    if state.get("kernel") is not kernel:
        texts = [i for i, s in kernel.states().items() if s["model_name"] == "TextModel" and s["state"]["description"] == "Name"]
        state.update(kernel=kernel, field=texts[0], typed=0)
    state["typed"] += 1
    change = {"method": "update", "state": {"value": f"name-{state['typed'] % 100}"}, "buffer_paths": []}
    kernel.send("comm_msg", {"comm_id": state["field"], "data": change})


def pace(folder, name, seconds):
    """Steps a second in the next so many seconds."""
    first = metrics(folder, name)[-1]
    time.sleep(seconds)
    last = metrics(folder, name)[-1]
    return (last["step"] - first["step"]) / (last["time"] - first["time"])


def cost(folder, turns=4, settle=8, seconds=12):
    """One run, in turns with a panel in a browser and with neither kernel nor browser page."""
    write_notebook(folder / "train.ipynb", ["train"], "lorikeet")
    run = start_run(folder, "cost", 100000)
    ratios = []
    with Lab(folder) as lab, lab.browser() as browser:
        for _ in range(turns):
            time.sleep(settle)
            alone = pace(folder, "cost", seconds)
            notebook = browser.open("train.ipynb")
            notebook.run_all()
            notebook.page.wait_for_function(MOVING)
            time.sleep(settle)
            ratios.append(pace(folder, "cost", seconds) / alone)
            notebook.page.close()
            for session in lab.ask("sessions"):
                lab.ask("sessions/" + session["id"], "DELETE")
    end_run(run)
    return f"training speed with a panel attached against without: median {statistics.median(ratios):.3f}, all " + ", ".join(
        f"{ratio:.3f}" for ratio in ratios)


def upload(folder, times=5):
    """A file of 64 MiB, some times, and 1 GiB in 200 files, each compared with what was sent."""
    write_notebook(folder / "images.ipynb", ["images"], "lorikeet")
    own = folder / "own"
    own.mkdir()
    rates = []
    with Lab(folder) as lab, lab.browser() as browser:
        notebook = browser.open("images.ipynb")
        notebook.run_all()
        field, words = notebook.output(0).locator(".lku-field"), notebook.output(0).locator(".lku-sentence")

        def send(place, sentence):
            began = time.monotonic()
            notebook.drop(field, place)
            words.get_by_text(sentence).wait_for(timeout=600_000)
            notebook.page.wait_for_timeout(500)
            return time.monotonic() - began - 0.5

        for i in range(times):
            (own / f"{i}.png").write_bytes(png(64, 64, i, rest=64 << 20))
            seconds = send(own / f"{i}.png", "1 image added.")
            assert (folder / "pictures" / f"{i}.png").read_bytes() == (own / f"{i}.png").read_bytes()
            rates.append(64 / seconds)
            notebook.output(0).get_by_role("button", name="Undo").click()
            notebook.output(0).get_by_text("No images yet").first.wait_for()
        many = folder / "many"
        many.mkdir()
        for i in range(200):
            (many / f"{i:03}.png").write_bytes(png(64, 64, i, rest=(1 << 30) // 200))
        seconds = send(many, "200 images added.")
        lost = [i for i in range(200)
                if (folder / "pictures" / f"{i:03}.png").read_bytes() != (many / f"{i:03}.png").read_bytes()]
        assert not lost, lost
    return f"64 MiB: {said(rates, 'MiB/s')}, least {min(rates):.1f}; 1 GiB in 200 files: {1024 / seconds:.1f} MiB/s, no byte lost"


def main():
    known = {one.__name__: one for one in (ready, press, reload, memory, cost, upload)}
    for word in sys.argv[1:] or known:
        with tempfile.TemporaryDirectory() as folder:
            write_specs(Path(folder) / ".jupyter")
            print(known[word](Path(folder)), flush=True)


if __name__ == "__main__":
    main()
