"""Fixtures: the servers, and clients of them."""

import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from clients import Site
from servers import Moto, Running, Switchyard

SEED = int(os.environ.get("SWITCHYARD_SEED") or random.SystemRandom().randrange(1 << 32))

# How many answers were as recorded: {"right": n, "wrong": n, "not replayed": n}
RECORDED = {}


def pytest_report_header():
    server = os.environ.get("SWITCHYARD_ENDPOINT") or os.environ.get("SWITCHYARD_SERVER")
    return f"server: {server}; SWITCHYARD_SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    if RECORDED:
        right, wrong = RECORDED.get("right", 0), RECORDED.get("wrong", 0)
        line = f"{right} of {right + wrong} answers are as the real service's"
        if RECORDED.get("not replayed"):
            line += f"; {RECORDED['not replayed']} were not replayed here"
        terminalreporter.write_sep("=", line)


@pytest.fixture
def seeded(request):
    """Random numbers, the same ones for the same SWITCHYARD_SEED and test."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="session")
def folder():
    """A folder for everything that the tests' servers write."""
    path = Path(tempfile.mkdtemp(prefix="switchyard-clients-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def backend(folder):
    """The address at which SQS, SNS, Kinesis and the like are found."""
    if os.environ.get("SWITCHYARD_BACKEND"):
        yield os.environ["SWITCHYARD_BACKEND"].rstrip("/")
        return
    moto = Moto(folder)
    yield moto.endpoint
    moto.kill()


@pytest.fixture(scope="session")
def site(folder, request):
    """The server that most tests share, with its backend."""
    endpoint = os.environ.get("SWITCHYARD_ENDPOINT")
    if endpoint == "moto":
        address = request.getfixturevalue("backend")
        yield Site(Running(address), address, is_moto=True, is_switchyard=False)
    elif endpoint:
        running = Running(endpoint)
        backend_address = os.environ.get("SWITCHYARD_BACKEND", running.endpoint)
        is_switchyard = running.admin("GET", "health").status_code == 200
        yield Site(
            running,
            backend_address,
            is_moto=not is_switchyard,
            is_switchyard=is_switchyard,
        )
    else:
        server = Switchyard(folder / "shared", request.getfixturevalue("backend"))
        yield Site(server, request.getfixturevalue("backend"))
        server.stop()


@pytest.fixture
def switchyard(site):
    """The shared server, for tests of what only Switchyard has."""
    if not site.is_switchyard:
        pytest.skip("asks for what only Switchyard has")
    return site


@pytest.fixture
def start(request, tmp_path):
    """Starts servers of the test's own, `start(flags=[...])`; they end with the test."""
    if os.environ.get("SWITCHYARD_ENDPOINT"):
        pytest.skip("starts and kills servers of its own")
    started = []

    def start(data="data", backend=None, flags=(), port=0):
        address = backend or request.getfixturevalue("backend")
        server = Switchyard(tmp_path / data, address, flags, port)
        started.append(server)
        return Site(server, address)

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def events(site):
    """EventBridge, as boto3 knows it."""
    return site.client("events")
