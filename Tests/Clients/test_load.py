"""`switchyard-server load`: what it counts is what the bus got, whatever the endpoint answers."""

import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from clients import ACCOUNT, REGION, fresh
from http_standin import Standin
from polling import eventually

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SHORT = ["--seconds", "0.5", "--warmup", "0.1", "--connections", "4"]


def command(endpoint, *options):
    return [os.environ["SWITCHYARD_SERVER"], "load", "--endpoint", endpoint, *options]


def environment(key, secret):
    """That of a shell in which somebody has set a key; None for none."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    credentials = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    return {**own, "AWS_REGION": REGION, **(credentials if key else {})}


def load(endpoint, *options, key=ACCOUNT, secret="any", bundle=""):
    """Runs it to its end; certificates are checked by those of `bundle`."""
    return subprocess.run(
        command(endpoint, *options),
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment(key, secret), "AWS_CA_BUNDLE": str(bundle)},
    )


def report(run, status=0):
    assert run.returncode == status, run.stderr
    return json.loads(run.stdout)


def archived(site):
    """A bus that archives all it gets, and what tells how many events that are."""
    events = site.client("events")
    name = fresh("load")
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    events.create_archive(ArchiveName=name, EventSourceArn=bus)
    return name, lambda: events.describe_archive(ArchiveName=name)["EventCount"]


# Counts


@pytest.mark.parametrize("options", [[], ["--entries", "10"], ["--rate", "300", "--entries", "3"]])
def test_what_is_acknowledged_is_what_the_bus_got(site, switchyard, options):
    bus, count = archived(site)
    figures = report(load(site.endpoint, "--bus", bus, "--json", *SHORT, *options))
    assert figures["published"] == figures["delivered"] > 0
    assert figures["endpoint"]["refused"] == {}
    eventually(lambda: count() == figures["delivered"], f"{figures['delivered']} in the archive")
    measured = sum(interval["events"] for interval in figures["intervals"])
    assert 0 < measured <= figures["delivered"]


def test_an_open_loop_sends_exactly_as_many_requests_as_the_rate_says(site, switchyard):
    bus, count = archived(site)
    options = ["--rate", "200", "--entries", "4", "--seconds", "1", "--warmup", "0.5"]
    figures = report(load(site.endpoint, "--bus", bus, "--json", *options))
    assert figures["endpoint"]["requests"] == 75 and figures["published"] == 300
    assert sum(interval["events"] for interval in figures["intervals"]) == 200
    eventually(lambda: count() == 300, "300 events in the archive")


def test_entries_are_as_long_as_was_asked_and_reach_a_rule(site, switchyard):
    events, queue = site.client("events"), site.queue()
    bus = fresh("load")
    events.create_event_bus(Name=bus)
    events.put_rule(Name="all", EventBusName=bus, EventPattern='{"source": ["some \\"source\\""]}')
    events.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "1", "Arn": queue.arn}])
    options = ["--source", 'some "source"', "--detail-type", "kind", "--size", "100"]
    figures = report(load(site.endpoint, "--bus", bus, "--json", "--rate", "20", *SHORT, *options))
    event = queue.events(figures["delivered"])[0]
    assert event["source"] == 'some "source"' and event["detail-type"] == "kind"
    assert len(json.dumps(event["detail"], separators=(",", ":"))) == 100


# Signatures


def test_signatures_are_good_where_they_are_verified(start):
    server = start(flags=["--key", f"AKIDEXAMPLE:{SECRET}"])
    figures = report(load(server.endpoint, "--json", *SHORT, key="AKIDEXAMPLE", secret=SECRET))
    assert figures["delivered"] > 0 and figures["endpoint"]["isSigned"]
    wrong = load(server.endpoint, "--json", *SHORT, key="AKIDEXAMPLE", secret="wrong")
    figures = report(wrong, status=1)
    assert figures["endpoint"]["refused"] == {"InvalidSignatureException": figures["published"]}
    unsigned = load(server.endpoint, "--json", *SHORT, key=None)
    assert "no AWS_ACCESS_KEY_ID" in unsigned.stderr
    assert report(unsigned, status=1)["delivered"] == 0


def test_half_of_a_key_is_said_so():
    run = load("http://127.0.0.1:1", key=ACCOUNT, secret="")
    assert run.returncode == 64 and "AWS_SECRET_ACCESS_KEY is missing" in run.stderr


# What is refused, throttled or lost


def answer_of(entries):
    failed = sum("ErrorCode" in entry for entry in entries)
    return json.dumps({"FailedEntryCount": failed, "Entries": entries}).encode()


def test_entries_that_fail_are_counted_by_their_codes():
    entries = [
        {"EventId": "1"},
        {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"},
        {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."},
    ]
    with Standin(lambda seen: (200, {}, answer_of(entries))) as standin:
        run = load(standin.url, "--json", "--entries", "3", *SHORT)
    figures = report(run, status=1)
    requests = figures["endpoint"]["requests"]
    assert requests == len(standin.requests)
    assert figures["delivered"] == requests and figures["published"] == 3 * requests
    counted = {"ThrottlingException": requests, "MalformedDetail": requests}
    assert figures["endpoint"]["refused"] == counted
    assert figures["endpoint"]["throttled"] == requests
    assert "ThrottlingException: Rate exceeded" in run.stderr


@pytest.mark.parametrize(
    "status, body, code, is_throttled",
    [
        (400, b'{"__type":"com.amazon#ThrottlingException","message":"slow"}', None, True),
        (429, b"", "HTTP 429", True),
        (500, b"<html>", "HTTP 500", False),
        (400, b'{"__type":"AccessDeniedException","Message":"no"}', "AccessDeniedException", False),
        (200, b"{}", "NoAnswerOfPutEvents", False),
        (200, b'{"FailedEntryCount": 01}', "NoAnswerOfPutEvents", False),
        (200, b'{"FailedEntryCount": 1, "Entries": [', "NoAnswerOfPutEvents", False),
        (200, b'{"FailedEntryCount": 1, "Entries": []}', "NoAnswerOfPutEvents", False),
    ],
)
def test_requests_that_fail_are_counted_by_their_codes(status, body, code, is_throttled):
    with Standin(lambda seen: (status, {}, body)) as standin:
        figures = report(load(standin.url, "--json", "--rate", "50", *SHORT), status=1)
    refused = figures["endpoint"]["refused"]
    assert refused == {code or "ThrottlingException": figures["published"]}
    assert figures["endpoint"]["throttled"] == (figures["published"] if is_throttled else 0)
    assert figures["delivered"] == 0


def test_a_connection_that_is_closed_after_each_answer_is_opened_again():
    closing = {"Connection": "close"}
    with Standin(lambda seen: (200, closing, answer_of([{"EventId": "1"}]))) as standin:
        figures = report(load(standin.url, "--json", "--rate", "100", *SHORT))
    assert figures["delivered"] == figures["published"] == len(standin.requests) == 60


def test_what_was_under_way_when_the_endpoint_went_away_is_counted(start):
    server = start()
    process = subprocess.Popen(
        command(server.endpoint, "--json", "--seconds", "3", "--warmup", "0", "--rate", "200"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(ACCOUNT, "any"),
    )
    # It says each second how far it is.
    assert "events/s" in process.stderr.readline()
    server.server.kill()
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "error: the endpoint went away: Connection refused" in errors
    figures = json.loads(output)
    lost = figures["published"] - figures["delivered"]
    assert figures["endpoint"]["refused"].get("NoAnswer", 0) == lost
    assert 0 < figures["delivered"] < 600


def test_requests_without_an_answer_end_with_the_time_that_they_have():
    stuck = threading.Event()

    def answer(seen):
        if len(standin.requests) > 20:
            stuck.wait(20)
        return 200, {}, answer_of([{"EventId": "1"}])

    with Standin(answer) as standin:
        begun = time.monotonic()
        run = load(standin.url, "--json", "--timeout", "0.5", *SHORT)
        assert time.monotonic() - begun < 15
        stuck.set()
    figures = report(run, status=1)
    assert figures["endpoint"]["refused"]["NoAnswer"] == figures["published"] - figures["delivered"]


# Answers as they may come


class RawStandin:
    """Writes the given bytes, in the given pieces, for each request that came."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            text = b""
            while more := connection.recv(1 << 16):
                text += more
                head, _, body = text.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                if not length or len(body) < int(length.group(1)):
                    continue
                text = body[int(length.group(1)) :]
                for piece in self.pieces:
                    connection.sendall(piece)
                    time.sleep(0.002)


GOOD = answer_of([{"EventId": "1"}])
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = (
    HEAD
    + b"transfer-encoding: chunked\r\n\r\n"
    + b"5\r\n"
    + GOOD[:5]
    + b"\r\n%x;name=value\r\n" % (len(GOOD) - 5)
    + GOOD[5:]
    + b"\r\n0\r\nx-trailer: 1\r\n\r\n"
)
PLAIN = HEAD + b"Date: today\r\nCONTENT-LENGTH:%d \r\n\r\n" % len(GOOD) + GOOD


@pytest.mark.parametrize(
    "pieces",
    [
        [PLAIN],
        [b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN],
        [bytes([byte]) for byte in PLAIN],
        [CHUNKED],
        [bytes([byte]) for byte in CHUNKED],
    ],
    ids=["at once", "after 100", "byte by byte", "chunked", "chunked, byte by byte"],
)
def test_answers_are_read_however_they_come(pieces):
    with RawStandin(pieces) as standin:
        figures = report(load(standin.url, "--json", "--rate", "10", *SHORT))
    assert figures["delivered"] == figures["published"] == 6


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/2 200\r\n\r\n",
        HEAD + b"content-length: many\r\n\r\n",
        HEAD + b"content-length: 99999999\r\n\r\n",
        HEAD + b"transfer-encoding: gzip\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"no field\r\n\r\n",
        HEAD + b"x" * 70_000,
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_what_does_not_speak_http_is_no_endpoint(answer):
    with RawStandin([answer]) as standin:
        run = load(standin.url, *SHORT)
    assert run.returncode == 2 and not run.stdout, run.stderr
    assert "is no endpoint of EventBridge" in run.stderr


def test_nobody_at_the_endpoint_is_said_so():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    run = load(f"http://127.0.0.1:{free}")
    assert run.returncode == 2 and not run.stdout
    assert f"nobody answers at http://127.0.0.1:{free}: Connection refused" in run.stderr
    run = load(f"http://nobody.invalid:{free}")
    assert run.returncode == 2 and "there is no host nobody.invalid" in run.stderr


# Encryption


@pytest.fixture
def certificate(tmp_path):
    """The files of a certificate of `localhost`, and of its key."""
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made += ["-out", files[0], "-keyout", files[1]]
    if subprocess.run(made, capture_output=True).returncode != 0:
        pytest.skip("openssl can't be run")
    return files


def test_https_is_spoken_with_who_has_a_certificate_that_is_trusted(certificate):
    with Standin(lambda seen: (200, {}, answer_of([{"EventId": "1"}]))) as standin:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        listening = standin.server.socket
        standin.server.socket = context.wrap_socket(listening, server_side=True)
        url = standin.url.replace("http://127.0.0.1", "https://localhost")
        refused = load(url, "--rate", "50", *SHORT)
        assert refused.returncode == 2 and "CERTIFICATE_VERIFY_FAILED" in refused.stderr
        figures = report(load(url, "--json", "--rate", "50", *SHORT, bundle=certificate[0]))
        assert figures["delivered"] == figures["published"] == 30
    nothing = load(url, bundle="/nowhere.pem")
    assert nothing.returncode == 2 and "AWS_CA_BUNDLE" in nothing.stderr


def test_https_is_not_spoken_with_who_does_not():
    with Standin() as standin:
        run = load(standin.url.replace("http:", "https:"), "--timeout", "2", *SHORT)
    assert run.returncode == 2 and "is no endpoint of EventBridge" in run.stderr


# The command line


@pytest.mark.parametrize(
    "options, words",
    [
        (["--endpoint", "127.0.0.1:4010"], "--endpoint"),
        (["--endpoint", "ftp://host"], "neither http nor https"),
        (["--endpoint", "http://"], "there is no host"),
        (["--endpoint", "http://host/path"], "neither a path nor a query"),
        (["--endpoint", "http://host:70000"], "1 to 65535"),
        (["--rate", "0"], "more than 0"),
        (["--rate", "-5"], "more than 0"),
        (["--connections", "0"], "1 to 10000"),
        (["--entries", "11"], "takes no more"),
        (["--size", "10"], "--size has to be from 32"),
        (["--size", "200000", "--entries", "10"], "at most 1 MiB"),
        (["--seconds", "0"], "0.1 to 86400"),
        (["--warmup", "-1"], "0 to 3600"),
        (["--timeout", "0"], "0.1 to 3600"),
        (["--bus", ""], "can't be empty"),
        (["--html", "-"], "name a file"),
        (["--expect", "p99"], "--expect 'p99<5ms'"),
        (["--expect", "rate>=0.9"], "is a part of --rate"),
        (["--unknown"], "--unknown"),
    ],
)
def test_an_option_that_is_wrong_is_said_so(options, words):
    run = load("http://127.0.0.1:1", *options)
    assert run.returncode == 64 and not run.stdout
    assert words in run.stderr


def test_what_was_expected_and_not_met_is_said_so(site, switchyard):
    options = ["--json", "--rate", "100", *SHORT, "--expect", "rate>=0.5", "--expect", "p50<1ns"]
    run = load(site.endpoint, *options)
    assert report(run, status=1)["expectations"] == {"rate>=0.5": True, "p50<1ns": False}
    assert "not as expected: p50<1ns: it was" in run.stderr
    assert "not as expected: rate" not in run.stderr


def test_a_page_has_the_report_in_it_and_a_file_that_can_not_be_is_said_so_before(
    site, switchyard, tmp_path
):
    page = tmp_path / "page.html"
    run = load(site.endpoint, "--rate", "50", "--html", str(page), *SHORT)
    assert run.returncode == 0, run.stderr
    assert "latency p50" in run.stdout and "acknowledged" in run.stdout
    inside = re.search(r'id="reports">(.*?)</script>', page.read_text(), re.S).group(1)
    assert json.loads(inside)[0]["endpoint"]["url"] == site.endpoint
    run = load(site.endpoint, "--seconds", "60", "--html", str(tmp_path / "no" / "page.html"))
    assert run.returncode == 2 and "No such file or directory" in run.stderr


def test_who_is_stopped_reports_what_there_is_so_far(site, switchyard):
    process = subprocess.Popen(
        command(site.endpoint, "--json", "--seconds", "60", "--warmup", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(ACCOUNT, "any"),
    )
    assert "events/s" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    figures = json.loads(output)
    assert figures["delivered"] == figures["published"] > 0 and figures["seconds"] < 30
