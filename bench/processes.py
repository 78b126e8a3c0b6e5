"""Runs a program to its end, and tells what the system did for it meanwhile: page faults, its own time, peak memory."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAUSE_S = 0.02

# The kinds of processor that one machine can stand for, the least first, and what holds the libraries back to each:
# as base/processor does in Lorikeet.
KINDS = {
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "avx512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
    "avx512-bf16": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"},
    "amx": {},
}
FLAGS = {"amx": "amx_bf16", "avx512-bf16": "avx512_bf16", "avx512": "avx512f", "avx2": "avx2"}


def kind_of_machine():
    text = Path("/proc/cpuinfo").read_text()
    line = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    flags = line[1].split() if line else []
    return next((kind for kind, flag in FLAGS.items() if flag in flags), "portable")


def environment_for(kind):
    """This process's, held back to a kind of processor; None: whatever the machine is."""
    if kind is None:
        return dict(os.environ)
    return {**os.environ, "LORIKEET_CPU": kind, **KINDS[kind]}


class Watch(threading.Thread):
    """Looks at a process every few milliseconds: its age, its page faults, the seconds that the system worked for it."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.seen = pid, [(0.0, 0, 0.0)]
        self.start()

    def run(self):
        while True:
            try:
                fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
                age = float(Path("/proc/uptime").read_text().split()[0]) - float(fields[19]) / TICKS
            except (OSError, IndexError):
                return
            if fields[0] == "Z":
                return
            self.seen.append((age, int(fields[7]) + int(fields[9]), int(fields[12]) / TICKS))
            time.sleep(PAUSE_S)

    def between(self, begin, end):
        """Page faults and system seconds between two ages of the process."""
        first = max((s for s in self.seen if s[0] <= begin), key=lambda s: s[0])
        last = min((s for s in self.seen if s[0] >= end), key=lambda s: s[0], default=self.seen[-1])
        return last[1] - first[1], last[2] - first[2]


def run_measured(command, output, environment=None):
    """Its peak resident memory in bytes, and what was seen of it."""
    with open(output, "w") as out, open(f"{output}.err", "w") as err:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err, env=environment)
        watch = Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = "\n".join(Path(f"{output}.err").read_text().splitlines()[-3:])
        sys.exit(f"{Path(command[0]).name} ended with {process.returncode}.\n{tail}")
    return usage.ru_maxrss * 1024, watch
