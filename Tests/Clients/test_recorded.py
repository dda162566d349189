"""What the real service answered, asked again: recordings of `../shared/aws`.

A case for each recorded answer. The recordings are the answers of tests against AWS; a test is
replayed once in each of its variants, and its answers are compared one by one. What a test did
besides its recorded requests (making a bus, a queue at the backend) is written here, by the test's
name, in the functions marked `@setting`.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import recordings
from clients import Site, fresh
from conftest import RECORDED
from http_standin import Standin
from replay import PATTERN, Line, Replay, compare_error, entry, minutes_ago
from servers import OTHER_ACCOUNT, REGION, Switchyard

OTHER_REGION = "eu-central-1"

# Recorded answers that are not asked for, with the reason. By test, or by test and step.
NOT_REPLAYED = {
    "test_update_connection-connection-secret-before-update": "a connection's secret is kept by "
    "Switchyard itself, and can't be read through any API: there is no Secrets Manager",
    "test_update_connection-connection-secret-after-update": "as before",
    "test_describe_delete_not_existing_event_bus-delete-not-existing-event-bus": "no request is "
    "recorded, and the text is that of the step before: DeleteEventBus has no such error in the "
    "model, deleting what isn't there succeeds (test_operations.py)",
    "tests_concurrency_error_too_many_active_replays-list-replays-with-limit": "on AWS a replay "
    "takes minutes; here those of the test have ended before the eleventh starts, so that it "
    "would depend on speed: a test of the service on a moved clock",
    "test_put_events_to_default_eventbus_for_custom_eventbus-get-events": "an event of S3's own, "
    "which comes from a bucket with notifications: no producer of those is at hand",
    "test_put_events_with_target_api_gateway-create_lambda_response": "a function in Lambda",
    "test_put_events_with_target_api_gateway-deployment_response": "an API of API Gateway",
    "test_put_events_with_target_api_gateway-lambda_logs": "what API Gateway hands to a function",
}

# Recorded answers that only a server can be asked for which was started for these tests.
NEEDS_OUR_OWN = {
    "test_schedule_cron_target_sqs": "moves the clock",
    "test_put_events_with_target_lambda_list_entry": "a function at a local address",
}

SETTINGS = {}


def setting(*tests):
    """Marks what replays the recorded tests of these names."""

    def keep(function):
        SETTINGS.update(dict.fromkeys(tests, function))
        return function

    return keep


def recorded_lines():
    """Every recorded answer of `events` in every case, in the order of the recordings."""
    found = []
    for file in ("answers.jsonl", "errors.jsonl"):
        for number, record in enumerate(recordings.lines(file)):
            if record["service"] == "events":
                for case in record.get("cases", [None]):
                    found.append(Line(file, number, record, case))
    return found


LINES = recorded_lines()


class Replays:
    """Runs of recorded tests; each is run when its first answer is asked for."""

    def __init__(self, site):
        self.site, self.done = site, {}

    def differences(self, line):
        run = self.done.get((line.test, line.case))
        if run is None:
            run = self.done[line.test, line.case] = self.play(line)
        replay, failure = run
        if line.key in replay.outcomes:
            return replay.outcomes[line.key]
        return [failure or "the test's replay does not get to this step"]

    def play(self, line):
        lines = [other for other in LINES if (other.test, other.case) == (line.test, line.case)]
        replay = Replay(self.site, line.case, lines)
        try:
            self.site.reset()
            SETTINGS.get(line.name.rpartition("::")[2], Replay.run)(replay)
        except Exception as error:  # Whatever it is, it is why the rest is not as recorded.
            return replay, f"{type(error).__name__}: {error}"
        return replay, None


@pytest.fixture(scope="module")
def replays(site):
    return Replays(site)


@pytest.fixture
def compare(request):
    """`compare(differences)` fails with them, and counts what is as recorded."""

    def compare(found):
        outcome = "wrong" if found else "right"
        RECORDED[outcome] = RECORDED.get(outcome, 0) + 1
        if found:
            pytest.fail("not as recorded:\n" + "\n".join(found), pytrace=False)

    return compare


def leave_out(reason):
    RECORDED["not replayed"] = RECORDED.get("not replayed", 0) + 1
    pytest.skip(reason)


@pytest.mark.skipif(not LINES, reason="the recordings are not at hand")
@pytest.mark.parametrize("line", LINES, ids=str)
def test_answer_is_as_recorded(line, site, replays, compare):
    test = line.name.rpartition("::")[2]
    reason = NOT_REPLAYED.get(test) or NOT_REPLAYED.get(f"{test}-{line.step}")
    if not site.is_switchyard or os.environ.get("SWITCHYARD_ENDPOINT"):
        reason = reason or NEEDS_OUR_OWN.get(test)
    if reason:
        leave_out(reason)
    compare(replays.differences(line))


# Connections and API destinations


@setting("test_list_connections")
def a_connection(r):
    name = fresh("connection")
    r.bind(connection_name=name)
    r.events.create_connection(
        Name=name,
        AuthorizationType="BASIC",
        AuthParameters={
            "BasicAuthParameters": {"Username": "user", "Password": "pass"},
            "InvocationHttpParameters": {},
        },
    )
    r.run()


@setting("test_delete_connection")
def a_deleted_connection(r):
    r.step("create-connection-response")
    r.step("delete-connection")
    r.step("describe-deleted-connection", wait=True)


@setting("test_update_connection")
def an_updated_connection(r):
    for step in (
        "create-connection",
        "describe-created-connection",
        "update-connection",
        "describe-updated-connection",
    ):
        r.step(step)


@setting("test_create_api_destination_invalid_parameters")
def invalid_parameters(r):
    # The request was seen on another occasion than the answer; this is the answer's.
    r.step(
        "create-api-destination-invalid-parameters-error", ConnectionArn="invalid-connection-arn"
    )


# Archives and replays


@setting("test_create_list_describe_update_delete_archive")
def a_bus_to_archive(r):
    r.bus()
    r.run()


@setting(
    "test_list_archive_with_name_prefix",
    "test_list_archive_with_source_arn",
    "test_list_archive_state_enabled",
)
def an_archive(r):
    r.archive(r.bus())
    r.run()


@setting("test_list_archive_with_events")
def an_archive_with_events(r):
    pattern = PATTERN if r.case.startswith("True") else None
    bus = r.bus()
    r.archive(bus, pattern=pattern)
    r.put(*[entry(bus)] * 10)
    if r.case == "False-default":
        # The account's other events were in it too; that there are ten remains.
        for line in r.lines:
            record = json.loads(json.dumps(line.record))
            answer = record["answer"]
            for part in answer.get("Archives", [answer]):
                part["SizeBytes"] = 1590
            line.record = record
    r.step("list-archives", wait=True)
    r.step("describe-archive", wait=True)


@setting("test_create_archive_error_duplicate")
def an_archive_of_this_name(r):
    params = r.params("create-archive-duplicate-error")
    bus = params["EventSourceArn"].rpartition("/")[2]
    r.bus(bus)
    r.events.create_archive(**params)
    r.run()


@setting("test_update_archive_error_unknown_archive")
def an_update_of_nothing(r):
    r.step(
        "update-archive-unknown-archive-error",
        operation="UpdateArchive",
        ArchiveName=fresh("doesnotexist"),
    )


def replay_window(start=60, end=-60):
    return {"EventStartTime": minutes_ago(start), "EventEndTime": minutes_ago(end)}


def archive_and_bus_of(r, step):
    """Makes the archive and the bus that a recorded StartReplay names."""
    params = r.params(step)
    bus = params["Destination"]["Arn"].rpartition("/")[2]
    r.events.create_event_bus(Name=bus)
    r.archive(bus, name=params["EventSourceArn"].rpartition("/")[2])
    return params


@setting("test_start_replay_error_unknown_event_bus")
def an_archive_of_another_bus(r):
    step = "start-replay-unknown-event-bus-error"
    r.bind(event_bus_name=fresh("doesnotexist"))
    own_bus = fresh("test-bus")
    r.events.create_event_bus(Name=own_bus)
    r.archive(own_bus, name=r.params(step)["EventSourceArn"].rpartition("/")[2])
    r.step(step, **replay_window())
    r.events.create_event_bus(Name=r.names.values["event-bus-name"])
    r.step("start-replay-wrong-event-bus-error", **replay_window())


@setting("test_start_replay_error_duplicate_name_same_archive")
def a_replay_of_this_name(r):
    step = "start-replay-duplicate-error"
    params = archive_and_bus_of(r, step)
    r.events.start_replay(**{**params, **replay_window()})
    r.step(step, **replay_window())


@setting("test_start_replay_error_duplicate_different_archive")
def a_replay_of_this_name_from_another_archive(r):
    step = "start-replay-duplicate-error"
    params = archive_and_bus_of(r, step)
    bus = fresh("test-bus")
    r.events.create_event_bus(Name=bus)
    other = r.archive(bus)
    r.events.start_replay(
        ReplayName=params["ReplayName"],
        EventSourceArn=r.arn(f"archive/{other}"),
        Destination={"Arn": r.arn(f"event-bus/{bus}")},
        **replay_window(),
    )
    r.step(step, **replay_window())


@setting("test_start_replay_error_invalid_end_time")
def a_window_that_ends_before_it_starts(r):
    step = "start-replay-invalid-end-time-error"
    archive_and_bus_of(r, step)
    # The case is by how many minutes the end is before the start.
    r.step(step, **replay_window(start=10, end=10 + int(r.case)))


# Events


@setting("test_put_event_with_too_big_detail")
def a_detail_that_is_too_big(r):
    # Recorded with 256 KiB; the limit is 1 MiB since.
    detail = json.dumps({"payload": ["p" * (1024 * 1024)]})
    r.step(
        "put-events-too-big-detail-error",
        Entries=[{"Source": "core", "DetailType": "core", "Detail": detail}],
    )


@setting("test_put_events_exceed_limit_ten_entries")
def eleven_entries(r):
    r.bus()
    r.run()


@setting("test_put_events_time")
def events_with_times(r):
    queue, bus = r.site.queue(), r.bus(fresh("test-bus"))
    pattern = json.dumps({"source": ["core.update-account-command"]})
    r.rule(bus, pattern=pattern, targets=[queue.arn])
    times = {"short time": minutes_ago(1), "new time": minutes_ago(0), "long time": minutes_ago(99)}
    r.put(*(entry(bus, {"message": text}, Time=time) for text, time in times.items()))
    r.messages("messages", queue)


@setting("test_put_events_with_target_delivery_failure")
def a_target_that_is_not_there(r):
    missing = f"arn:aws:sqs:{REGION}:111111111111:{fresh('missing')}"
    r.rule(targets=[missing])
    r.run()


# Buses


@setting("test_create_list_describe_delete_custom_event_buses")
def buses_in_regions(r):
    for line in r.lines:
        region = "-".join(line.step.rsplit("-", 3)[1:])
        r.step(line.step, region=region)


@setting("test_list_event_buses_with_prefix")
def buses_with_and_without_the_prefix(r):
    name = fresh("unique-prefix")
    r.events.create_event_bus(Name=fresh("no-unique-prefix"))
    r.events.create_event_bus(Name=name)
    r.bind(bus_name=name)
    r.run()


@setting("test_remove_permission")
def two_statements(r):
    bus = r.bus()
    first = r.params("remove-permission")["StatementId"]
    for sid in (first, fresh("statement-2")):
        r.events.put_permission(
            EventBusName=bus, Action="events:PutEvents", Principal=OTHER_ACCOUNT, StatementId=sid
        )
    r.run()


@setting("test_remove_permission_non_existing_sid")
def another_statement_or_none(r):
    step = "remove-permission-non-existing-sid-error"
    bus = r.bus(r.params(step)["EventBusName"])
    if r.case.startswith("True"):
        r.events.put_permission(
            EventBusName=bus,
            Action="events:PutEvents",
            Principal=OTHER_ACCOUNT,
            StatementId="statement-id",
        )
    r.run()


@setting("test_create_multiple_event_buses_same_name")
def a_bus_of_this_name(r):
    r.bus(fresh("test-bus"))
    r.run()


@setting("test_describe_delete_not_existing_event_bus")
def no_bus(r):
    r.step("describe-not-existing-event-bus-error")


@setting("test_put_events_to_default_eventbus_for_custom_eventbus")
def a_custom_bus_behind_the_default_one(r):
    queue, bus = r.site.queue(), fresh("test-bus")
    one, two = fresh("rule-1"), fresh("rule-2")
    pattern = json.dumps({"source": ["aws.s3"]})
    target = {"Id": "1", "Arn": r.arn(f"event-bus/{bus}"), "RoleArn": role("events")}
    r.step("create-custom-event-bus", "CreateEventBus", Name=bus)
    r.step("create-rule-1", "PutRule", Name=one, EventPattern=pattern)
    r.step("create-rule-2", "PutRule", Name=two, EventPattern=pattern, EventBusName=bus)
    r.step("put-target-1", "PutTargets", Rule=one, Targets=[target])
    target = {"Id": "2", "Arn": queue.arn}
    r.step("put-target-2", "PutTargets", Rule=two, EventBusName=bus, Targets=[target])


def role(name):
    return f"arn:aws:iam::111111111111:role/{name}"


# Rules


@setting("test_put_list_with_prefix_describe_delete_rule", "test_put_multiple_rules_with_same_name")
def a_bus_for_rules(r):
    r.bus(None if r.case else fresh("test-bus"))
    r.run()


@setting("test_disable_re_enable_rule")
def an_enabled_rule(r):
    r.bind(rule_name=r.rule(r.bus()))
    r.run()


@setting("test_process_to_multiple_matching_rules_single_target")
def two_rules_with_one_target(r):
    queue, bus = r.site.queue(), r.bus(fresh("test-bus"))
    r.rule(bus, targets=[queue.arn])
    r.rule(bus, targets=[queue.arn])
    r.put(entry(bus))
    r.collected("events", lambda: [json.loads(message["Body"]) for message in queue.poll()])


@setting("test_process_pattern_to_single_matching_rules_single_target")
def two_rules_each_with_its_template(r):
    queue, bus = r.site.queue(), r.bus(fresh("test-bus"))
    for key, path in (("detail-payload-with-id", ("payload", "id")), ("detail-with-id", ("id",))):
        pattern = [{"exists": True}]
        for name in reversed(path):
            pattern = {name: pattern}
        transformer = {
            "InputPathsMap": {"detail": "$.detail"},
            "InputTemplate": '{"%s": <detail>}' % key,
        }
        target = {"Arn": queue.arn, "InputTransformer": transformer}
        r.rule(bus, pattern=json.dumps({"detail": pattern}), targets=[target])

    def bodies():
        return [json.loads(message["Body"]) for message in queue.poll()]

    r.put(entry(bus, {"payload": {"id": "123"}}))
    r.collected("events-1", bodies)
    r.put(entry(bus, {"id": "123"}))
    r.collected("events-2", bodies)


@setting("test_delete_rule_with_targets")
def a_rule_with_a_target(r):
    r.bind(rule_name=r.rule(targets=[r.site.queue().arn]))
    r.run()


@setting("test_list_rule_names_by_target", "test_list_rule_names_by_target_with_limit")
def rules_of_a_target(r):
    params = r.params(r.lines[0].step)
    bus = params["EventBusName"]
    if bus != "default":
        r.events.create_event_bus(Name=bus)
    prefix = fresh("rule")
    r.bind(rule_prefix=prefix)
    for index in range(5 if "Limit" in params else 3):
        r.rule(bus, name=f"{prefix}{index}", targets=[params["TargetArn"]])
    r.rule(bus, targets=[r.site.queue().arn])
    r.run()


# Targets


@setting("test_put_list_remove_target")
def a_rule_and_a_queue(r):
    bus = r.bus()
    r.bind(rule_name=r.rule(bus), queue_arn=r.site.queue().arn)
    r.run()


@setting("test_list_target_by_rule_limit")
def five_targets(r):
    arn, target = r.site.queue().arn, fresh("target")
    r.bind(queue_arn=arn, target_id=target)
    targets = [{"Id": f"{target}{index}", "Arn": arn} for index in range(5)]
    r.bind(rule_name=r.rule(targets=targets))
    r.run()


@setting("test_add_exceed_fife_targets_per_rule")
def a_rule_for_seven_targets(r):
    r.bind(rule_name=r.rule(), queue_arn=r.site.queue().arn)
    r.run()


@setting("test_put_target_id_validation")
def a_rule_for_a_bad_target(r):
    r.rule(name=r.params("put-targets-invalid-id-error")["Rule"])
    r.run()


@setting("test_put_multiple_targets_with_same_id_single_rule")
def a_target_put_twice(r):
    rule, arn = r.rule(name=r.params("list-targets")["Rule"]), r.site.queue().arn
    for path in ("$.detail", "$.notexisting"):
        target = {"Id": "target-id", "Arn": arn, "InputPath": path}
        r.events.put_targets(Rule=rule, Targets=[target])
    r.run()


@setting("test_put_multiple_targets_with_same_arn_single_rule")
def two_targets_with_one_arn(r):
    arn = r.site.queue().arn
    targets = [
        {"Id": "target-id-one", "Arn": arn, "InputPath": "$.detail"},
        {"Id": "target-id-two", "Arn": arn, "InputPath": "$.doesnotexist"},
    ]
    r.rule(name=r.params("list-targets")["Rule"], targets=targets)
    r.run()


@setting("test_put_multiple_targets_with_same_arn_across_different_rules")
def two_rules_with_one_arn(r):
    arn = r.site.queue().arn
    for step, path in (
        ("list-targets-rule-one", "$.detail"),
        ("list-targets-rule-two", "$.doesnotexist"),
    ):
        target = {"Id": "target-id", "Arn": arn, "InputPath": path}
        r.rule(name=r.params(step)["Rule"], targets=[target])
    r.run()


# Across accounts and regions


def let_in(client, bus, principal):
    client.put_permission(
        EventBusName=bus,
        Action="events:PutEvents",
        Principal=principal,
        StatementId=fresh("statement"),
    )


@setting("test_event_bus_to_event_bus_cross_account_region")
def a_bus_behind_another(r):
    kind, _, distance = r.case.partition("-")
    region = OTHER_REGION if "region" in distance else REGION
    account = OTHER_ACCOUNT if "account" in distance else "111111111111"
    r.bind(region_secondary=region)
    far = r.site.client("events", account=account, region=region)
    near_queue, far_queue = r.site.queue(), r.site.queue(region=region, account=account)
    near_bus, far_bus = "default", "default"
    if kind == "custom":
        near_bus, far_bus = fresh("primary"), fresh("secondary")
        r.events.create_event_bus(Name=near_bus)
        far.create_event_bus(Name=far_bus)
    let_in(far, far_bus, "111111111111")
    pattern = json.dumps({"detail-type": ["core.update-account-command"]})
    far_arn = r.arn(f"event-bus/{far_bus}", region, account)
    targets = [near_queue.arn, {"Arn": far_arn, "RoleArn": role("events")}]
    r.rule(near_bus, pattern=pattern, targets=targets)
    rule = fresh("rule")
    far.put_rule(Name=rule, EventBusName=far_bus, EventPattern=pattern)
    far.put_targets(Rule=rule, EventBusName=far_bus, Targets=[{"Id": "1", "Arn": far_queue.arn}])

    r.put(entry(near_bus, Source="source-primary"))
    r.messages("messages_primary_queue_from_primary_event_bus", near_queue)
    r.messages("messages_secondary_queue_from_primary_event_bus", far_queue)
    far_queue.messages.clear()
    far.put_events(Entries=[entry(far_bus, Source="source-secondary")])
    r.messages("messages_secondary_queue_from_secondary_event_bus", far_queue)


@setting("test_put_events")
def a_bus_of_another_account(r):
    far = r.site.client("events", account=OTHER_ACCOUNT)
    queue, bus = r.site.queue(account=OTHER_ACCOUNT), fresh("secondary")
    far.create_event_bus(Name=bus)
    let_in(far, bus, "111111111111")
    rule = fresh("rule")
    far.put_rule(
        Name=rule, EventBusName=bus, EventPattern=json.dumps({"source": ["source-primary"]})
    )
    far.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "1", "Arn": queue.arn}])
    r.put(entry(r.arn(f"event-bus/{bus}", account=OTHER_ACCOUNT), Source="source-primary"))
    r.messages("messages", queue)


# What a target receives


def bus_with_target(r, target, pattern=PATTERN):
    """A bus with a rule whose target is a new queue with these members besides."""
    queue, bus = r.site.queue(), r.bus(fresh("test-bus"))
    rule = r.rule(bus, pattern=pattern, targets=[{"Arn": queue.arn, **target}])
    r.bind(rule_name=rule)
    return queue, bus


@setting("test_put_events_with_input_path_max_level_depth")
def an_input_path(r):
    queue, bus = bus_with_target(r, {"InputPath": "$.detail.payload.sf_id"})
    r.put(entry(bus))
    r.messages("message", queue)


PATHS = {"detail-type": "$.detail-type", "timestamp": "$.time", "command": "$.detail.command"}


@setting("test_put_events_with_input_transformer_input_template_string")
def a_template_of_text(r):
    transformer = {"InputPathsMap": PATHS, "InputTemplate": r.case}
    pattern = json.dumps({"source": ["core.update-account-command"]})
    queue, bus = bus_with_target(r, {"InputTransformer": transformer}, pattern)
    r.put(entry(bus))
    r.messages("custom-variables-match-all", queue)
    queue.messages.clear()
    r.put(entry(bus, {"not-command": "no"}))
    r.messages("custom-variables-not-match-all", queue)


@setting("test_input_transformer_predefined_variables")
def a_template_with_predefined_names(r):
    transformer = {"InputPathsMap": PATHS, "InputTemplate": r.case}
    queue, bus = bus_with_target(r, {"InputTransformer": transformer})
    r.put(entry(bus))
    r.messages("messages", queue)


@setting("test_put_event_input_path_and_input_transformer")
def a_rule_for_two_inputs(r):
    params = r.params("duplicated-input-operations-error")
    r.events.create_event_bus(Name=params["EventBusName"])
    r.rule(params["EventBusName"], name=params["Rule"])
    r.run()


@setting("test_put_events_with_target_sqs_event_detail_match")
def a_detail_to_match(r):
    pattern = json.dumps({"detail": {"EventType": ["0", "1"]}})
    queue, bus = bus_with_target(r, {"InputPath": "$.detail"}, pattern)
    r.put(entry(bus, {"EventType": "1"}), entry(bus, {"EventType": "2"}))
    r.messages("messages", queue)


@setting("test_put_events_with_target_events")
def a_bus_behind_a_bus(r):
    combination = int(r.case[-1])
    first = "default" if combination == 0 else fresh("first")
    second = "default" if combination == 2 else fresh("second")
    for bus in {first, second} - {"default"}:
        r.events.create_event_bus(Name=bus)
    queue = r.site.queue()
    # Different patterns, so that the event does not match twice where it starts.
    target = {"Arn": r.arn(f"event-bus/{second}"), "RoleArn": role("events")}
    r.rule(first, targets=[target])
    r.rule(second, targets=[queue.arn])
    r.put(entry(first))
    r.messages("messages", queue)


@setting("test_put_events_with_target_kinesis")
def a_stream(r):
    kinesis, name = r.site.client("kinesis"), fresh("stream")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    target = {
        "Arn": described["StreamARN"],
        "RoleArn": role("events"),
        "KinesisParameters": {"PartitionKeyPath": "$.detail-type"},
    }
    bus = r.bus(fresh("test-bus"))
    r.rule(bus, targets=[target])
    r.put(entry(bus))
    iterator = kinesis.get_shard_iterator(
        StreamName=name,
        ShardId=described["Shards"][0]["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]

    def record():
        records = kinesis.get_records(ShardIterator=iterator)["Records"]
        return json.loads(records[0]["Data"]) if records else None

    r.collected("response", record)


@setting("test_put_events_with_target_sns")
def a_topic_with_a_queue(r):
    sns, queue = r.site.client("sns"), r.site.queue()
    topic = sns.create_topic(Name=fresh("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    bus = r.bus(fresh("test-bus"))
    r.rule(bus, targets=[topic])
    r.put(entry(bus))

    def messages():
        members = ("MessageId", "ReceiptHandle", "MD5OfBody")
        # How the backend signs is its own affair: moto knows version 2 alone.
        bodies = [{**json.loads(x["Body"]), "SignatureVersion": "1"} for x in queue.poll()]
        return [
            {**{m: x[m] for m in members}, "Body": body}
            for x, body in zip(queue.messages, bodies)
        ]

    r.collected("messages", messages)


@setting("test_put_events_with_target_cloudwatch_logs")
def a_log_group(r):
    logs = r.site.client("logs")
    arn = r.params("put_targets_response")["Targets"][0]["Arn"]
    group = arn.partition(":log-group:")[2]
    logs.create_log_group(logGroupName=group)
    for step in ("event_bus_response", "rule_response", "put_targets_response"):
        r.step(step)
    r.step("put_events_response")

    def log_events():
        found = []
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
            found += logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
            )["events"]
        return found

    r.collected("log_events", log_events)


@setting("test_put_events_with_target_api_gateway")
def an_api(r):
    bus, rule = fresh("test-bus"), fresh("test-rule")
    arn = f"arn:aws:execute-api:{REGION}:111111111111:a1b2c3d4e5/test/POST/test"
    target = {"Id": "1", "Arn": arn, "RoleArn": role("events"), "Input": '{"message": "Hello"}'}
    r.step("event_bus_response", "CreateEventBus", Name=bus)
    r.step("rule_response", "PutRule", Name=rule, EventBusName=bus, EventPattern=PATTERN)
    r.step("put_targets_response", "PutTargets", Rule=rule, EventBusName=bus, Targets=[target])
    r.step("put_events_response", "PutEvents", Entries=[entry(bus)])


@setting("test_put_events_with_target_lambda_list_entry")
def a_function(r):
    detail = next(x for x in r.lines if x.step == "events").record["answer"][0]["detail"]
    pattern = {"detail": {"payload": {"automations": {"id": [{"exists": True}]}}}}
    name = fresh("function")
    with Standin() as function, tempfile.TemporaryDirectory() as folder:
        # A server of its own, whose flags say where functions of this name are.
        mapping = f"arn:aws:lambda:*:*:function:{name}={function.url}/"
        server = Switchyard(Path(folder) / "data", r.site.backend, ["--target", mapping])
        r.site = Site(server, r.site.backend)
        bus = r.bus(fresh("test-bus"))
        arn = f"arn:aws:lambda:{REGION}:111111111111:function:{name}"
        r.rule(bus, pattern=json.dumps(pattern), targets=[arn])
        r.put(entry(bus, detail))
        r.collected("events", lambda: [json.loads(seen.body) for seen in function.requests])
        server.stop()


# Schedules


@setting("test_schedule_cron_target_sqs")
def a_schedule(r):
    queue, rule = r.site.queue(), fresh("rule")
    r.bind(rule_name=rule)
    r.events.put_rule(Name=rule, ScheduleExpression="cron(* * * * ? *)")
    r.events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": queue.arn}])
    r.site.advance_clock("PT1M")
    r.events.disable_rule(Name=rule)
    r.messages("message", queue)


# Tags


@setting("tests_tag_untag_resource")
def a_resource_to_tag(r):
    if "-" not in r.case:
        # Of an older form of the test, of which no request is recorded.
        bus = r.bus(fresh("test-bus"))
        resource = f"rule/{bus}/{r.rule(bus)}" if r.case == "rule" else f"event-bus/{bus}"
        arn = {"ResourceARN": r.arn(resource)}
        tags = [{"Key": f"tag{n}", "Value": f"value{n}"} for n in (1, 2)]
        r.step("tag_resource", "TagResource", Tags=tags, **arn)
        r.step("list_tags_for_resource", "ListTagsForResource", **arn)
        r.step("untag_resource", "UntagResource", TagKeys=["tag2"], **arn)
        r.step("list_tags_for_untagged_resource", "ListTagsForResource", **arn)
        return
    kind, *names = r.params("tag_resource")["ResourceARN"].rpartition(":")[2].split("/")
    bus = names[0] if kind == "event-bus" or len(names) == 2 else "default"
    r.bus(bus)
    if kind == "rule":
        r.rule(bus, name=names[-1])
    r.run()


@setting("test_list_tags_for_deleted_rule")
def a_deleted_rule(r):
    bus = r.bus(fresh("test-bus"))
    r.bind(rule_name=r.rule(bus))
    r.events.delete_rule(Name=r.names.values["rule-name"], EventBusName=bus)
    r.run()


@setting("test_list_tags_for_deleted_event_bus")
def a_deleted_bus(r):
    r.events.delete_event_bus(Name=r.bus(fresh("test-bus")))
    r.run()


# Input transformers and schedules, which are recorded in files of their own


TRANSFORMERS = recordings.lines("input-transformer.jsonl")


@pytest.mark.skipif(not TRANSFORMERS, reason="the recordings are not at hand")
@pytest.mark.parametrize(
    "recorded", TRANSFORMERS, ids=lambda r: r["template"].replace("\n", "|")[:60]
)
def test_transformed_input_is_as_recorded(recorded, site, events, compare):
    queue, bus, rule = site.queue(), fresh("bus"), fresh("rule")
    transformer = {"InputPathsMap": recorded["paths"], "InputTemplate": recorded["template"]}
    events.create_event_bus(Name=bus)
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=PATTERN)
    target = {"Id": "1", "Arn": queue.arn, "InputTransformer": transformer}
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[target])
    try:
        events.put_events(Entries=[entry(bus, recorded["detail"])])
    except ClientError as error:
        compare([f"the event is refused: {error}"])
    # An event of another kind goes the same way after it, so that there is an end to waiting.
    last = fresh("rule")
    events.put_rule(Name=last, EventBusName=bus, EventPattern='{"source": ["last"]}')
    target = {"Id": "1", "Arn": queue.arn}
    events.put_targets(Rule=last, EventBusName=bus, Targets=[target])
    events.put_events(Entries=[entry(bus, Source="last")])
    with contextlib.suppress(AssertionError):
        queue.wait(2 if recorded["delivered"] else 1)
    bodies = [
        m["Body"] for m in queue.messages if '"source":"last"' not in m["Body"].replace(" ", "")
    ]
    if len(bodies) == len(queue.messages):
        compare(["not even an event without a transformer arrives"])

    if not recorded["delivered"]:
        compare([f"nothing should arrive, but {body!r} does" for body in bodies])
    elif len(bodies) != 1:
        compare([f"one body was expected, found {bodies!r}"])
    elif isinstance(recorded["body"], str):
        same = bodies[0] == recorded["body"]
        compare([] if same else [f"{recorded['body']!r} was expected, found {bodies[0]!r}"])
    else:
        compare(recordings.differences(recorded["body"], bodies[0], recordings.Names(), "body"))


SCHEDULES = [s for s in recordings.lines("schedules.jsonl") if s["api"] == "events"]


@pytest.mark.skipif(not SCHEDULES, reason="the recordings are not at hand")
@pytest.mark.parametrize("recorded", SCHEDULES, ids=lambda s: s["expression"])
def test_schedule_is_taken_or_refused_as_recorded(recorded, events, compare):
    try:
        events.put_rule(Name=fresh("rule"), ScheduleExpression=recorded["expression"])
    except ClientError as error:
        if recorded["valid"]:
            compare([f"it should be taken, but is refused: {error}"])
        else:
            compare(compare_error({**recorded, "http": 400}, error, recordings.Names()))
    else:
        compare([] if recorded["valid"] else ["it should be refused, but is taken"])
