"""Answers on one connection: in their order, whichever way each of them takes through the server."""

import gzip
import http.client
import json
import os
import socket
import threading
import time
from email.utils import parsedate_to_datetime

import pytest

from clients import fresh
from servers import ACCOUNT, REGION

PUT = {"Source": "shop", "DetailType": "order", "Detail": '{"n": 1}'}


def encode(operation, body, length=True, **more):
    """A request's bytes."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    credential = f"{ACCOUNT}/20260101/{REGION}/events/aws4_request"
    fields = {
        "Host": "127.0.0.1",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSEvents.{operation}",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
    }
    if length:
        fields["Content-Length"] = str(len(body))
    fields.update({name.replace("_", "-"): value for name, value in more.items()})
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body


class Connection:
    """A connection whose answers are read one after the other."""

    def __init__(self, site):
        host, port = site.endpoint.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, *requests):
        self.socket.sendall(b"".join(requests))

    def answer(self):
        """The next answer: its status, its header fields, its members."""
        status = int(self.file.readline().split()[1])
        fields = http.client.parse_headers(self.file)
        body = self.file.read(int(fields["Content-Length"]))
        return status, fields, json.loads(body) if body else None

    def is_ended(self):
        return self.file.read(1) == b""


@pytest.fixture
def connection(site):
    with Connection(site) as made:
        yield made


KINDS = {
    "put": ("PutEvents", {"Entries": [PUT]}, lambda answer: len(answer["Entries"]) == 1),
    "put-other-way": (
        "PutEvents",
        {"Entries": [{**PUT, "Time": 1.5}, PUT]},
        lambda answer: len(answer["Entries"]) == 2,
    ),
    "refused": ("PutEvents", {"Entries": []}, lambda answer: "__type" in answer),
    "list": ("ListEventBuses", {"NamePrefix": "def"}, lambda answer: "EventBuses" in answer),
    "test": (
        "TestEventPattern",
        {
            "EventPattern": '{"source": ["a"]}',
            "Event": json.dumps(
                dict.fromkeys(("id", "account", "source", "time", "region", "detail-type"), "a")
            ),
        },
        lambda answer: answer == {"Result": True},
    ),
}


def test_answers_keep_the_order_of_requests_that_come_in_one_go(connection, seeded):
    names = [seeded.choice(list(KINDS)) for _ in range(200)]
    connection.send(*(encode(*KINDS[name][:2]) for name in names))
    for position, name in enumerate(names):
        _, _, answer = connection.answer()
        assert KINDS[name][2](answer), f"{position}: {name} was answered by {answer}"


@pytest.mark.parametrize("kind", KINDS)
def test_who_says_that_it_sends_no_more_is_answered_still(connection, kind):
    operation, body, is_right = KINDS[kind]
    connection.send(encode(operation, body))
    connection.socket.shutdown(socket.SHUT_WR)
    assert is_right(connection.answer()[2])
    assert connection.is_ended()


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_is_closed_for_whom_asks_for_it(connection, kind):
    operation, body, is_right = KINDS[kind]
    connection.send(encode(operation, body, Connection="close"))
    assert is_right(connection.answer()[2])
    assert connection.is_ended()


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_may_come_byte_by_byte(connection, kind):
    operation, body, is_right = KINDS[kind]
    for byte in encode(operation, body):
        connection.send(bytes([byte]))
    assert is_right(connection.answer()[2])


def test_events_may_come_in_chunks_or_compressed(connection):
    body = json.dumps({"Entries": [PUT]}).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:], b""))
    connection.send(encode("PutEvents", chunks, length=False, Transfer_Encoding="chunked"))
    assert connection.answer()[2]["FailedEntryCount"] == 0
    connection.send(encode("PutEvents", gzip.compress(body), Content_Encoding="gzip"))
    assert connection.answer()[2]["FailedEntryCount"] == 0
    connection.send(encode("PutEvents", body))
    assert connection.answer()[2]["FailedEntryCount"] == 0


def test_who_asks_whether_to_go_on_is_told_so(connection):
    body = json.dumps({"Entries": [PUT]}).encode()
    head = encode("PutEvents", body, Expect="100-continue").removesuffix(body)
    connection.send(head)
    time.sleep(0.2)
    connection.send(body)
    line = connection.file.readline()
    while b" 200 " not in line:
        assert line.startswith(b"HTTP/1.1 100") or line == b"\r\n", line
        line = connection.file.readline()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_answers_say_the_protocol_and_an_id(connection, version):
    seen, names = set(), []
    for operation, body in (("PutEvents", {"Entries": [PUT]}), ("ListEventBuses", {})):
        type = f"application/x-amz-json-{version}"
        connection.send(encode(operation, body, Content_Type=type))
        status, fields, _ = connection.answer()
        assert status == 200 and fields["Content-Type"] == type
        seen.add(fields["x-amzn-RequestId"])
        names.append(sorted(name.lower() for name in fields))
        assert abs(parsedate_to_datetime(fields["Date"]).timestamp() - time.time()) < 60
    assert len(seen) == 2
    assert names[0] == names[1], "the fields tell which way a request took"


def test_what_is_acknowledged_in_one_go_arrives_once(site, connection):
    events = site.client("events")
    bus = fresh("bus")
    arn = events.create_event_bus(Name=bus)["EventBusArn"]
    events.create_archive(ArchiveName=bus, EventSourceArn=arn)
    entries = [{**PUT, "EventBusName": name} for name in (bus, arn, bus)]
    connection.send(*(encode("PutEvents", {"Entries": entries}) for _ in range(100)))
    ids = {
        entry["EventId"] for _ in range(100) for entry in connection.answer()[2]["Entries"]
    }
    assert len(ids) == 300
    deadline = time.monotonic() + 30
    while (count := events.describe_archive(ArchiveName=bus)["EventCount"]) < 300:
        assert time.monotonic() < deadline, f"{count} of 300 events are in the archive"
        time.sleep(0.05)
    assert count == 300


def test_what_is_wrong_later_is_said_after_the_answers_before(connection):
    good = encode("PutEvents", {"Entries": [PUT]})
    connection.send(good, good, b"\x00 no request\r\n\r\n")
    for _ in range(2):
        status, _, answer = connection.answer()
        assert status == 200 and answer["FailedEntryCount"] == 0
    assert connection.file.readline().startswith(b"HTTP/1.1 400") or connection.is_ended()


def test_thousands_of_requests_in_one_go_that_are_answered_at_once(site):
    good = encode("PutEvents", {"Entries": [PUT]})
    bad = encode("PutEvents", {"Entries": [{**PUT, "Detail": "{x}"}]})
    count = 20_000
    with Connection(site) as connection:

        def send():
            connection.send(good, bad * count)
            connection.socket.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert connection.answer()[2]["FailedEntryCount"] == 0
        for _ in range(count):
            assert connection.answer()[2]["FailedEntryCount"] == 1
        sender.join()


def test_who_does_not_read_answers_is_not_answered_without_end(start):
    if "SWITCHYARD_ENDPOINT" in os.environ:
        pytest.skip("whose memory that is can't be told")
    site = start("unread")
    request = encode(*KINDS["test"][:2])
    with Connection(site) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.socket.setblocking(False)
        sent, quiet, part = 0, 0, request * 500
        while quiet < 20:
            try:
                # Whole requests or parts of one: what counts is that at some time no more is taken.
                sent += connection.socket.send(part[sent % len(part) :])
                quiet = 0
            except BlockingIOError:
                quiet += 1
                time.sleep(0.05)
            assert sent < 100 << 20, "it takes whatever comes, though nobody reads the answers"
