"""The comparison itself: a right answer is found right, and a wrong one wrong."""

import datetime
import json

import pytest

import recordings
from recordings import DATE, Names, differences, kebab, unknown_members
from test_recorded import LINES

ANSWERS = [line for line in LINES if "answer" in line.record]


def an_answer(recorded, names, member=""):
    """What the real service may have sent when this was recorded."""
    if isinstance(recorded, dict):
        return {name: an_answer(value, names, name) for name, value in recorded.items()}
    if isinstance(recorded, list):
        return [an_answer(value, names, member) for value in recorded]
    if recorded == "datetime":
        return datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    if recorded == "timestamp":
        return 1_767_312_000_000
    if isinstance(recorded, str) and recorded != kebab(member):
        filled = names.fill(recorded, make)
        return filled.replace("date", "2026-01-02T03:04:05Z") if recorded == "date" else filled
    return recorded


def make(name):
    number = int(name.partition(":")[2] or 0)
    return f"00000000-0000-0000-0000-{number:012x}" if "uuid" in name else f"v{number}-{name}"


def names():
    return Names(partition="aws", region="us-east-1", account="111111111111")


@pytest.mark.skipif(not LINES, reason="the recordings are not at hand")
@pytest.mark.parametrize("line", ANSWERS, ids=str)
def test_a_recorded_answer_is_like_itself(line):
    recorded = line.record["answer"]
    if "date\\" in json.dumps(recorded) or "time date" in json.dumps(recorded):
        pytest.skip("a date inside of a text")
    actual = an_answer(recorded, names())
    assert differences(recorded, actual, names()) == []


def test_a_member_too_many_or_too_few_is_found():
    recorded = {"Rules": [{"Name": "<rule-name>", "State": "ENABLED"}]}
    assert differences(recorded, {"Rules": [{"Name": "a", "State": "ENABLED"}]}, names()) == []
    assert differences(recorded, {"Rules": [{"Name": "a"}]}, names()) != []
    assert differences(recorded, {"Rules": []}, names()) != []
    more = {"Rules": [{"Name": "a", "State": "ENABLED", "Description": ""}]}
    assert differences(recorded, more, names()) != []


def test_a_placeholder_is_the_same_value_everywhere():
    recorded = {"Name": "<bus-name>", "Arn": "event-bus/<bus-name>"}
    assert differences(recorded, {"Name": "a", "Arn": "event-bus/a"}, names()) == []
    assert differences(recorded, {"Name": "a", "Arn": "event-bus/b"}, names()) != []


def test_numbered_placeholders_are_different_values():
    ids = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    assert differences(["<uuid:1>", "<uuid:2>"], ids, names()) == []
    assert differences(["<uuid:1>", "<uuid:2>"], ids[:1] * 2, names()) != []
    assert differences(["<uuid:1>", "<uuid:1>"], ids, names()) != []


def test_dates_are_dates():
    recorded = {"time": "date", "text": "at time date, then"}
    right = {"time": "2026-01-02T03:04:05Z", "text": "at time 2026-01-02T03:04:05Z, then"}
    assert differences(recorded, right, names()) == []
    assert differences(recorded, {**right, "time": "yesterday"}, names()) != []
    assert differences({"time": "datetime"}, {"time": "2026"}, names()) != []
    assert recordings.re.fullmatch(DATE, "2026-01-02T03:04:05Z")


def test_numbers_and_booleans_are_not_mixed():
    assert differences(0, False, names()) != []
    assert differences(1, "1", names()) != []


def test_members_that_no_model_knows_are_found():
    assert unknown_members({"a": 1, "b": None}, {"a": 1}) == []
    assert unknown_members({"a": [{"c": 1}]}, {"a": [{}]}) != []
