"""Jupyter's protocol, as jupyter_kernel_test has it, and what that does not ask: comms, bursts, aborts, ends."""

import os
import signal
import subprocess
import sys
import time

import jupyter_kernel_test
from jupyter_kernel_test.msgspec_v5 import schema_fragments
from kernels import Kernel

# jupyter_kernel_test has no schema for comms, and stops at the first one it meets.
COMM = {"comm_id": {"type": "string"}, "data": {"type": "object"}}
schema_fragments.setdefault("comm_open", {"properties": {**COMM, "target_name": {"type": "string"}}})
schema_fragments.setdefault("comm_msg", {"properties": COMM})
schema_fragments.setdefault("comm_close", {"properties": COMM})


class TestProtocol(jupyter_kernel_test.KernelTests):
    kernel_name = "lorikeet-page"
    language_name = "lorikeet"
    file_extension = ".txt"
    completion_samples = [{"text": "pa", "matches": {"page"}}, {"text": "x", "matches": set()}]
    complete_code_samples = ["page", "no such word"]
    code_generate_error = "broken"
    code_display_data = [{"code": "page", "mime": "application/vnd.jupyter.widget-view+json"}]
    code_inspect_sample = "page"


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "lorikeet-page"


def view_of(said):
    shown = [m for m in said if m["msg_type"] == "display_data"]
    return shown[-1]["content"]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]


def updates_of(said, method="update"):
    return [m for m in said if m["msg_type"] == "comm_msg" and m["content"]["data"]["method"] == method]


def test_a_cell_run_again_shows_the_same_panel(page):
    first, second = (view_of(page.run("page")[1]) for _ in range(2))
    assert first == second
    assert len(page.states()) == 4


def test_a_burst_of_twenty_thousand_arrives_whole_while_nobody_reads(page):
    asked = page.client.execute("burst")
    time.sleep(2)
    said = page.until_idle(asked, timeout=60)
    numbers = [m["content"]["data"]["content"]["n"] for m in updates_of(said, "custom")]
    assert numbers == list(range(1, 20001))


def test_of_twenty_thousand_updates_few_leave_and_the_last_does(page):
    _, said = page.run("updates")
    updates = updates_of(said + page.drain())
    assert len(updates) <= 3
    assert updates[-1]["content"]["data"]["state"]["value"] == "20000"


def test_updates_of_a_timer_come_ten_times_a_second(page):
    page.run("count")
    began = time.monotonic()
    said = []
    while time.monotonic() - began < 2:
        said.append(page.client.get_iopub_msg(timeout=2))
    assert 14 <= len(updates_of(said)) <= 21


def test_a_press_is_answered(page):
    page.run("page")
    states = page.states()
    button = next(id for id, s in states.items() if s["model_name"] == "ButtonModel")
    label = next(id for id, s in states.items() if s["model_name"] == "LabelModel")
    began = time.monotonic()
    page.send("comm_msg", {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}})
    while not (updates := updates_of([page.client.get_iopub_msg(timeout=5)])):
        pass
    assert updates[0]["content"]["comm_id"] == label
    assert time.monotonic() - began < 0.15


def test_two_windows_stay_in_step(page):
    text = next(id for id, s in page.states().items() if s["model_name"] == "TextModel")
    asked = page.send("comm_msg", {"comm_id": text, "data": {"method": "update", "state": {"value": "typed"},
                                                             "buffer_paths": []}})
    echoes = updates_of(page.until_idle(asked), "echo_update")
    assert [m["content"]["data"]["state"] for m in echoes] == [{"value": "typed"}]
    assert page.states()[text]["state"]["value"] == "typed"


def test_bytes_go_and_come(page):
    text = next(id for id, s in page.states().items() if s["model_name"] == "TextModel")
    parts = [b"", b"x", bytes(range(256)), b"y" * 65535]
    asked = page.send("comm_msg", {"comm_id": text, "data": {"method": "custom", "content": {"k": 1}}}, buffers=parts)
    said = updates_of(page.until_idle(asked), "custom")
    assert [bytes(b) for b in said[0]["buffers"]] == parts


def test_what_names_nobody_is_closed(page):
    asked = page.send("comm_open", {"comm_id": "x", "target_name": "strange", "data": {}})
    closed = [m for m in page.until_idle(asked) if m["msg_type"] == "comm_close"]
    assert [m["content"]["comm_id"] for m in closed] == ["x"]


def test_the_cells_behind_a_failing_one_are_given_back(page):
    asked = [page.client.execute(cell) for cell in ("broken", "page", "page")]
    replies = [page.reply_to(one) for one in asked]
    assert [r["status"] for r in replies] == ["error", "aborted", "aborted"]
    assert "execution_count" not in replies[1]
    time.sleep(0.3)
    assert page.run("page")[0]["status"] == "ok"


def test_an_interrupt_is_answered_and_a_signal_passes(page):
    asked = page.send("interrupt_request", {}, channel="control")
    assert page.reply_to(asked, "control") == {"status": "ok"}
    os.kill(page.pid, signal.SIGINT)
    time.sleep(0.2)
    assert page.run("page")[0]["status"] == "ok"


def test_a_wrong_signature_is_dropped(page):
    right = page.client.session.key
    page.client.session.key = b"guessed"
    page.client.shell_channel.send(page.client.session.msg("shutdown_request", {"restart": False}))
    page.client.session.key = right
    assert page.run("page")[0]["status"] == "ok"


def test_shutdown_is_answered_and_quick(page):
    asked = page.send("shutdown_request", {"restart": False}, channel="control")
    assert page.reply_to(asked, "control") == {"status": "ok", "restart": False}
    began = time.monotonic()
    page.manager.provisioner.process.wait(timeout=5)
    assert page.manager.provisioner.process.returncode == 0
    assert time.monotonic() - began < 1


def test_the_pages_go_in_order_and_their_windows_keep_them(tmp_path):
    """What was typed last is written, nothing is closed in the windows, and the kernel ends by itself."""
    for time_of_it in range(3):
        with Kernel("lorikeet", tmp_path) as kernel:
            kernel.run("recipe")
            fields = [(id, one["state"]) for id, one in kernel.states().items()]
            name = next(id for id, state in fields if state.get("description") == "Name")
            typed = kernel.send("comm_msg", {"comm_id": name, "data": {
                "method": "update", "state": {"value": f"owl-{time_of_it}"}, "buffer_paths": []}})
            kernel.until_idle(typed)  # the end is heard before all else
            asked = kernel.send("shutdown_request", {"restart": False}, channel="control")
            kernel.reply_to(asked, "control")
            assert [m for m in kernel.drain() if m["msg_type"] == "comm_close"] == []
            assert kernel.manager.provisioner.process.wait(timeout=5) == 0
        assert f"owl-{time_of_it}" in (tmp_path / ".lorikeet" / "draft" / "recipe.json").read_text()


def test_a_client_that_comes_back_finds_everything(page):
    _, said = page.run("page")
    page.client.stop_channels()
    page.client = page.manager.client()
    page.client.start_channels()
    page.client.wait_for_ready(timeout=20)
    assert view_of(said) in page.states()
    assert view_of(page.run("page")[1]) == view_of(said)


PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from kernels import Kernel
kernel = Kernel("lorikeet-page", ".")
print(kernel.pid, flush=True)
time.sleep(60)
"""


def alive(pid):
    try:
        return os.path.exists(f"/proc/{pid}") and open(f"/proc/{pid}/stat").read().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_kernel_ends_when_its_server_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, os.path.dirname(__file__)], cwd=tmp_path,
                              stdout=subprocess.PIPE, text=True)
    kernel = int(parent.stdout.readline())
    assert alive(kernel)
    parent.kill()
    parent.wait()
    began = time.monotonic()
    while alive(kernel) and time.monotonic() - began < 10:
        time.sleep(0.05)
    assert not alive(kernel)
    assert time.monotonic() - began < 4


def test_ten_thousand_updates_and_fifty_reloads_leave_no_trace(page):
    page.run("updates")
    for _ in range(10):
        page.states()
    page.run("count")
    before = page.memory_kb()
    for _ in range(50):
        page.states()
        page.run("updates")
    page.drain()
    assert page.memory_kb() - before < 2048
