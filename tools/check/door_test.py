#!/usr/bin/env python3
"""./run as somebody meets it who mistypes: answered at once, with what was meant, and nothing set up or built for it."""

import http.server
import os
import socket
import subprocess
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*words):
    said = subprocess.run([ROOT / "run", *words], capture_output=True, text=True, timeout=20, cwd="/")
    return said.returncode, said.stdout, said.stderr


def shell(script, **environment):
    """A few lines of bash that know the functions of tools/run."""
    sources = "".join(f"source tools/run/{name}.sh; " for name in ("say", "words", "setup", "notebook"))
    plain = {k: v for k, v in os.environ.items() if k not in ("RUNPOD_POD_ID", "PUBLIC_IPADDR", "DISPLAY", "WAYLAND_DISPLAY")}
    command = f"set -euo pipefail; ROOT=$PWD; {sources} {script}"
    said = subprocess.run(["bash", "-c", command], cwd=ROOT, env=plain | environment, capture_output=True, text=True, timeout=60)
    return said.returncode, said.stdout, said.stderr


class Refuses(http.server.BaseHTTPRequestHandler):
    """Another notebook at the port that was wished for: it does not know our token."""

    def do_GET(self):
        self.send_response(200 if "token" not in self.path else 403)
        self.end_headers()

    def log_message(self, *_):
        pass


class DoorTest(unittest.TestCase):
    def refused(self, words, *sentences):
        code, out, err = run(*words)
        self.assertEqual((code, out), (1, ""), err)
        for sentence in sentences:
            self.assertIn(sentence, err)
        self.assertEqual(len(err.splitlines()), 2, err)  # the cause and the remedy: no step was begun

    def test_help_begins_with_the_notebook(self):
        for words in ((), ("help",), ("--help",)):
            code, out, _ = run(*words)
            self.assertEqual(code, 0)
            self.assertTrue(out.startswith("./run notebook"), out)

    def test_a_mistyped_word_is_answered_with_what_was_meant(self):
        for typed, meant in (("notebok", "notebook"), ("trian", "train"), ("Demo", "demo"), ("tset", "test"), ("stup", "setup")):
            self.refused([typed], f'"{typed}"', f"./run {meant}?")
        self.refused(["xyzzy"], '"xyzzy"', "./run help lists")
        self.refused(["setup", "--cdua"], "--cdua")

    def test_options_of_the_notebook_speak_before_anything_is_set_up(self):
        self.refused(["notebook", "--port"], "--port needs a number")
        self.refused(["notebook", "--port", "abc"], '"abc"')
        self.refused(["notebook", "--port=0"], '"0"')
        self.refused(["notebook", "--port", "--no-browser"], '"--no-browser"')
        self.refused(["notebook", "--port", "70000"], "from 1 to 65535")
        self.refused(["notebook", "--ip"], "--ip needs an address")
        self.refused(["notebook", "--prot", "8890"], "--prot")

    def test_a_port_that_is_taken_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.refused(["notebook", "--port", str(server.getsockname()[1])], "already in use")

    def test_another_server_is_never_taken_for_ours(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/api"
            script = (
                "mkdir -p $T/bin; ln -sf $(command -v python3) $T/bin/python; NOTEBOOK=$T; sleep 2 & "
                f"wait_for_server $! {url}{{}} && echo ours || echo not ours"
            )
            temporary = {"T": os.environ.get("TMPDIR", "/tmp") + f"/door-{os.getpid()}"}
            self.assertEqual(shell(script.format(""), **temporary)[1], "ours\n")  # the test can fail
            self.assertEqual(shell(script.format("?token=1"), **temporary)[1], "not ours\n")
            subprocess.run(["rm", "-rf", temporary["T"]], check=True)
            server.shutdown()

    def test_the_address_is_one_that_can_be_opened_from_outside(self):
        def said(ip, **environment):
            return shell(f"say_where 8888 {ip} /lab?token=1", **environment)[2]

        self.assertIn("http://127.0.0.1:8888/lab?token=1", said("127.0.0.1"))
        self.assertIn("ssh -L 8888:127.0.0.1:8888", said("127.0.0.1"))
        self.assertNotIn("ssh", said("127.0.0.1", DISPLAY=":0"))
        pod = said("0.0.0.0", RUNPOD_POD_ID="abc123")
        self.assertIn("https://abc123-8888.proxy.runpod.net/lab?token=1", pod)
        vast = said("0.0.0.0", PUBLIC_IPADDR="203.0.113.7", VAST_TCP_PORT_8888="40123")
        self.assertIn("http://203.0.113.7:40123/lab?token=1", vast)
        self.assertIn("http://192.0.2.4:8888/lab?token=1", said("192.0.2.4"))
        self.assertNotIn("at  http://127.0.0.1", said("0.0.0.0") if shell("hostname -I")[1].strip() else "")
        for words in (pod, vast, said("0.0.0.0"), said("127.0.0.1")):
            self.assertLessEqual(len(words.splitlines()), 3, words)


if __name__ == "__main__":
    unittest.main()
