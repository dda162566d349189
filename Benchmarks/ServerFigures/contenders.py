"""The servers that are measured, each a process that can be started, rested and stopped."""

import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from wire import ACCOUNT, REGION, Client

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Contender:
    """A server's process; what it prints is thrown away, and it logs no more than warnings."""

    name = ""
    # Where events of a rule go: to nobody. None: the rule has no target, which is less work.
    discard = None
    health = "/"

    def __init__(self, folder):
        self.folder = Path(folder)
        self.process = None
        self.port = 0

    def command(self):
        raise NotImplementedError

    def start(self):
        """Starts it, and gives the seconds until it answered for the first time."""
        self.port = free_port()
        command, environment = self.command()
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, **environment},
        )
        while not self.is_healthy():
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended by itself: {shlex.join(map(str, command))}")
            if time.perf_counter() - begun > 120:
                raise SystemExit(f"{self.name} does not answer within two minutes")
            time.sleep(0.002)
        return time.perf_counter() - begun

    def is_healthy(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.health)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def client(self):
        return Client(self.port)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def rest(self):
        """Takes it from the processor while others are measured."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.wake()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def resident_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1_024

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Switchyard(Contender):
    name = "switchyard"
    discard = "discard:"
    health = "/_switchyard/health"
    keeps_state = True

    def __init__(self, folder, server, flags):
        super().__init__(folder)
        self.server, self.flags = server, flags
        self.data = self.folder / "data"

    def command(self):
        command = [self.server, "--port", str(self.port), "--data", str(self.data)]
        return command + ["--log-level", "warning"] + self.flags, {}

    def keep(self):
        """Keeps the stopped server's state, for `renew`."""
        self.data.rename(self.folder / "kept")

    def renew(self):
        """Has the state that was kept, and nothing that came since."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.folder / "kept", self.data)


class Moto(Contender):
    name = "moto_server"
    health = "/moto-api/"
    keeps_state = False

    def __init__(self, folder, programs):
        super().__init__(folder)
        self.programs = Path(programs)

    def command(self):
        server = self.programs / "moto_server"
        environment = {"MOTO_ACCOUNT_ID": ACCOUNT}
        return [server, "-H", "127.0.0.1", "-p", str(self.port)], environment


class Ministack(Contender):
    name = "ministack"
    health = "/_ministack/health"
    keeps_state = False

    def __init__(self, folder, programs):
        super().__init__(folder)
        self.programs = Path(programs)

    def command(self):
        environment = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
        }
        return [self.programs / "ministack"], environment
