"""The commands that ask a server which runs: tail, explain, top."""

import json
import os
import signal
import subprocess

import pytest

from admin_requests import bus_with, put
from polling import eventually
from test_admin import ORDER, SECRET


def command(site, *arguments, **options):
    """Runs a command to its end."""
    return subprocess.run(
        [os.environ["SWITCHYARD_SERVER"], *arguments, "--server", site.endpoint],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.fixture
def following(switchyard):
    """Starts `tail`, and gives the process when it follows."""
    started = []

    def start(*arguments):
        if not started:
            # Those of other tests, who have gone, are noticed some seconds later.
            eventually(lambda: tails(switchyard) == 0, "nobody follows a bus")
        before = tails(switchyard)
        process = subprocess.Popen(
            [os.environ["SWITCHYARD_SERVER"], "tail", *arguments, "--server", switchyard.endpoint],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        eventually(lambda: tails(switchyard) > before, "a reader of the bus")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def tails(site):
    text = site.server.admin("GET", "metrics").text
    (line,) = [line for line in text.splitlines() if line.startswith("switchyard_tails ")]
    return int(line.split()[1])


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_tail_prints_events_until_it_is_stopped(events, following, stop):
    bus = bus_with(events)
    process = following("--bus", bus, "--pattern", '{"detail": {"n": [1, 3]}}')
    ids = put(events, bus, [{"n": n} for n in range(5)])
    seen = [json.loads(process.stdout.readline()) for _ in range(2)]
    assert [event["id"] for event in seen] == [ids[1], ids[3]]
    process.send_signal(stop)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "", "")


def test_tail_prints_when_events_came_in_if_it_is_asked_to(events, following):
    bus = bus_with(events)
    process = following("--bus", bus, "--json")
    put(events, bus, [{}])
    seen = json.loads(process.stdout.readline())
    assert seen["sequence"] == 0 and seen["ingestTime"] and seen["event"]["source"] == "test"


def test_tail_ends_when_nobody_reads_its_output(events, following):
    bus = bus_with(events)
    process = following("--bus", bus)
    process.stdout.close()
    put(events, bus, [{}] * 2)
    assert process.wait(30) == 0


def test_tail_says_that_its_bus_is_gone(events, following):
    bus = bus_with(events)
    process = following("--bus", bus)
    events.delete_event_bus(Name=bus)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1 and bus in errors


def test_explain_says_what_is_in_the_way(switchyard, events, tmp_path):
    bus = bus_with(events, paid={"detail": {"state": ["paid"]}}, late={"detail": {"state": ["late"]}})
    file = tmp_path / "event.json"
    file.write_text(json.dumps(ORDER))
    told = command(switchyard, "explain", str(file), "--bus", bus)
    assert told.returncode == 0, told.stderr
    assert "paid: matches" in told.stdout and "late: does not match" in told.stdout
    assert 'no  detail.state is "paid"; the rule wants "late"' in told.stdout
    assert "1 of 2 rules match" in told.stderr
    arguments = ["explain", "-", "--bus", bus, "--rule", "late", "--json"]
    answer = json.loads(command(switchyard, *arguments, input=json.dumps(ORDER)).stdout)
    assert [rule["rule"] for rule in answer["explanations"]] == ["late"]


def test_top_prints_a_table(switchyard, events, tmp_path):
    bus = bus_with(events, all={"source": ["test"]}, none={"source": ["nobody"]})
    target = {"Id": "lines", "Arn": f"file://{tmp_path}/lines"}
    events.put_targets(Rule="all", EventBusName=bus, Targets=[target])
    put(events, bus, [{}] * 12)

    def table():
        shown = command(switchyard, "top", "--once", "--bus", bus)
        assert shown.returncode == 0, shown.stderr
        return [line.split() for line in shown.stdout.splitlines()]

    eventually(lambda: ["all", "lines", "12", "12", "0", "0", "-"] in table(), "all delivered")
    head, own, *rules = table()
    assert head[:4] == ["BUS", "RULE", "TARGET", "IN"]
    assert own[0].endswith(f"/{bus}") and own[1:] == ["12", "12"]
    assert ["none", "0"] in rules


def test_top_goes_on_until_it_is_stopped(switchyard):
    process = subprocess.Popen(
        [
            os.environ["SWITCHYARD_SERVER"],
            "top",
            "--interval=0.1",
            "--server",
            switchyard.endpoint,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    heads = 0
    while heads < 3:
        heads += process.stdout.readline().startswith("BUS")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize("name", ["tail", "top", "explain"])
def test_a_server_that_is_not_there_is_said_so(name, tmp_path):
    file = tmp_path / "event.json"
    file.write_text("{}")
    arguments = [name, *([str(file)] if name == "explain" else []), "--server"]
    ran = subprocess.run(
        [os.environ["SWITCHYARD_SERVER"], *arguments, "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    assert "no server answers at http://127.0.0.1:9" in ran.stderr


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (["tail", "--bus", "nowhere"], 1, "nowhere"),
        (["tail", "--pattern", "{"], 1, "pattern"),
        (["top", "--once", "--bus", "nowhere"], 1, "nowhere"),
        (["top", "--interval", "0"], 64, "--interval"),
        (["explain", "missing.json"], 64, "missing.json"),
        (["tail", "--key", "alone"], 64, "ID:SECRET"),
    ],
)
def test_what_makes_no_sense_is_said_so(switchyard, arguments, status, words):
    ran = command(switchyard, *arguments)
    assert ran.returncode == status, ran.stderr
    assert words in ran.stderr


def test_commands_sign_where_they_have_to(start):
    key = f"AKIDEXAMPLE:{SECRET}"
    site = start("far", flags=["--host", "0.0.0.0", "--key", key])
    refused = command(site, "top", "--once", env={})
    assert refused.returncode == 1 and "403" not in refused.stdout
    assert command(site, "top", "--once", "--key", key).returncode == 0
    environment = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    told = command(site, "explain", "-", env=environment, input=json.dumps(ORDER))
    assert told.returncode == 0, told.stderr
