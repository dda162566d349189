"""EventBridge's wire protocol, as little of it as it takes to prepare a server and to load it."""

import http.client
import json
import time

REGION = "us-east-1"
ACCOUNT = "000000000000"
ENTRY_BYTES = 1_024
BODIES = 1_000


class Refused(Exception):
    """An answer that is not 200."""


class Client:
    """Requests one after the other over one kept connection, with signatures nobody can verify."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, operation, **members):
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.connection.request(
            "POST",
            "/",
            json.dumps(members),
            {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSEvents.{operation}",
                "X-Amz-Date": stamp,
                "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/{stamp[:8]}/{REGION}"
                "/events/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
            },
        )
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{operation} answers {answer.status} {body[:200]!r}")
        return json.loads(body) if body else {}


def pattern(number):
    """What rule `number` matches: events of one source whose detail has a number."""
    wanted = {"number": [{"numeric": [">=", 0]}]}
    return json.dumps({"source": [f"figures.{number}"], "detail": wanted})


def prepare(client, rules, target):
    """Makes the bus `figures` with an archive of all its events, and so many rules.

    Every event that is sent matches one of them. `target` is an ARN, or None for rules without one.
    """
    client.call("CreateEventBus", Name="figures")
    client.call(
        "CreateArchive",
        ArchiveName="figures",
        EventSourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/figures",
    )
    if target and target.endswith("event-bus/figures-sink"):
        client.call("CreateEventBus", Name="figures-sink")
    for number in range(rules):
        name = f"rule-{number}"
        client.call("PutRule", Name=name, EventBusName="figures", EventPattern=pattern(number))
        if target:
            targets = [{"Id": "1", "Arn": target}]
            client.call("PutTargets", Rule=name, EventBusName="figures", Targets=targets)


def detail(number):
    """A detail of some fields, and so long that the entry is of ENTRY_BYTES."""
    value = {
        "number": number,
        "state": "done",
        "customer": {"id": number, "segment": "retail", "country": "DE"},
        "lines": [{"sku": f"sku-{place}", "count": place, "price": 9.95} for place in range(8)],
        "note": "",
    }
    rest = ENTRY_BYTES - len(f"figures.{number}" + "order placed") - len(json.dumps(value))
    value["note"] = "x" * rest
    return json.dumps(value)


def put_events_bodies(rules, entries):
    """Bodies of PutEvents, whose entries' sources are those of the rules in turn."""
    number = 0
    for _ in range(BODIES):
        batch = []
        for _ in range(entries):
            batch.append(
                {
                    "Source": f"figures.{number}",
                    "DetailType": "order placed",
                    "EventBusName": "figures",
                    "Detail": detail(number),
                }
            )
            # A step that has no factor in common with 100 or 10,000 comes by every rule.
            number = (number + 37) % rules
        yield json.dumps({"Entries": batch})


def test_event_pattern_bodies():
    """Bodies of TestEventPattern, each of an event that matches."""
    for number in range(BODIES):
        event = {
            "version": "0",
            "id": "7bf73129-1428-4cd3-a780-95db273d1602",
            "detail-type": "order placed",
            "source": f"figures.{number}",
            "account": ACCOUNT,
            "time": "2026-01-01T00:00:00Z",
            "region": REGION,
            "resources": [],
            "detail": json.loads(detail(number)),
        }
        yield json.dumps({"EventPattern": pattern(number), "Event": json.dumps(event)})
