"""JupyterLab in a real browser: a server on a free port in a folder of its own, and one notebook in Debian's Chromium.

    with Lab(folder) as lab, lab.browser() as browser:
        notebook = browser.open("Lora_Trainer.ipynb")
        notebook.run_all()
        notebook.picture("setup", "light")
"""

import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from pathlib import Path

from kernels import ROOT, write_specs
from playwright.sync_api import sync_playwright

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
HIGHEST_PX = 2200  # of a screenshot; what is longer is cut
CHROMIUM = os.environ.get("LORIKEET_CHROMIUM") or shutil.which("chromium")
# Where screenshots go; the tests look at the page, people at these.
PICTURES = Path(os.environ.get("LORIKEET_PICTURES", ROOT / "build" / "screenshots"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Lab:
    """A Jupyter server whose root is `folder`, with both kernels of the tests; nothing of the user's own settings."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.token = secrets.token_hex(16)
        self.port = free_port()
        own = self.folder / ".jupyter"
        write_specs(own)
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(own / "config"), "JUPYTER_DATA_DIR": str(own / "data"),
                       "JUPYTER_RUNTIME_DIR": str(own / "runtime"), "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
                       "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"), "IPYTHONDIR": str(own / "ipython"),
                       "XDG_CONFIG_HOME": str(own / "person"), "XDG_CACHE_HOME": str(own / "cache")}
        self.log = open(own / "lab.log", "w")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True",
                   f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.folder}",
                   f"--IdentityProvider.token={self.token}"]
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=self.log,
                                        stderr=subprocess.STDOUT)
        self.wait()

    def wait(self):
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url("api"))
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.25)
        raise RuntimeError("JupyterLab did not start: " + Path(self.log.name).read_text()[-2000:])

    def url(self, place):
        return f"http://127.0.0.1:{self.port}/{place}?token={self.token}"

    def ask(self, place, method="GET", body=None):
        request = urllib.request.Request(self.url("api/" + place), method=method,
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def browser(self, theme="light", beside=None):
        """`beside`: another one that is open already, whose Chromium is used too."""
        return Browser(self, theme, beside)


class Browser:
    def __init__(self, lab, theme, beside=None):
        self.lab = lab
        self.theme = theme
        self.beside = beside

    def __enter__(self):
        self.playwright = None if self.beside else sync_playwright().start()
        self.chromium = (self.beside.chromium if self.beside else
                         self.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]))
        self.notebooks = []
        self.context = self.chromium.new_context(viewport={"width": 1280, "height": 1000},
                                                 color_scheme=self.theme, reduced_motion="reduce")
        return self

    def __exit__(self, *_):
        self.context.close()
        if self.playwright:
            self.chromium.close()
            self.playwright.stop()

    def account(self):
        """What stands in the windows that are open and what was said beside them, for a test that failed."""
        return "\n".join([notebook.account() for notebook in self.notebooks if not notebook.page.is_closed()] +
                         ["The server's last lines:", *Path(self.lab.log.name).read_text().splitlines()[-30:]])

    def open(self, name):
        page = self.context.new_page()
        notebook = Notebook(page, name)
        self.notebooks.append(notebook)
        page.goto(self.lab.url(f"lab/tree/{name}") + "&reset")
        notebook.wait_idle()
        notebook.set_theme(self.theme)
        return notebook


class Notebook:
    """One window on one notebook."""

    def __init__(self, page, name):
        self.page = page
        self.name = name
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    def account(self):
        cells = self.page.locator(".jp-CodeCell")
        shown = [f"cell {i}: {cells.nth(i).inner_text()!r}" for i in range(cells.count())]
        status = self.page.locator("#jp-bottom-panel, #jp-main-statusbar").all_inner_texts()
        return "\n".join([f"{self.name}, status {status}", *shown, "Errors of the window:", *self.errors[-20:]])

    def wait_idle(self, timeout=60):
        # A cell that is run before the status bar says so can be lost without a word; so it is with every kernel.
        self.page.get_by_text("| Idle").first.wait_for(timeout=timeout * 1000)
        self.page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell.currentWidget")

    def command(self, name, arguments=None):
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args || {})", [name, arguments])

    def set_theme(self, theme):
        self.command("apputils:change-theme", {"theme": THEMES[theme]})
        self.page.wait_for_function("dark => document.body.dataset.jpThemeLight === (dark ? 'false' : 'true')",
                                    arg=theme == "dark")

    def run_all(self):
        self.wait_idle()
        self.command("notebook:run-all-cells")

    def run_all_again(self):
        """After a restart: returns when none of the old, dead panels is left on the page."""
        self.page.evaluate("() => document.querySelectorAll('.lk-page').forEach(page => { page.dataset.old = 'yes'; })")
        self.run_all()
        self.page.wait_for_function("() => !document.querySelector('.lk-page[data-old]')")

    def save(self):
        self.command("docmanager:save")

    def reload(self):
        """Returns when the page is there again; what it shows comes later."""
        self.page.reload()
        self.page.wait_for_selector(".jp-NotebookPanel")

    def restart_kernel(self):
        """Returns when the new kernel listens: what is sent before that can be lost, and "Idle" may be the old one's."""
        self.page.evaluate("() => { window.restarted = false;"
                           " window.jupyterapp.commands.execute('notebook:restart-kernel')"
                           ".then(() => { window.restarted = true; }); }")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()  # the toolbar has buttons of that name too
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self.page.wait_for_function("() => window.restarted", timeout=60000)
        self.page.get_by_text("| Idle").first.wait_for(timeout=60000)

    def cell(self, number):
        """The code cell of this number, from 0."""
        return self.page.locator(".jp-CodeCell").nth(number)

    def output(self, number):
        return self.cell(number).locator(".jp-OutputArea").first

    def drop(self, place, *paths):
        """Files and folders of this machine onto a place, through the browser's own input, as from a window of files."""
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 40, "y": box["y"] + 20, "data": data})
        session.detach()

    def fit(self, target, usual):
        """A window in which the place has room, so that it is seen whole. It is drawn and moved as it comes into view: twice."""
        for _ in range(2):
            height = min(round(target.bounding_box()["height"]) + 250, HIGHEST_PX)
            self.page.set_viewport_size({**usual, "height": max(usual["height"], height)})
            self.page.wait_for_timeout(300)
            target.evaluate("place => place.scrollIntoView({block: 'start'})")

    def picture(self, name, *themes, target=None):
        """Screenshots `name`-light.png and `name`-dark.png; of one place, where it is given."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        usual = self.page.viewport_size
        for theme in themes or THEMES:
            self.set_theme(theme)
            if target:
                self.fit(target, usual)
            self.page.wait_for_timeout(300)
            box = target.bounding_box() if target else None
            clip = {**box, "height": min(box["height"], HIGHEST_PX - 250)} if box else None
            self.page.screenshot(path=str(PICTURES / f"{name}-{theme}.png"), clip=clip)
        self.page.set_viewport_size(usual)


def write_notebook(path, words, kernel="lorikeet-page"):
    cells = [{"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "execution_count": None, "outputs": [],
              "source": word} for i, word in enumerate(words)]
    metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "lorikeet"}}
    Path(path).write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


def png(width, height, shade, rest=0):
    """An image of one colour, with so many bytes of noise in it that it is as large as is wished for."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((shade, y * 3 % 256, 128)) * width for y in range(height))
    noise = chunk(b"noIS", random.Random(shade).randbytes(rest)) if rest else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + noise + chunk(b"IEND", b""))
