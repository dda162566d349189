"""Processes: `switchyard-server` under test, and `moto_server` in place of other services."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import requests

from polling import eventually

ACCOUNT = "111111111111"
OTHER_ACCOUNT = "222222222222"
REGION = "us-east-1"


def inherited():
    """The environment without what tests are told by it: that would be settings to the server."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")
    }


class Process:
    """A server in a process of its own, whose output goes to a file."""

    def __init__(self, command, log, environment=None):
        self.log = Path(log)
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**inherited(), **(environment or {})},
            )

    def output(self):
        """What it has printed so far, terminal colours left out."""
        text = self.log.read_text(errors="replace")
        return re.sub(r"\x1b\[[0-9;]*m", "", text)

    def first_match(self, pattern, seconds=120):
        """The first group of `pattern`, as soon as the process prints it."""

        def look():
            found = re.search(pattern, self.output())
            if not found and self.process.poll() is not None:
                raise RuntimeError(
                    f"ended with status {self.process.returncode}:\n{self.output()[-4000:]}"
                )
            return found

        with self.killed_on_error():
            return eventually(look, f"a line like {pattern}", seconds).group(1)

    @contextlib.contextmanager
    def killed_on_error(self):
        """A process whose start fails is not left behind."""
        try:
            yield
        except BaseException:
            self.kill()
            raise

    def kill(self):
        """Ends it as a power cut would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        return self.process.wait(30)


class Moto(Process):
    """moto_server on a port of its own; every access key belongs to ACCOUNT."""

    def __init__(self, folder):
        super().__init__(
            [Path(sys.executable).with_name("moto_server"), "-H", "127.0.0.1", "-p", "0"],
            Path(folder) / "moto.log",
            {"MOTO_ACCOUNT_ID": ACCOUNT, "PYTHONUNBUFFERED": "1"},
        )
        port = self.first_match(r"Running on http://127\.0\.0\.1:(\d+)")
        self.endpoint = f"http://127.0.0.1:{port}"


class Switchyard(Process):
    """switchyard-server over a data directory; started again, it finds what it had."""

    def __init__(self, data, backend, flags=(), port=0):
        self.data = Path(data)
        self.data.mkdir(parents=True, exist_ok=True)
        log = self.data.with_name(self.data.name + ".log")
        log.unlink(missing_ok=True)
        command = [os.environ["SWITCHYARD_SERVER"], "--port", str(port), "--data", str(data)]
        command += ["--backend", backend, "--account", ACCOUNT]
        command += shlex.split(os.environ.get("SWITCHYARD_FLAGS", "")) + list(flags)
        super().__init__(command, log)
        backend_port = backend.rsplit(":", 1)[1].rstrip("/")
        port = self.first_match(rf"http://(?:127\.0\.0\.1|0\.0\.0\.0):((?!{backend_port}\b)\d+)")
        self.endpoint = f"http://127.0.0.1:{port}"
        with self.killed_on_error():
            eventually(self.is_healthy, "GET /_switchyard/health to answer 200", 120)

    def is_healthy(self):
        try:
            return self.admin("GET", "health").status_code == 200
        except requests.ConnectionError:
            return False

    def admin(self, method, path, **options):
        """A request to the admin API."""
        options.setdefault("timeout", 60)
        return requests.request(method, f"{self.endpoint}/_switchyard/{path}", **options)

    def stop(self):
        """Asks it to end, and holds it to ending well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end it:\n{self.output()[-4000:]}")
        assert status == 0, f"ended with status {status}:\n{self.output()[-4000:]}"


class Running:
    """A server that somebody else started; nothing but its address is known."""

    def __init__(self, endpoint):
        self.endpoint = endpoint.rstrip("/")

    def admin(self, method, path, **options):
        options.setdefault("timeout", 60)
        return requests.request(method, f"{self.endpoint}/_switchyard/{path}", **options)
