"""Bad clients and bad backends: the server says what is wrong, and goes on answering others."""

import contextlib
import gzip
import json
import os
import re
import resource
import socket
import threading

import pytest
import requests

from clients import Queue, Site, fresh
from http_standin import Standin, forward
from polling import eventually
from servers import ACCOUNT, REGION, Switchyard

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)


@pytest.fixture(scope="module")
def victims(tmp_path_factory):
    """The servers of this file, the last of them alive; a test that ends one ends it for itself."""
    folder, servers = tmp_path_factory.mktemp("faults"), []
    yield folder, servers
    if servers and servers[-1].process.poll() is None:
        servers[-1].stop()


@pytest.fixture
def server(request, victims):
    """A server that has to answer as well as before when the test ends."""
    folder, servers = victims
    if os.environ.get("SWITCHYARD_ENDPOINT"):
        site = request.getfixturevalue("switchyard")
    else:
        address = request.getfixturevalue("backend")
        if not servers or servers[-1].process.poll() is not None:
            servers.append(Switchyard(folder / f"data-{len(servers)}", address))
        site = Site(servers[-1], address)
    yield site
    if servers and servers[-1].process.poll() is not None:
        pytest.fail(f"it has ended:\n{servers[-1].output()[-4000:]}", pytrace=False)
    answer = post(site, {"NamePrefix": "default"})
    assert [bus["Name"] for bus in answer.json()["EventBuses"]] == ["default"]


def headers(operation="ListEventBuses", service="events", prefix="AWSEvents", **others):
    made = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"{prefix}.{operation}",
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": AUTHORIZATION.format(account=ACCOUNT, region=REGION, service=service),
    }
    return {**made, **{name.replace("_", "-"): value for name, value in others.items()}}


def post(site, body, method="POST", sent_headers=None, path="/"):
    """A request with a body of JSON, or of just these bytes."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    return requests.request(
        method, site.endpoint + path, data=data, headers=sent_headers or headers(), timeout=120
    )


def shaped(answer, *codes, status=None):
    """Checks that an answer is an error as AWS gives it, with one of these codes."""
    assert 400 <= answer.status_code < 500 or answer.status_code == 501, answer.status_code
    assert status is None or answer.status_code == status
    assert answer.headers.get("x-amzn-RequestId"), "no x-amzn-RequestId"
    body = answer.json()
    code = body["__type"].rpartition("#")[2]
    assert re.fullmatch(r"[A-Z][A-Za-z]+", code), code
    assert not codes or code in codes, body
    assert body.get("message") or body.get("Message"), "it does not say what is wrong"
    assert "/" not in answer.headers.get("server", ""), "it names its version"
    return code


def connect(site):
    host, port = site.endpoint.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=120)


def raw(first_line="POST / HTTP/1.1", length=None, **others):
    lines = [first_line, "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers(**others).items()]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def read_answer(connection):
    """Everything until the server closes; nothing where it resets the connection."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65536):
            found += part
    return found


# Requests that are wrong


def test_an_operation_that_does_not_exist_is_said_so(server):
    answer = post(server, {}, sent_headers=headers("MakeCoffee"))
    shaped(answer, "UnknownOperationException")


@pytest.mark.parametrize(
    "target",
    ["", "AWSEvents", "AWSEvents.", ".PutEvents", "PutEvents", "AWSEvents.Put Events", "x" * 5000],
)
def test_a_wrong_target_is_said_so(server, target):
    shaped(post(server, {}, sent_headers={**headers(), "X-Amz-Target": target}))


def test_no_target_at_all_is_said_so(server):
    sent = headers()
    del sent["X-Amz-Target"]
    assert 400 <= post(server, {}, sent_headers=sent).status_code < 500


def test_a_service_that_is_not_here_is_said_so(server):
    sent = headers("ListTables", service="dynamodb", prefix="DynamoDB_20120810")
    shaped(post(server, {}, sent_headers=sent))


def test_a_target_of_another_service_than_the_signature_s_is_no_reason_to_fall_over(server):
    answer = post(server, {}, sent_headers=headers("ListTables", prefix="DynamoDB_20120810"))
    shaped(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "NONSENSE"])
def test_a_wrong_method_is_refused(server, method):
    answer = post(server, None, method=method)
    assert answer.status_code in (400, 403, 404, 405, 501), answer.status_code


def test_a_path_that_is_not_there_is_refused(server):
    answer = post(server, {}, sent_headers={"Content-Type": "text/plain"}, path="/no/such/path")
    assert answer.status_code in (400, 403, 404)


def test_an_unsigned_request_is_answered_or_refused_in_aws_s_shape(server):
    sent = headers()
    del sent["Authorization"]
    answer = post(server, {}, sent_headers=sent)
    if answer.status_code != 200:
        shaped(answer, "MissingAuthenticationTokenException", "MissingAuthenticationToken")


@pytest.mark.parametrize(
    "authorization", ["", "Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=/"]
)
def test_a_broken_signature_is_answered_or_refused_in_aws_s_shape(server, authorization):
    answer = post(server, {}, sent_headers={**headers(), "Authorization": authorization})
    if answer.status_code != 200:
        shaped(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{'Limit': 1}",
        b'{"Limit": 1} trailing',
        b'{"NamePrefix": "\xff\xfe"}',
        b'{"NamePrefix": "\\ud800"}',
        b"\x00" * 100,
        b'{"Limit": "one"}',
        b'{"NamePrefix": {}}',
        b'{"Limit": 1e999}',
    ],
    ids=repr,
)
def test_a_body_that_is_no_request_is_refused(server, body):
    shaped(post(server, body), "SerializationException", "ValidationException", status=400)


def test_an_empty_body_is_a_request_without_members_or_refused(server):
    answer = post(server, b"")
    if answer.status_code != 200:
        shaped(answer, "SerializationException", status=400)


def test_deep_json_is_refused(server):
    deep = b'{"a":' * 2000 + b"1" + b"}" * 2000
    shaped(post(server, deep), "SerializationException", "ValidationException", status=400)
    shaped(post(server, b"[" * 100_000), "SerializationException", status=400)


def test_a_deep_detail_fails_its_entry_alone(server):
    entry = {"Source": "deep", "DetailType": "Deep"}
    deep = '{"a":' * 2000 + "1" + "}" * 2000
    flat = '{"a":' * 100 + "1" + "}" * 100
    entries = [{**entry, "Detail": detail} for detail in (flat, deep)]
    answer = post(server, {"Entries": entries}, sent_headers=headers("PutEvents"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["FailedEntryCount"] == 1
    assert answer.json()["Entries"][1]["ErrorCode"] == "MalformedDetail"


def test_a_deep_pattern_is_refused(server):
    deep = '{"a":' * 2000 + "[1]" + "}" * 2000
    body = {"Name": fresh("rule"), "EventPattern": deep}
    shaped(
        post(server, body, sent_headers=headers("PutRule")),
        "ValidationException",
        "InvalidEventPatternException",
    )


# Requests that are too large


def test_a_body_that_is_too_large_is_refused(server):
    shaped(post(server, {"NamePrefix": "a" * (2 * 1024 * 1024)}))


def test_put_events_takes_large_entries_but_not_without_limit(server):
    entry = {"Source": "large", "DetailType": "Large"}
    fits = {**entry, "Detail": json.dumps({"text": "x" * 1_000_000})}
    answer = post(server, {"Entries": [fits]}, sent_headers=headers("PutEvents"))
    assert answer.status_code == 200 and answer.json()["FailedEntryCount"] == 0, answer.text
    over = post(server, {"Entries": [fits, fits]}, sent_headers=headers("PutEvents"))
    shaped(over, "ValidationException", status=400)
    assert "Total size of the entries in the request is over the limit." in over.text


def test_a_body_without_end_is_refused_before_it_ends(server):
    """A body of 1 TB is announced; the server does not wait for it."""
    with connect(server) as connection:
        connection.sendall(raw(length=1 << 40))
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                connection.sendall(b"x" * 65536)
        answer = read_answer(connection)
    assert answer == b"" or b" 413 " in answer.split(b"\r\n")[0] or b" 400 " in answer[:20]


def test_a_chunked_body_without_end_is_refused_before_it_ends(server):
    with connect(server) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(raw(Transfer_Encoding="chunked"))
        for _ in range(4096):
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        pytest.fail("256 MB were taken")


@pytest.mark.parametrize("size", [64 * 1024, 1024 * 1024])
def test_headers_that_are_too_large_are_refused(server, size):
    with connect(server) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(raw(length=2, X_Large="a" * size) + b"{}")
        answer = read_answer(connection)
    assert answer == b"" or re.match(rb"HTTP/1.1 (400|413|431) ", answer), answer[:100]


def test_too_many_headers_are_refused(server):
    many = {f"X_{index}": "a" for index in range(20_000)}
    with connect(server) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(raw(length=2, **many) + b"{}")
        answer = read_answer(connection)
    assert answer == b"" or re.match(rb"HTTP/1.1 (400|413|431) ", answer), answer[:100]


# Compression


def test_gzip_that_is_broken_is_refused(server):
    sent = headers(Content_Encoding="gzip")
    whole = gzip.compress(json.dumps({"NamePrefix": "default" * 100}).encode())
    for body in (b"{}", b"\x1f\x8b", whole[: len(whole) // 2], whole[:-8] + b"\x00" * 8):
        answer = post(server, body, sent_headers=sent)
        shaped(answer, status=None)


def test_gzip_that_grows_without_measure_is_refused(server):
    bomb = gzip.compress(b'{"NamePrefix":"' + b"a" * 200_000_000 + b'"}')
    shaped(post(server, bomb, sent_headers=headers(Content_Encoding="gzip")))


def test_an_encoding_that_nobody_knows_is_refused(server):
    shaped(post(server, {}, sent_headers=headers(Content_Encoding="snail")))


# Connections


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\x03" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 200,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=["zeros", "tls", "version", "negative", "two-lengths", "smuggling", "chunk", "http2"],
)
def test_bytes_that_are_no_request_end_the_connection(server, sent):
    with connect(server) as connection:
        connection.sendall(sent)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        answer = read_answer(connection)
    assert answer == b"" or re.match(rb"HTTP/1\.\d (4\d\d|505|501) ", answer), answer[:100]


def test_random_bytes_are_no_reason_to_fall_over(server, seeded):
    for _ in range(200):
        start = seeded.choice([b"", b"POST / HTTP/1.1\r\n", raw(), raw(length=100)])
        with connect(server) as connection, contextlib.suppress(OSError):
            connection.sendall(start + seeded.randbytes(seeded.randrange(1, 500)))
            connection.shutdown(socket.SHUT_WR)
            read_answer(connection)


def test_half_sent_requests_do_not_keep_others_waiting(server):
    halves = [raw()[:60], raw(length=1000) + b'{"Name', b"P", b""]
    with contextlib.ExitStack() as open_connections:
        for half in halves * 25:
            connection = open_connections.enter_context(connect(server))
            connection.sendall(half)
        for _ in range(20):
            assert post(server, {}).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("half", [raw()[:60], raw(length=1000) + b"{"], ids=["header", "body"])
def test_a_half_sent_request_is_given_up(server, half):
    with connect(server) as connection:
        connection.sendall(half)
        answer = read_answer(connection)  # Ends when the server closes, or fails after 120 s.
    assert answer == b"" or re.match(rb"HTTP/1\.1 (400|408) ", answer), answer[:100]


@pytest.mark.slow
def test_a_request_that_trickles_is_given_up(server):
    """A byte at a time does not start the time-out anew."""
    with connect(server) as connection:
        closed = threading.Event()

        def trickle():
            with contextlib.suppress(OSError):
                connection.sendall(raw(length=100_000))
                while not closed.wait(0.2):
                    connection.sendall(b" ")

        sender = threading.Thread(target=trickle, daemon=True)
        sender.start()
        read_answer(connection)
        closed.set()
        sender.join()


def test_a_thousand_idle_connections_do_not_keep_others_out(server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    session = requests.Session()
    url = server.endpoint + "/"
    assert session.post(url, data=b"{}", headers=headers(), timeout=60).status_code == 200
    with contextlib.ExitStack() as idle:
        for _ in range(1000):
            with contextlib.suppress(ConnectionError):  # There may be a limit per peer.
                idle.enter_context(connect(server))
        answer = session.post(url, data=b"{}", headers=headers(), timeout=60)
        assert answer.status_code == 200, "a connection that was there before"
    eventually(lambda: post(server, {}).status_code == 200, "a new connection")


def test_requests_in_one_go_are_answered_in_their_order(server):
    bodies = [json.dumps({"NamePrefix": name}).encode() for name in ("default", "nothing", "def")]
    with connect(server) as connection:
        connection.sendall(b"".join(raw(length=len(body)) + body for body in bodies))
        connection.shutdown(socket.SHUT_WR)
        answer = read_answer(connection)
    found = [
        len(json.loads(body)["EventBuses"])
        for body in re.findall(rb'\{"EventBuses".*?\]\}', answer)
    ]
    assert found == [1, 0, 1], answer


# Backends


class Faulty:
    """A backend in front of the real one, which treats one queue badly."""

    def __init__(self, backend, behaviour):
        self.backend, self.behaviour = backend, behaviour
        self.name = fresh("bad-queue")
        self.attempts = 0
        self.over = threading.Event()

    def is_meant_by(self, seen):
        """Whether it is the queue that a request is to: dead letters name it too."""
        try:
            asked = json.loads(seen.body)
        except ValueError:
            return self.name.encode() in seen.body + seen.path.encode()
        return self.name in asked.get("QueueName", "") + asked.get("QueueUrl", "")

    def answer(self, seen):
        if not self.is_meant_by(seen):
            return forward(seen, self.backend)
        self.attempts += 1
        if self.behaviour == "resets":
            return None
        if self.behaviour == "is slow":
            self.over.wait()
            return None
        if self.behaviour == "answers garbage":
            return b"\x00\xffthis is not HTTP\r\n\r\n"
        if self.behaviour == "answers a page":
            return 200, {"Content-Type": "text/html"}, b"<html>Welcome!</html>"
        if self.behaviour == "is overloaded":
            return 503, {"Content-Type": "text/plain"}, b"come back later"
        if self.behaviour == "throttles":
            return _sqs_error("ThrottlingException", "Rate exceeded")
        return _sqs_error("AWS.SimpleQueueService.NonExistentQueue", "no such queue")


def _sqs_error(code, text):
    body = json.dumps({"__type": f"com.amazonaws.sqs#{code.rpartition('.')[2]}", "message": text})
    sent = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-query-error": f"{code};Sender"}
    return 400, sent, body.encode()


@contextlib.contextmanager
def failing_delivery(start, backend, behaviour, attempts):
    """Puts one event whose target treats it so; gives what there is to look at."""
    faulty = Faulty(backend, behaviour)
    with Standin(faulty.answer) as standin:
        site = start(backend=standin.url)
        dead_letters = Queue(Site(site.server, backend), fresh("dead-letters"))
        events, bus = site.client("events"), fresh("bus")
        events.create_event_bus(Name=bus)
        events.put_rule(Name="orders", EventBusName=bus, EventPattern='{"source": ["orders"]}')
        target = {
            "Id": "1",
            "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{faulty.name}",
            "RetryPolicy": {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": 86400},
            "DeadLetterConfig": {"Arn": dead_letters.arn},
            "Input": '{"transformed": true}',
        }
        events.put_targets(Rule="orders", EventBusName=bus, Targets=[target])
        entry = {
            "Source": "orders",
            "DetailType": "Order Placed",
            "Detail": '{"number": 7}',
            "EventBusName": bus,
        }
        answer = events.put_events(Entries=[entry])
        try:
            yield site, faulty, dead_letters, answer["Entries"][0]["EventId"], target, bus
        finally:
            faulty.over.set()


def dead_letter(site, queue, number=None):
    """The one dead letter, or that of a number; the clock is moved on, so that retries come sooner."""

    def arrived():
        site.advance_clock("PT1M")
        return [
            message
            for message in queue.poll()
            if number is None or json.loads(message["Body"])["detail"] == {"number": number}
        ]

    [message] = eventually(arrived, "a dead letter", 300)
    attributes = {
        name: attribute["StringValue"]
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    return json.loads(message["Body"]), attributes


@pytest.mark.parametrize(
    "behaviour, codes",
    [
        ("resets", {"CONNECTION_FAILURE"}),
        pytest.param("is slow", {"TIMEOUT", "CONNECTION_FAILURE"}, marks=pytest.mark.slow),
        ("answers garbage", {"CONNECTION_FAILURE", "ERROR_FROM_TARGET", "SDK_CLIENT_ERROR"}),
        ("answers a page", {"ERROR_FROM_TARGET", "SDK_CLIENT_ERROR", "UNKNOWN"}),
        ("is overloaded", {"ERROR_FROM_TARGET", "INTERNAL_ERROR", "THROTTLING"}),
        ("throttles", {"THROTTLING"}),
    ],
)
def test_a_target_that_fails_is_tried_again_and_then_given_up(start, backend, behaviour, codes):
    with failing_delivery(start, backend, behaviour, attempts=2) as given:
        site, faulty, dead_letters, event_id, target, bus = given
        event, attributes = dead_letter(site, dead_letters)
        # The event itself, not what the target's input would have been.
        assert event["id"] == event_id and event["detail"] == {"number": 7}
        assert attributes["RULE_ARN"] == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{bus}/orders"
        assert attributes["TARGET_ARN"] == target["Arn"]
        assert attributes["ERROR_CODE"] in codes and attributes["ERROR_MESSAGE"]
        assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
        assert attributes["RETRY_ATTEMPTS"] == "2"
        assert faulty.attempts >= 3


def test_a_target_that_is_not_there_is_given_up_at_once(start, backend):
    with failing_delivery(start, backend, "has no such queue", attempts=185) as given:
        site, faulty, dead_letters, event_id, _, _ = given
        [message] = dead_letters.wait(1, 120)
        assert json.loads(message["Body"])["id"] == event_id
        attributes = message["MessageAttributes"]
        assert attributes["ERROR_CODE"]["StringValue"] == "NO_RESOURCE"
        assert "EXHAUSTED_RETRY_CONDITION" not in attributes
        assert faulty.attempts <= 2  # GetQueueUrl and SendMessage, or SendMessage alone.


def test_an_event_that_gets_too_old_is_given_up(start, backend):
    with failing_delivery(start, backend, "is overloaded", attempts=185) as given:
        site, _, dead_letters, event_id, target, bus = given
        policy = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 60}
        site.client("events").put_targets(
            Rule="orders", EventBusName=bus, Targets=[{**target, "RetryPolicy": policy}]
        )
        entry = {
            "Source": "orders",
            "DetailType": "Order Placed",
            "Detail": '{"number": 8}',
            "EventBusName": bus,
        }
        site.client("events").put_events(Entries=[entry])
        # The event before it, which was given to the target that this one replaced, may be one, too.
        _, attributes = dead_letter(site, dead_letters, number=8)
        assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_target_that_fails_does_not_keep_others_waiting(start, backend):
    with failing_delivery(start, backend, "is slow", attempts=185) as given:
        site, _, _, event_id, _, bus = given
        good = Queue(Site(site.server, backend))
        events = site.client("events")
        target = {"Id": "2", "Arn": good.arn}
        events.put_targets(Rule="orders", EventBusName=bus, Targets=[target])
        entry = {
            "Source": "orders",
            "DetailType": "Order Placed",
            "Detail": '{"number": 9}',
            "EventBusName": bus,
        }
        events.put_events(Entries=[entry] * 10)
        assert [event["detail"]["number"] for event in good.events(10)] == [9] * 10


def test_a_backend_that_comes_back_gets_what_it_missed(start, backend):
    with failing_delivery(start, backend, "resets", attempts=185) as given:
        site, faulty, dead_letters, event_id, _, _ = given
        eventually(lambda: faulty.attempts >= 1, "a first attempt")
        queue = Queue(Site(site.server, backend), faulty.name)
        faulty.name = "none any more"

        def arrived():
            site.advance_clock("PT1M")
            return queue.poll()

        eventually(arrived, "the event at last", 120)
        assert json.loads(queue.messages[0]["Body"]) == {"transformed": True}
        assert dead_letters.poll() == []
