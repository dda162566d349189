"""EventBridge as a newcomer is shown it, at a shell with nothing but the `aws` command."""

import datetime
import json

import pytest

from polling import eventually
from servers import ACCOUNT, OTHER_ACCOUNT, REGION

AUTH0 = "123456789012"
SOURCE = "aws.partner/auth0.com/shop-logs"


@pytest.fixture
def shell(start):
    """A new server with its backend."""
    return start()


def queue(shell, name):
    """A queue at the backend: its URL and ARN."""
    url = shell.aws("sqs", "create-queue", "--queue-name", name)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def receive(shell, url, count=1):
    """The bodies of so many messages, as JSON, taken from a queue."""
    bodies = []

    def enough():
        answer = shell.aws("sqs", "receive-message", "--queue-url", url)
        for message in (answer or {}).get("Messages", []):
            bodies.append(json.loads(message["Body"]))
            handle = message["ReceiptHandle"]
            shell.aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", handle)
        return len(bodies) >= count

    eventually(enough, f"{count} message(s) in {url}", 120)
    return bodies


def events(shell, command, *arguments, **options):
    return shell.aws("events", command, *arguments, **options)


def rule_into_queue(shell, rule, bus, pattern, arn):
    """A rule with one target; the rule's ARN."""
    on_bus = ("--event-bus-name", bus)
    put = events(shell, "put-rule", "--name", rule, "--event-pattern", pattern, *on_bus)
    target = [{"Id": "1", "Arn": arn}]
    answer = events(shell, "put-targets", "--rule", rule, "--targets", target, *on_bus)
    assert answer["FailedEntryCount"] == 0
    return put["RuleArn"]


def order(number, bus="shop"):
    return {
        "Source": "com.example.shop",
        "DetailType": "Order Placed",
        "Detail": json.dumps({"number": number}),
        "EventBusName": bus,
    }


def test_first_steps(shell):
    # A bus of our own, and an archive of everything that goes over it.
    bus = events(shell, "create-event-bus", "--name", "shop")["EventBusArn"]
    assert bus == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/shop"
    archive = events(
        shell,
        "create-archive",
        *("--archive-name", "shop-archive", "--event-source-arn", bus, "--retention-days", "7"),
    )
    assert archive["State"] == "ENABLED"

    # Rules for the orders: two of them, each with a queue.
    billing_url, billing_arn = queue(shell, "billing")
    dispatch_url, dispatch_arn = queue(shell, "dispatch")
    orders = {"source": ["com.example.shop"], "detail-type": ["Order Placed"]}
    billing_rule = rule_into_queue(shell, "billing", "shop", orders, billing_arn)
    rule_into_queue(shell, "dispatch", "shop", orders, dispatch_arn)
    put = events(shell, "put-events", "--entries", [order(1), order(2)])
    assert put["FailedEntryCount"] == 0
    for url in (billing_url, dispatch_url):
        numbers = [event["detail"]["number"] for event in receive(shell, url, 2)]
        assert sorted(numbers) == [1, 2]

    # Another account is kept out, until a policy lets it in; its events say where they are from.
    put = events(shell, "put-events", "--entries", [order(3, bus)], account=OTHER_ACCOUNT)
    assert put["FailedEntryCount"] == 1
    assert put["Entries"][0]["ErrorCode"] == "AccessDeniedException"
    events(
        shell,
        "put-permission",
        *("--event-bus-name", "shop", "--statement-id", "Warehouse"),
        *("--action", "events:PutEvents", "--principal", OTHER_ACCOUNT),
    )
    described = events(shell, "describe-event-bus", "--name", "shop")
    [statement] = json.loads(described["Policy"])["Statement"]
    assert statement["Sid"] == "Warehouse"
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    put = events(shell, "put-events", "--entries", [order(4, bus)], account=OTHER_ACCOUNT)
    assert put["FailedEntryCount"] == 0
    [event] = receive(shell, billing_url)
    assert event["detail"] == {"number": 4} and event["account"] == OTHER_ACCOUNT
    receive(shell, dispatch_url)

    # Auth0 offers its log as a source of events; we accept it, and catch the failed logins.
    created = ("create-partner-event-source", "--name", SOURCE, "--account", ACCOUNT)
    events(shell, *created, account=AUTH0)
    [offered] = events(shell, "list-event-sources")["EventSources"]
    assert (offered["Name"], offered["State"]) == (SOURCE, "PENDING")
    events(shell, "create-event-bus", "--name", SOURCE, "--event-source-name", SOURCE)
    assert events(shell, "describe-event-source", "--name", SOURCE)["State"] == "ACTIVE"
    logins_url, logins_arn = queue(shell, "logins")
    failed = {"source": [{"prefix": "aws.partner/auth0.com"}], "detail": {"data": {"type": ["f"]}}}
    rule_into_queue(shell, "failed-logins", SOURCE, failed, logins_arn)
    logs = [
        {
            "Source": SOURCE,
            "DetailType": "Auth0 log",
            "Detail": json.dumps({"data": {"type": kind}}),
        }
        for kind in ("s", "f")
    ]
    put = events(shell, "put-partner-events", "--entries", logs, account=AUTH0)
    assert put["FailedEntryCount"] == 0
    [event] = receive(shell, logins_url)
    assert event["source"] == SOURCE and event["detail"] == {"data": {"type": "f"}}

    # Instances of EC2 that stop or terminate are notified by SNS, here to a queue.
    alerts_url, alerts_arn = queue(shell, "alerts")
    topic = shell.aws("sns", "create-topic", "--name", "instances")["TopicArn"]
    subscribed = ("--protocol", "sqs", "--notification-endpoint", alerts_arn)
    shell.aws("sns", "subscribe", "--topic-arn", topic, *subscribed)
    stopped = {
        "source": ["aws.ec2", "rehearsal.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
        "detail": {"state": ["stopped", "terminated"]},
    }
    rule_into_queue(shell, "instances", "default", stopped, topic)
    instance = {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": ACCOUNT,
        "time": "2026-11-11T21:29:54Z",
        "region": REGION,
        "resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-abcd1111"],
        "detail": {"instance-id": "i-abcd1111", "state": "terminated"},
    }
    for state, matches in (("running", False), ("stopped", True), ("terminated", True)):
        instance["detail"]["state"] = state
        tried = ("test-event-pattern", "--event-pattern", stopped, "--event", instance)
        assert events(shell, *tried)["Result"] is matches
    # Only AWS may say that it is aws.ec2; so it is rehearsed under another name.
    rehearsed = [
        {
            "Source": source,
            "DetailType": instance["detail-type"],
            "Detail": json.dumps({"instance-id": "i-abcd1111", "state": state}),
            "Resources": instance["resources"],
        }
        for source, state in (
            ("aws.ec2", "stopped"),
            ("rehearsal.ec2", "running"),
            ("rehearsal.ec2", "terminated"),
        )
    ]
    put = events(shell, "put-events", "--entries", rehearsed)
    assert put["FailedEntryCount"] == 1
    assert put["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    [notification] = receive(shell, alerts_url)
    assert notification["TopicArn"] == topic
    event = json.loads(notification["Message"])
    assert event["detail"] == {"instance-id": "i-abcd1111", "state": "terminated"}

    # A report every five minutes; the clock is moved, so that nobody has to wait for it.
    report_url, report_arn = queue(shell, "report")
    every = ("--schedule-expression", "rate(5 minutes)")
    rule = events(shell, "put-rule", "--name", "report", *every)["RuleArn"]
    target = [{"Id": "1", "Arn": report_arn}]
    events(shell, "put-targets", "--rule", "report", "--targets", target)
    shell.advance_clock("PT5M")
    [event] = receive(shell, report_url)
    assert event["source"] == "aws.events" and event["detail-type"] == "Scheduled Event"
    assert event["resources"] == [rule] and event["detail"] == {}
    events(shell, "disable-rule", "--name", "report")

    # The archive has the three orders that the bus has taken.
    def in_archive():
        return events(shell, "describe-archive", "--archive-name", "shop-archive")["EventCount"]

    eventually(lambda: in_archive() == 3, "three events in the archive", 120)

    # They are replayed, to the rule for billing alone.
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    started = events(
        shell,
        "start-replay",
        *("--replay-name", "billing-again", "--event-source-arn", archive["ArchiveArn"]),
        *("--event-start-time", (now - hour).isoformat()),
        *("--event-end-time", (now + hour).isoformat()),
        *("--destination", {"Arn": bus, "FilterArns": [billing_rule]}),
    )
    assert started["State"] in ("STARTING", "RUNNING")
    again = receive(shell, billing_url, 3)
    assert sorted(event["detail"]["number"] for event in again) == [1, 2, 4]
    assert {event["replay-name"] for event in again} == {"billing-again"}

    def completed():
        return events(shell, "describe-replay", "--replay-name", "billing-again")["State"]

    eventually(lambda: completed() == "COMPLETED", "the end of the replay", 120)
    # A last order goes to both; dispatch has seen none of the replayed ones before it.
    events(shell, "put-events", "--entries", [order(5)])
    assert [event["detail"]["number"] for event in receive(shell, dispatch_url)] == [5]
