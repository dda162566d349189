"""The admin API: events explained, traced and followed, archives tried, replays paced."""

import json
import shutil
import subprocess
import time
import uuid

import pytest
import requests

from admin_requests import Tail, archived, bus_with, put, status_of
from clients import ACCOUNT, REGION, fresh
from polling import eventually

ORDER = {
    "id": "1",
    "source": "shop",
    "detail-type": "order",
    "account": ACCOUNT,
    "time": "2026-11-30T12:00:00Z",
    "region": REGION,
    "resources": [],
    "detail": {"state": "paid", "total": 12.5},
}


@pytest.fixture
def admin(switchyard):
    return switchyard.server.admin


def failure(answer, status):
    """What an answer says that has to be an error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["error"]
    return body["error"]


# Explanations


def test_an_event_is_explained_against_all_rules_of_a_bus(switchyard, events, admin):
    bus = bus_with(
        events,
        paid={"detail": {"state": ["paid"]}},
        far={"source": ["bank"], "detail": {"state": ["open"]}},
        near={"source": ["shop"], "detail": {"state": ["open", "late"]}},
    )
    events.put_rule(
        Name="off", EventBusName=bus, State="DISABLED", EventPattern='{"source": ["shop"]}'
    )
    answer = admin("POST", "explain", json={"bus": bus, "event": ORDER}).json()
    assert answer["bus"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    assert answer["matched"] == ["paid"]
    assert (answer["rules"], answer["leftOut"]) == (4, 0)
    order = [rule["rule"] for rule in answer["explanations"]]
    assert order == ["paid", "off", "near", "far"]
    off, near = answer["explanations"][1:3]
    assert off["matches"] and not off["isEnabled"]
    fields = {field["path"]: field for field in near["branches"][0]["fields"]}
    assert fields["source"]["holds"] and not fields["detail.state"]["holds"]
    assert fields["detail.state"]["sentence"] == (
        'detail.state is "paid"; the rule wants "open" or "late"'
    )
    some = admin("POST", "explain", json={"bus": bus, "event": ORDER, "limit": 1}).json()
    assert len(some["explanations"]) == 1 and some["leftOut"] == 3
    one = admin("POST", "explain", json={"bus": bus, "event": ORDER, "rule": "far"}).json()
    assert one["rules"] == 1 and one["matched"] == []


def test_a_bus_of_another_account_and_region_is_found_by_them_or_by_its_name(site, switchyard):
    other = "555555555555"
    client = site.client("events", account=other, region="eu-west-1")
    bus = bus_with(client, all={"source": ["shop"]})
    admin = switchyard.server.admin
    arn = f"arn:aws:events:eu-west-1:{other}:event-bus/{bus}"
    named = {"bus": bus, "account": other, "region": "eu-west-1"}
    for place in (named, {"bus": arn}):
        answer = admin("POST", "explain", json={**place, "event": ORDER}).json()
        assert (answer["bus"], answer["matched"]) == (arn, ["all"])
    assert bus in failure(admin("POST", "explain", json={"bus": bus, "event": ORDER}), 404)


@pytest.mark.parametrize(
    "body, words",
    [
        ("", "The body can't be read"),
        ("[]", "The body can't be read"),
        ('{"event": {}} x', "something behind its object"),
        ('{"event": {}, "buss": "a"}', "buss is not known here"),
        ('{"event": "text"}', "event: expected an object"),
        ("{}", "event: expected the event"),
        ('{"event": {}, "bus": 3}', "bus: expected a string"),
        ('{"event": {}, "bus": "arn:aws:sqs:us-east-1:111111111111:q"}', "bus:"),
        ('{"event": {}, "account": "me"}', "account: expected a number of 12 digits"),
        ('{"event": {}, "limit": 0}', "limit: expected a whole number from 1 to 1000"),
        ('{"event": {}, "limit": 1.5}', "limit"),
        ('{"event": {"a": tru}}', "The body can't be read"),
        ('{"event": ' + '{"a":' * 2000 + "1" + "}" * 2001, "The body can't be read"),
        (b'{"event": {"a": "\xff"}}', "The body can't be read"),
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(admin, body, words):
    assert words in failure(admin("POST", "explain", data=body), 400)


def test_a_body_that_is_too_large_is_refused(admin):
    answer = admin("POST", "explain", data=b"[" * (3 << 20))
    assert "more than 2097152 bytes" in failure(answer, 413)


@pytest.mark.parametrize(
    "method, path, status, words",
    [
        ("GET", "explain", 405, "POST is wanted at /_switchyard/explain"),
        ("DELETE", "clock", 405, "GET or POST is wanted"),
        ("GET", "explain/more", 404, "/_switchyard/explain/more"),
        ("GET", "", 404, "is not known here"),
        ("GET", "status?buss=a", 400, "buss is not known here"),
        ("GET", "status?bus=nowhere", 404, "nowhere"),
        ("GET", "status?account=1", 400, "account: expected a number of 12 digits"),
        ("GET", "replays?region=", 400, "region: expected a region's name"),
        ("POST", "replays/nothing", 404, "Replay nothing does not run"),
        ("GET", "trace/", 400, "id"),
        ("GET", "tail?bus=nowhere", 404, "nowhere"),
        ("GET", "tail?pattern={", 400, "pattern"),
        ("GET", "tail?lag=0", 400, "lag"),
    ],
)
def test_an_address_that_makes_no_sense_is_said_so(admin, method, path, status, words):
    answer = admin(method, path, data=b"{}" if method == "POST" else None)
    assert words in failure(answer, status)


# Dry runs


def test_a_pattern_and_a_rule_are_tried_on_an_archive(events, admin):
    bus = bus_with(events, large={"detail": {"n": [{"numeric": [">=", 70]}]}})
    archive = archived(events, bus)
    ids = put(events, bus, [{"n": n} for n in range(100)])
    found = {}

    def has_all():
        found.update(
            admin(
                "POST",
                "dry-run",
                json={
                    "archive": archive,
                    "pattern": {"detail": {"n": [{"numeric": ["<", 10]}]}},
                    "samples": 3,
                },
            ).json()
        )
        return found["events"] == 100

    eventually(has_all, "100 events in the archive")
    assert (found["read"], found["matched"], found["isComplete"]) == (100, 10, True)
    assert [sample["id"] for sample in found["samples"]] == ids[:3]
    assert (found["invalid"], found["missing"]) == (0, 0)
    rule = admin("POST", "dry-run", json={"archive": archive, "rule": "large"}).json()
    assert (rule["matched"], rule["deliveries"], rule["withoutInput"]) == (30, 0, 0)
    part = admin("POST", "dry-run", json={"archive": archive, "rule": "large", "limit": 80}).json()
    assert (part["read"], part["matched"], part["isComplete"]) == (80, 10, False)
    later = {"archive": archive, "rule": "large", "from": "2100-01-01T00:00:00Z"}
    assert admin("POST", "dry-run", json=later).json()["read"] == 0


@pytest.mark.parametrize(
    "members, status, words",
    [
        ({}, 400, "either a pattern or a rule"),
        ({"pattern": {}}, 400, "pattern: "),
        ({"pattern": {"a": 1}}, 400, "pattern: "),
        ({"pattern": {"a": ["b"]}, "rule": "c"}, 400, "either a pattern or a rule"),
        ({"rule": "nothing"}, 404, "nothing"),
        ({"rule": "a", "bus": "nowhere"}, 404, "nowhere"),
        ({"archive": "nowhere", "rule": "a"}, 404, "nowhere"),
        ({"pattern": {"a": ["b"]}, "from": "noon"}, 400, "from: expected a time"),
        (
            {
                "pattern": {"a": ["b"]},
                "from": "2026-01-02T00:00:00Z",
                "until": "2026-01-01T00:00:00Z",
            },
            400,
            "not behind from",
        ),
    ],
)
def test_a_dry_run_that_makes_no_sense_is_said_so(events, admin, members, status, words):
    archive = archived(events, bus_with(events))
    answer = admin("POST", "dry-run", json={"archive": archive, **members})
    assert words in failure(answer, status)


# Metrics


def test_metrics_are_what_prometheus_reads(switchyard, events, admin):
    bus = bus_with(events, all={"source": ["test"]})
    put(events, bus, [{}] * 7)
    text = admin("GET", "metrics").text
    assert f'switchyard_bus_accepted_total{{bus="{bus}"}} 7\n' in text
    eventually(
        lambda: f'switchyard_rule_matched_total{{bus="{bus}",rule="all"}} 7\n'
        in admin("GET", "metrics").text,
        "7 matches among the metrics",
    )
    assert text.count("# TYPE switchyard_bus_accepted_total counter") == 1
    if not shutil.which("promtool"):
        pytest.skip("there is no promtool here")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stderr == ""


# Tails


def test_a_tail_shows_what_a_pattern_matches_from_now_on(switchyard, events):
    bus = bus_with(events)
    put(events, bus, [{"n": -1}])
    with Tail(switchyard, bus=bus, pattern='{"detail": {"n": [{"numeric": ["<", 5]}]}}') as tail:
        assert tail.begin["bus"].endswith(f":event-bus/{bus}") and tail.begin["sequence"] == 1
        ids = put(events, bus, [{"n": n, "lines": "a\n\nb"} for n in range(10)])
        seen = [tail.next() for _ in range(5)]
        assert [name for name, _ in seen] == ["event"] * 5
        assert [data["event"]["id"] for _, data in seen] == ids[:5]
        assert [data["sequence"] for _, data in seen] == [1, 2, 3, 4, 5]
        assert seen[0][1]["event"]["detail"]["lines"] == "a\n\nb"


def test_details_that_were_written_over_several_lines_stay_one_event(switchyard, events):
    bus = bus_with(events)
    with Tail(switchyard, bus=bus) as tail:
        entry = {"Source": "test", "DetailType": "t", "EventBusName": bus}
        events.put_events(Entries=[{**entry, "Detail": '{\r\n  "a": 1,\n\n  "b": 2\n}'}])
        name, data = tail.next()
        assert name == "event" and data["event"]["detail"] == {"a": 1, "b": 2}


def test_who_reads_too_slowly_is_told_how_much_was_left_out(switchyard, events):
    bus = bus_with(events)
    with Tail(switchyard, bus=bus, lag="100") as tail:
        # More than sockets and buffers hold, while nobody reads.
        sent = 0
        for _ in range(150):
            put(events, bus, [{"text": "x" * 90_000}] * 10)
            sent += 10
        seen, left_out, last = 0, 0, 0
        while last < sent:
            name, data = tail.next()
            if name == "leftOut":
                assert data["from"] == last and data["until"] - data["from"] == data["events"]
                left_out += data["events"]
                last = data["until"]
            else:
                assert data["sequence"] == last
                seen += 1
                last = data["sequence"] + 1
        assert left_out > 0 and seen + left_out == sent


def test_a_tail_ends_with_its_bus(switchyard, events):
    bus = bus_with(events)
    with Tail(switchyard, bus=bus) as tail:
        events.delete_event_bus(Name=bus)
        name, data = tail.next()
        assert name == "end" and bus in data["reason"]


def test_there_are_so_many_tails_and_no_more(start):
    site = start("crowded")
    tails = [Tail(site) for _ in range(16)]
    try:
        assert "16 readers" in failure(site.server.admin("GET", "tail"), 429)
        assert "switchyard_tails 16\n" in site.server.admin("GET", "metrics").text
    finally:
        for tail in tails:
            tail.close()
    eventually(
        lambda: "switchyard_tails 0\n" in site.server.admin("GET", "metrics").text,
        "places that are free again",
    )


@pytest.mark.slow
def test_who_takes_nothing_for_long_is_let_go(start):
    site = start("stalled")
    events = site.client("events")
    with Tail(site, lag="1000000"):
        for _ in range(60):
            put(events, "default", [{"text": "x" * 90_000}] * 10)

        def is_gone():
            return "switchyard_tails 0\n" in site.server.admin("GET", "metrics").text

        assert not is_gone()
        eventually(is_gone, "a place that is free again", 90)


def test_the_server_stops_though_somebody_reads_or_does_not(start):
    site = start("stopped")
    events = site.client("events")
    with Tail(site), Tail(site, lag="1000000"):
        for _ in range(60):
            put(events, "default", [{"text": "x" * 90_000}] * 10)
        begun = time.monotonic()
        site.server.stop()
        assert time.monotonic() - begun < 15


# Traces


def test_what_became_of_an_event_is_told(switchyard, events, tmp_path):
    admin = switchyard.server.admin
    bus = bus_with(events, good={"source": ["test"]}, bad={"source": ["test"]}, no={"source": ["x"]})
    lines = f"file://{tmp_path}/lines"
    events.put_targets(Rule="good", EventBusName=bus, Targets=[{"Id": "lines", "Arn": lines}])
    # Where nobody is.
    unknown = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/nobody"
    events.put_targets(Rule="bad", EventBusName=bus, Targets=[{"Id": "gone", "Arn": unknown}])
    put(events, bus, [{}] * 3)
    (event_id,) = put(events, bus, [{"wanted": True}])
    put(events, bus, [{}] * 3)

    def states():
        answer = admin("GET", f"trace/{event_id}?bus={bus}")
        assert answer.status_code == 200, answer.text
        trace = answer.json()
        (place,) = trace["places"]
        assert place["sequence"] == 3 and place["bus"].endswith(f"/{bus}")
        return trace, {
            (rule["rule"], target["target"]): target["state"]
            for rule in place["rules"]
            for target in rule["targets"]
        }

    wanted = {("good", "lines"): "settled", ("bad", "gone"): "deadLetter"}
    eventually(lambda: states()[1] == wanted, "a delivery and a dead letter")
    trace, _ = states()
    (letter,) = trace["deadLetters"]
    assert (letter["rule"], letter["target"], letter["sequence"]) == ("bad", "gone", 3)
    assert letter["code"] and letter["attempts"] >= 1
    assert trace["searched"] == [
        {"bus": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}", "from": 0, "until": 7}
    ]
    assert admin("GET", f"trace/{event_id}").json()["places"] == trace["places"]


def test_an_event_that_nobody_knows_is_said_so(switchyard, events):
    bus = bus_with(events)
    put(events, bus, [{}] * 4)
    nobody = uuid.uuid4()
    answer = switchyard.server.admin("GET", f"trace/{nobody}?bus={bus}&limit=3")
    assert f"No event {nobody} is among the newest 3 of 1 buses" in failure(answer, 404)


# Replays


def test_a_replay_is_paused_slowed_and_let_go_on(start):
    # Nobody listens at this address: the target takes nothing, so that the replay has to wait.
    site = start("slow", backend="http://127.0.0.1:9")
    events, admin = site.client("events"), site.server.admin
    count = 8_000
    bus = bus_with(events, all={"source": ["test"]})
    archive = archived(events, bus)
    put(events, bus, [{"n": n} for n in range(count)])
    eventually(
        lambda: events.describe_archive(ArchiveName=archive)["EventCount"] == count,
        f"{count} events in the archive",
    )
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:nowhere"
    events.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "queue", "Arn": queue}])
    name = fresh("replay")
    source = events.describe_archive(ArchiveName=archive)["ArchiveArn"]
    events.start_replay(
        ReplayName=name,
        EventSourceArn=source,
        EventStartTime=0,
        EventEndTime=4_000_000_000,
        Destination={"Arn": events.describe_event_bus(Name=bus)["Arn"]},
    )

    def state():
        (replay,) = admin("GET", "replays").json()["replays"]
        return replay

    eventually(lambda: state()["events"] > 0, "a replay that has begun")
    assert (state()["name"], state()["source"]) == (name, source)
    paused = admin("POST", f"replays/{name}", json={"state": "paused", "eventsPerSecond": 500})
    assert (paused.json()["state"], paused.json()["eventsPerSecond"]) == ("paused", 500)
    before = state()["events"]
    assert before < count
    events.remove_targets(Rule="all", EventBusName=bus, Ids=["queue"])
    time.sleep(0.3)
    assert state()["events"] == before and state()["state"] == "paused"
    # What the service tells of it: it has no replays that wait.
    assert events.describe_replay(ReplayName=name)["State"] == "RUNNING"
    begun = time.monotonic()
    assert admin("POST", f"replays/{name}", json={"state": "running"}).status_code == 200
    eventually(lambda: state()["events"] - before > 100, "events at that rate")
    given = state()["events"] - before
    # A tenth of a second may be made up for.
    assert given <= 500 * (time.monotonic() - begun + 0.1) + 1
    free = admin("POST", f"replays/{name}", json={"eventsPerSecond": None}).json()
    assert "eventsPerSecond" not in free and free["state"] == "running"
    eventually(lambda: state()["state"] == "completed", "its end")
    assert (state()["events"], state()["fraction"]) == (count, 1)
    again = admin("POST", f"replays/{name}", json={"state": "running"})
    assert "has ended: it is completed" in failure(again, 409)


@pytest.mark.parametrize(
    "body, words",
    [
        ({"state": "stopped"}, "state: expected paused or running"),
        ({"eventsPerSecond": 0}, "eventsPerSecond: expected a number"),
        ({"eventsPerSecond": "fast"}, "eventsPerSecond"),
        ({"pace": 1}, "pace is not known here"),
    ],
)
def test_a_pace_that_is_none_is_said_so(admin, body, words):
    assert words in failure(admin("POST", "replays/any", json=body), 400)


# Status


def test_the_status_tells_how_far_targets_are(switchyard, events, tmp_path):
    bus = bus_with(events, all={"source": ["test"]})
    events.put_targets(
        Rule="all", EventBusName=bus, Targets=[{"Id": "t", "Arn": f"file://{tmp_path}/t"}]
    )
    put(events, bus, [{}] * 20)

    def is_done():
        state = status_of(switchyard, bus)
        (rule,) = state["rules"]
        (target,) = rule["targets"]
        assert (state["accepted"], rule["matched"], target["delivered"]) == (20, 20, 20)
        return target["behind"] == 0 and "oldestUndelivered" not in target

    eventually(is_done, "a target that is done with all")


def test_the_status_is_of_all_buses_or_of_an_account_s(site, switchyard):
    other = "666666666666"
    mine = bus_with(site.client("events"))
    theirs = bus_with(site.client("events", account=other, region="eu-west-1"))

    def names(query):
        buses = switchyard.server.admin("GET", f"status{query}").json()["buses"]
        return {bus["bus"].rsplit("/", 1)[1] for bus in buses}

    assert {mine, theirs} <= names("")
    assert theirs in names(f"?account={other}") and mine not in names(f"?account={other}")
    assert theirs in names("?region=eu-west-1") and mine not in names("?region=eu-west-1")


# Who may ask


SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def signed(site, method, path, secret=SECRET, data=None):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method, f"{site.endpoint}/_switchyard/{path}", data=data)
    SigV4Auth(Credentials("AKIDEXAMPLE", secret), "switchyard", REGION).add_auth(request)
    return requests.request(
        method, request.url, headers=dict(request.headers), data=data, timeout=60
    )


def test_where_others_can_reach_the_server_its_admin_api_wants_signatures(start):
    site = start("far", flags=["--host", "0.0.0.0", "--key", f"AKIDEXAMPLE:{SECRET}"])
    admin = site.server.admin
    assert admin("GET", "health").json() == {"status": "ok"}
    for method, path in [("GET", "version"), ("POST", "reset"), ("GET", "tail")]:
        assert failure(admin(method, path), 403)
    assert failure(requests.post(f"{site.endpoint}/moto-api/reset", timeout=60), 403)
    assert signed(site, "GET", "version").status_code == 200
    assert signed(site, "GET", "status?bus=default").status_code == 200
    body = json.dumps({"event": ORDER})
    assert signed(site, "POST", "explain", data=body).status_code == 200
    assert "signature" in failure(signed(site, "GET", "version", secret="other"), 403)


def test_a_key_of_one_account_has_no_say_over_all(start):
    key = f"AKIDEXAMPLE:{SECRET}:222222222222"
    site = start("shared", flags=["--host", "0.0.0.0", "--key", key])
    refused = failure(signed(site, "POST", "reset"), 403)
    assert "one of account 222222222222 alone" in refused


def test_names_that_others_gave_this_machine_are_refused(admin):
    for host in ("example.com:4010", "127.0.0.1.example.com"):
        answer = admin("GET", "status", headers={"Host": host})
        assert "is no name of this machine's own" in failure(answer, 403)
    for host in ("localhost:4010", "127.0.0.1", "[::1]:4010"):
        assert admin("GET", "version", headers={"Host": host}).status_code == 200


def test_pages_of_other_sites_are_refused(admin):
    for origin in ("https://example.com", "null", "http://127.0.0.1.example.com"):
        answer = admin("POST", "clock", headers={"Origin": origin}, json={"advance": "PT1S"})
        assert "have no business here" in failure(answer, 403)
    for origin in ("http://localhost:3000", "http://127.0.0.1:4010", "http://[::1]:8080"):
        assert admin("GET", "clock", headers={"Origin": origin}).status_code == 200
