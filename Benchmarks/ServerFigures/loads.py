"""Load on a server: closed loops by wrk, open ones by `switchyard-server load`."""

import json
import math
import subprocess
import sys
import time
from pathlib import Path

from wire import Client, Refused

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("requests.lua")
# How long a server that takes seconds for an answer is measured at most.
SECONDS_MAX = 40


def answers_per_second(contender, operation, bodies, seconds):
    """How many good answers a second wrk gets; 0 and a reason on standard error if any is not.

    A server so slow that the connections would not all get an answer in `seconds` has longer.
    """
    probe = one_answer(contender, operation, bodies)
    if probe is None:
        return None
    seconds = max(seconds, min(SECONDS_MAX, round(2 * CONNECTIONS * probe)))
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "120s"]
    command += ["-s", str(SCRIPT), contender.url, "--", operation, str(bodies)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 180)
    line = next((l for l in done.stdout.splitlines() if l.startswith("figures ")), None)
    if line is None:
        raise SystemExit(f"wrk failed: {done.stderr or done.stdout}")
    figures = json.loads(line.removeprefix("figures "))
    if figures["wrong"] or figures["broken"]:
        print(f"{contender.name}, {operation}: not all was answered well: {line}", file=sys.stderr)
    if figures["wrong"] and not figures["right"]:
        return None
    if figures["right"] == 0:
        # Not one in all that time: then what a single connection got.
        return 1 / probe
    return figures["right"] / figures["seconds"]


def one_answer(contender, operation, bodies):
    """How long one answer takes, in seconds; None where the operation is not built."""
    with open(bodies, encoding="utf-8") as lines:
        members = json.loads(next(lines))
    client = Client(contender.port)
    try:
        client.call(operation, **members)
        begun = time.perf_counter()
        client.call(operation, **members)
        return time.perf_counter() - begun
    except Refused as refused:
        print(f"{contender.name}: {refused}", file=sys.stderr)
        return None


def p99_in_open_loop(generator, contender, rate, seconds):
    """The 99th percentile of the seconds from when a request was due to its answer, at `rate`.

    None where not all was acknowledged, or too few requests were answered to tell.
    """
    # Of a hundred requests the slowest hundredth is one.
    seconds = max(seconds, min(SECONDS_MAX, math.ceil(150 / rate)))
    command = [generator, "load", "--endpoint", contender.url, "--bus", "figures"]
    command += ["--source", "figures.0", "--rate", f"{rate:.0f}", "--entries", "1"]
    command += ["--connections", str(CONNECTIONS), "--size", "1024"]
    command += ["--seconds", str(seconds), "--warmup", "1", "--json"]
    environment = {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "any"}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=seconds + 120,
        env={**environment, "AWS_REGION": "us-east-1"},
    )
    if done.returncode != 0:
        print(f"{contender.name}, open loop: {done.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    p99 = json.loads(done.stdout)["latency"].get("p99")
    return p99 and p99 / 1e9
