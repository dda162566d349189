"""A client that puts events, or makes rules, until the server is gone.

`loader.py events|rules ENDPOINT BUS PREFIX FILE` appends a line to FILE for each event, or rule,
that the server has acknowledged, and ends with status 0 when the server can't be reached any more.
Events go through boto3, and through `requests` with keep-alive; every other batch is put by each.
"""

import itertools
import json
import sys

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from clients import Site
from servers import ACCOUNT, REGION, Running


class RawClient:
    """PutEvents over one kept connection, without boto3."""

    def __init__(self, endpoint):
        self.endpoint, self.session = endpoint + "/", requests.Session()
        self.signer = SigV4Auth(Credentials(ACCOUNT, "secret"), "events", REGION)

    def put_events(self, Entries):
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSEvents.PutEvents",
        }
        body = json.dumps({"Entries": Entries})
        request = AWSRequest("POST", self.endpoint, headers=headers, data=body)
        self.signer.add_auth(request)
        answer = self.session.post(
            self.endpoint, data=body, headers=dict(request.headers.items()), timeout=60
        )
        answer.raise_for_status()
        return answer.json()


def put_events(site, bus, prefix, note):
    clients = [site.client("events"), RawClient(site.endpoint)]
    numbers = itertools.count()
    for client in itertools.cycle(clients):
        ids = [f"{prefix}-{next(numbers)}" for _ in range(10)]
        entries = [
            {
                "EventBusName": bus,
                "Source": "load",
                "DetailType": "Load",
                "Detail": json.dumps({"mark": f"<{mark}>", "padding": "x" * 200}),
            }
            for mark in ids
        ]
        answer = client.put_events(Entries=entries)
        for mark, entry in zip(ids, answer["Entries"]):
            if "EventId" in entry:
                note(mark)


def put_rules(site, bus, prefix, note):
    """Notes `bus BUS`, `rule BUS RULE` and `target BUS RULE`; a bus has 50 rules."""
    events = site.client("events")
    for number in itertools.count():
        own_bus, name = f"{prefix}-bus-{number // 50}", f"rule-{number}"
        if number % 50 == 0:
            events.create_event_bus(Name=own_bus)
            note(f"bus {own_bus}")
        events.put_rule(Name=name, EventBusName=own_bus, EventPattern='{"source": ["none"]}')
        note(f"rule {own_bus} {name}")
        target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"}
        events.put_targets(Rule=name, EventBusName=own_bus, Targets=[target])
        note(f"target {own_bus} {name}")


def main():
    what, endpoint, bus, prefix, file = sys.argv[1:]
    site = Site(Running(endpoint), endpoint)
    with open(file, "a", encoding="utf-8") as acknowledged:

        def note(text):
            acknowledged.write(text + "\n")
            acknowledged.flush()

        try:
            (put_events if what == "events" else put_rules)(site, bus, prefix, note)
        except (BotoCoreError, requests.RequestException) as error:
            print(f"the server is gone: {type(error).__name__}", file=sys.stderr)


if __name__ == "__main__":
    main()
