"""What was acknowledged is not lost, however the server ends."""

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest

from polling import eventually
from servers import ACCOUNT, REGION

ROUNDS = 10
LOADER = Path(__file__).with_name("loader.py")


class Load:
    """Loaders at work on a server, and what was acknowledged to them."""

    def __init__(self, site, bus, prefix, folder, clients=2, rules=True):
        self.events_file, self.rules_file = folder / "acknowledged", folder / "acknowledged-rules"
        work = [("events", f"{prefix}-c{n}", self.events_file) for n in range(clients)]
        work += [("rules", prefix, self.rules_file)] if rules else []
        self.processes = [
            subprocess.Popen(
                [sys.executable, LOADER, what, site.endpoint, bus, name, file],
                stderr=subprocess.PIPE,
                text=True,
            )
            for what, name, file in work
        ]

    def wait(self, events, rules):
        """Returns once there are so many acknowledgements."""

        def enough():
            for process in self.processes:
                status = process.poll()
                assert status is None or process.stderr is None, process.stderr.read()
            return len(lines(self.events_file)) >= events and len(lines(self.rules_file)) >= rules

        eventually(enough, f"{events} events and {rules} rules acknowledged", 300)

    def end(self):
        """Waits for the loaders, which end since the server is gone."""
        for process in self.processes:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors

    def stop(self):
        for process in self.processes:
            process.kill()
            process.communicate()


def lines(file):
    """The whole lines of a file; none when it is not there yet."""
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8", errors="replace")
    return text[: text.rfind("\n") + 1].splitlines()


def marks(file):
    """Every mark of an event that a file has, as often as it is there."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    return re.findall(r"<(r\d+-c\d+-\d+)>", text)


def bus_into_file(events, file, archive=None):
    """A bus whose events all go into a file, a line for each."""
    made = events.create_event_bus(Name="load")
    events.put_rule(Name="all", EventBusName="load", EventPattern='{"source": ["load"]}')
    target = {"Id": "file", "Arn": f"file://{file}"}
    answer = events.put_targets(Rule="all", EventBusName="load", Targets=[target])
    assert answer["FailedEntryCount"] == 0, answer["FailedEntries"]
    if archive:
        events.create_archive(ArchiveName=archive, EventSourceArn=made["EventBusArn"])
    return made["EventBusArn"]


def all_delivered(acknowledged, file):
    """Waits until everything acknowledged is in the file; the number of lines there."""

    def check():
        missing = set(lines(acknowledged)) - set(marks(file))
        assert not missing, f"{len(missing)} are missing, such as {sorted(missing)[:3]}"
        return True

    eventually(check, "every acknowledged event delivered", 300)
    return len(marks(file))


def everything_made(site, prefix):
    """What is there of what the loader of rules makes, in the words of its notes."""
    events, found = site.client("events"), set()
    for bus in events.list_event_buses(NamePrefix=prefix)["EventBuses"]:
        found.add(f"bus {bus['Name']}")
        for rule in events.list_rules(EventBusName=bus["Name"])["Rules"]:
            name = f"{bus['Name']} {rule['Name']}"
            found.add(f"rule {name}")
            targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus["Name"])
            if [target["Id"] for target in targets["Targets"]] == ["1"]:
                found.add(f"target {name}")
    return found


def test_acknowledged_events_and_rules_survive_being_killed(start, seeded, tmp_path):
    site, file = start(), tmp_path / "delivered.jsonl"
    bus_into_file(site.client("events"), file)
    acknowledged = rules = 0
    for number in range(ROUNDS):
        load = Load(site, "load", f"r{number}", tmp_path)
        try:
            load.wait(acknowledged + seeded.randrange(200, 2000), rules + seeded.randrange(1, 40))
            site.server.kill()
            load.end()
        finally:
            load.stop()
        site = start()

        delivered = all_delivered(load.events_file, file)
        acknowledged, rules = len(lines(load.events_file)), len(lines(load.rules_file))
        # What was made in this round, which is what a lost write could have hit.
        made = {line for line in lines(load.rules_file) if f" r{number}-bus" in line}
        lost = made - everything_made(site, f"r{number}-bus")
        assert not lost, f"{len(lost)} that were acknowledged are lost: {sorted(lost)[:3]}"
        print(
            f"round {number}: {acknowledged} acknowledged, {len(set(marks(file)))} delivered, "
            f"{delivered - len(set(marks(file)))} of them again, {len(made)} changes of rules kept"
        )


def test_acknowledged_events_survive_being_stopped_under_load(start, seeded, tmp_path):
    site, file = start(), tmp_path / "delivered.jsonl"
    bus_into_file(site.client("events"), file)
    load = Load(site, "load", "r0", tmp_path, rules=False)
    try:
        load.wait(seeded.randrange(500, 3000), 0)
        site.server.stop()
        load.end()
    finally:
        load.stop()
    start()
    all_delivered(load.events_file, file)


def test_an_archive_has_every_acknowledged_event_after_a_kill(start, seeded, tmp_path):
    site, file = start(), tmp_path / "delivered.jsonl"
    arn = bus_into_file(site.client("events"), file, archive="all")
    load = Load(site, "load", "r0", tmp_path, rules=False)
    try:
        load.wait(seeded.randrange(500, 3000), 0)
        site.server.kill()
        load.end()
    finally:
        load.stop()
    events = start().client("events")

    replayed = tmp_path / "replayed.jsonl"
    events.put_rule(Name="again", EventBusName="load", EventPattern='{"source": ["load"]}')
    target = {"Id": "file", "Arn": f"file://{replayed}"}
    events.put_targets(Rule="again", EventBusName="load", Targets=[target])
    now, hour = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(hours=1)
    events.start_replay(
        ReplayName="again",
        EventSourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:archive/all",
        EventStartTime=now - hour,
        EventEndTime=now + hour,
        Destination={
            "Arn": arn,
            "FilterArns": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/load/again"],
        },
    )
    all_delivered(load.events_file, replayed)


@pytest.mark.parametrize("ending", ["kill", "stop"])
def test_everything_that_was_made_is_there_again(start, ending):
    site = start()
    events = site.client("events")
    bus = events.create_event_bus(Name="shop", Description="orders")["EventBusArn"]
    events.put_permission(
        EventBusName="shop", StatementId="1", Action="events:PutEvents", Principal="222222222222"
    )
    events.put_rule(Name="orders", EventBusName="shop", EventPattern='{"source": ["orders"]}')
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)", State="DISABLED")
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"}
    events.put_targets(Rule="orders", EventBusName="shop", Targets=[target])
    events.tag_resource(ResourceARN=bus, Tags=[{"Key": "team", "Value": "shop"}])
    events.create_archive(ArchiveName="orders", EventSourceArn=bus, RetentionDays=3)
    basic = {"BasicAuthParameters": {"Username": "user", "Password": "pass"}}
    connection = events.create_connection(
        Name="shop", AuthorizationType="BASIC", AuthParameters=basic
    )["ConnectionArn"]
    events.create_api_destination(
        Name="shop",
        ConnectionArn=connection,
        InvocationEndpoint="https://example.com/",
        HttpMethod="POST",
    )
    site.client("events", account="333333333333").create_partner_event_source(
        Name="aws.partner/example.com/shop", Account=ACCOUNT
    )

    def everything(site):
        events = site.client("events")
        answers = [
            events.describe_event_bus(Name="shop"),
            events.list_rules(EventBusName="shop"),
            events.list_rules(),
            events.list_targets_by_rule(Rule="orders", EventBusName="shop"),
            events.list_tags_for_resource(ResourceARN=bus),
            events.describe_archive(ArchiveName="orders"),
            events.describe_connection(Name="shop"),
            events.describe_api_destination(Name="shop"),
            events.list_event_sources(),
        ]
        for answer in answers:
            del answer["ResponseMetadata"]
        return answers

    before = everything(site)
    site.server.kill() if ending == "kill" else site.server.stop()
    assert everything(start()) == before
