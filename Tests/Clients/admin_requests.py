"""What tests of the admin API have in common: buses with rules, archives, readers of a tail."""

import json

from clients import ACCOUNT, REGION, fresh


def bus_with(events, **rules):
    """A new bus with rules, each of which has a pattern."""
    bus = fresh("bus")
    events.create_event_bus(Name=bus)
    for name, pattern in rules.items():
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    return bus


def archived(events, bus):
    """A new archive of a bus."""
    archive = fresh("archive")
    source = events.describe_event_bus(Name=bus)["Arn"]
    events.create_archive(ArchiveName=archive, EventSourceArn=source)
    return archive


def put(events, bus, details):
    """Puts an event for each detail, and gives their ids."""
    ids = []
    entry = {"Source": "test", "DetailType": "t", "EventBusName": bus}
    for first in range(0, len(details), 10):
        answer = events.put_events(
            Entries=[{**entry, "Detail": json.dumps(d)} for d in details[first : first + 10]]
        )
        assert answer["FailedEntryCount"] == 0, answer
        ids += [taken["EventId"] for taken in answer["Entries"]]
    return ids


def status_of(site, bus):
    """What the server tells of a bus."""
    (state,) = site.server.admin("GET", f"status?bus={bus}").json()["buses"]
    assert state["bus"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    return state


class Tail:
    """A reader of what goes over a bus."""

    def __init__(self, site, **query):
        self.answer = site.server.admin("GET", "tail", params=query, stream=True, timeout=(10, 60))
        assert self.answer.status_code == 200, self.answer.text
        assert self.answer.headers["content-type"] == "text/event-stream"
        self.lines = self.answer.iter_lines(chunk_size=1 << 16)
        name, self.begin = self.next()
        assert name == "begin"

    def next(self):
        """The next event: its name and data."""
        name, data = None, None
        for line in self.lines:
            if line.startswith(b"event: "):
                name = line[7:].decode()
            elif line.startswith(b"data: "):
                data = json.loads(line[6:])
            elif not line and name:
                return name, data
        raise AssertionError("the tail has ended")

    def close(self):
        self.answer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
