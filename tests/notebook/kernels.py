"""Kernels for tests: specs in a temporary folder, and a client that talks to one."""

import json
import os
import time
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

BUILD = Path(os.environ["LORIKEET_BUILD"])
ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {"lorikeet": "lorikeet_kernel", "lorikeet-page": "lorikeet_page_kernel"}


def write_specs(folder):
    """Specs of both kernels below `folder`, and Jupyter told to look there."""
    for name, program in PROGRAMS.items():
        spec = {"argv": [str(BUILD / program), "-f", "{connection_file}"], "display_name": name,
                "language": "lorikeet", "interrupt_mode": "message"}
        place = Path(folder) / "kernels" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(folder)


class Kernel:
    """A kernel in `folder` and one client of it, as a context."""

    def __init__(self, name, folder):
        began = time.monotonic()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.ready_after = time.monotonic() - began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def memory_kb(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        raise RuntimeError("no VmRSS")

    def run(self, cell, **options):
        """Runs a cell; its reply, and everything said meanwhile."""
        asked = self.client.execute(cell, **options)
        return self.reply_to(asked), self.until_idle(asked)

    def reply_to(self, asked, channel="shell", timeout=30):
        get = getattr(self.client, f"get_{channel}_msg")
        while True:
            message = get(timeout=timeout)
            if message["parent_header"].get("msg_id") == asked:
                return message["content"]

    def until_idle(self, asked, timeout=30):
        said = []
        while True:
            message = self.client.get_iopub_msg(timeout=timeout)
            said.append(message)
            if (message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
                    and message["parent_header"].get("msg_id") == asked):
                return said

    def send(self, kind, content, channel="shell", buffers=None):
        message = self.client.session.msg(kind, content)
        socket = getattr(self.client, f"{channel}_channel")
        if buffers:
            message["buffers"] = buffers
            self.client.session.send(socket.socket, message, buffers=buffers)
        else:
            socket.send(message)
        return message["header"]["msg_id"]

    def drain(self, quiet=0.3):
        """What is said until nothing is said for a moment."""
        said = []
        while True:
            try:
                said.append(self.client.get_iopub_msg(timeout=quiet))
            except Empty:
                return said

    def states(self):
        """The state of every widget, as a window that is opened now gets it."""
        self.drain(0.1)
        self.send("comm_open", {"comm_id": "states", "target_name": "jupyter.widget.control", "data": {}})
        asked = self.send("comm_msg", {"comm_id": "states", "data": {"method": "request_states"}})
        said = self.until_idle(asked)
        self.send("comm_close", {"comm_id": "states", "data": {}})
        found = [m for m in said if m["msg_type"] == "comm_msg" and m["content"]["comm_id"] == "states"]
        return found[0]["content"]["data"]["states"]
