"""The server itself: its settings, who may do what, its own addresses."""

import os
import subprocess

import boto3
import botocore
import pytest
import requests

from clients import ACCOUNT, REGION, fresh
from servers import inherited

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def ran(*arguments, environment=None):
    """Runs the server's command to its end."""
    return subprocess.run(
        [os.environ["SWITCHYARD_SERVER"], *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**inherited(), **(environment or {})},
    )


def signed(server, key="AKIDEXAMPLE", secret=SECRET):
    return boto3.client(
        "events",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=botocore.config.Config(retries={"max_attempts": 1, "mode": "standard"}),
    )


def refusal(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]


# Settings


def test_settings_come_from_options_the_environment_and_a_file_in_this_order(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("port: 4001\nregion: eu-west-1\naccount: '222222222222'\n")
    environment = {"SWITCHYARD_CONFIG": str(file), "SWITCHYARD_REGION": "eu-west-2"}
    checked = ran("--check", "--account", "333333333333", environment=environment)
    assert checked.returncode == 0, checked.stderr
    assert "127.0.0.1:4001" in checked.stdout
    assert "account      333333333333, region eu-west-2" in checked.stdout


def test_settings_are_called_as_the_options_are_wherever_they_stand(tmp_path):
    file = tmp_path / "settings.yaml"
    mapping = "arn:aws:lambda:*:*:function:x=http://127.0.0.1:9/"
    file.write_text(
        f'key: [A:B, "C:D"]\nallow-local-targets: true\nlog-level: debug\ntarget: "{mapping}"\n'
    )
    environment = {
        "SWITCHYARD_KEY": "A:B,C:D",
        "SWITCHYARD_ALLOW_LOCAL_TARGETS": "true",
        "SWITCHYARD_LOG_LEVEL": "debug",
        "SWITCHYARD_TARGET": mapping,
    }
    flags = ["--key", "A:B", "--key", "C:D", "--allow-local-targets", "--log-level", "debug"]
    flags += ["--target", mapping]
    for checked in (
        ran("--check", *flags),
        ran("--check", "--config", str(file)),
        ran("--check", environment=environment),
    ):
        assert checked.returncode == 0, checked.stderr
        for words in (mapping, "verified for 2", "targets that run programs", "debug and above"):
            assert words in checked.stdout


@pytest.mark.parametrize(
    "text, words",
    [
        ("prot: 4010", "settings.yaml:1"),
        ("port: 4010\nkeys: [A:B]", 'settings.yaml:2" can\'t be used: there is no setting "keys"'),
        ("port: many", 'port: "many" can\'t be used: a number is wanted'),
        ("port: [1, 2]", "port: "),
        ("ephemeral: perhaps", "true or false is wanted"),
        ("log-level: loud", "log-level: "),
    ],
)
def test_a_file_whose_settings_are_none_is_refused(tmp_path, text, words):
    file = tmp_path / "settings.yaml"
    file.write_text(text + "\n")
    checked = ran("--check", "--config", str(file))
    assert checked.returncode == 64 and words in checked.stderr, checked


def test_a_value_of_the_environment_that_can_t_be_read_is_refused():
    for name, value in (("PORT", "many"), ("EPHEMERAL", "perhaps"), ("LOG_FORMAT", "xml")):
        checked = ran("--check", environment={f"SWITCHYARD_{name}": value})
        assert checked.returncode == 64 and value in checked.stderr, checked


def test_a_place_that_can_t_be_listened_at_is_said_so(switchyard, tmp_path):
    port = switchyard.endpoint.rsplit(":", 1)[1]
    taken = ran("--port", port, "--data", str(tmp_path / "a"))
    assert taken.returncode == 1 and "something listens there already" in taken.stderr
    foreign = ran("--host", "192.0.2.1", "--key", "A:B", "--data", str(tmp_path / "b"))
    assert foreign.returncode == 1 and "it is no address of this machine" in foreign.stderr
    nowhere = ran("--port", "0", "--data", "/proc/nowhere")
    assert nowhere.returncode == 1 and "/proc/nowhere" in nowhere.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--port", "70000"], "a port is a number from 0 to 65535"),
        (["--port", "many"], "--port"),
        (["--account", "12"], "an account is a number of 12 digits"),
        (["--durability", "hope"], "it is process or disk"),
        (["--log-level", "loud"], "it is trace, debug, info"),
        (["--log-format", "xml"], "it is text or json"),
        (["--backend", "moto"], "it is an address as in http://127.0.0.1:5000"),
        (["--key", "alone"], "expected ID:SECRET"),
        (["--target", "arn"], "expected ARN=URL"),
        (["--host", "0.0.0.0"], "has to verify signatures"),
        (["--ephemeral", "--data", "here"], "a directory of its own"),
        (["--config", "missing.yaml"], "missing.yaml"),
        (["--unknown"], "--unknown"),
    ],
)
def test_a_setting_that_is_wrong_is_said_so(arguments, words):
    checked = ran("--check", *arguments)
    assert checked.returncode == 64
    assert words in checked.stderr
    assert "alone:" not in checked.stderr


def test_help_shows_the_settings():
    shown = ran("serve", "--help")
    assert shown.returncode == 0
    for option in ("--port", "--data", "--backend", "--key", "--allow-local-targets"):
        assert option in shown.stdout


# Signatures


def test_with_keys_only_who_signs_with_one_is_let_in(start, backend):
    server = start(flags=["--key", f"AKIDEXAMPLE:{SECRET}:222222222222"])
    bus = signed(server).describe_event_bus()
    assert bus["Arn"] == f"arn:aws:events:{REGION}:222222222222:event-bus/default"
    wrong = refusal(signed(server, secret="other").list_rules)
    assert wrong["Code"] == "InvalidSignatureException"
    assert wrong["Message"].startswith("The request signature we calculated does not match")
    unknown = refusal(signed(server, key="AKIDOTHER").list_rules)
    assert unknown["Code"] == "UnrecognizedClientException"
    unsigned = requests.post(
        server.endpoint,
        headers={
            "X-Amz-Target": "AWSEvents.ListRules",
            "Content-Type": "application/x-amz-json-1.1",
        },
        data="{}",
        timeout=60,
    )
    assert unsigned.status_code in (400, 403)
    assert unsigned.json()["__type"] == "MissingAuthenticationTokenException"


def test_a_signature_stays_good_when_the_server_s_clock_is_moved(start, backend):
    server = start(flags=["--key", f"AKIDEXAMPLE:{SECRET}"])
    assert server.server.admin("POST", "clock", json={"advance": "P1D"}).status_code == 200
    assert signed(server).list_rules()["Rules"] == []


# Targets of this machine


def put(client, arn):
    rule = fresh("rule")
    client.put_rule(Name=rule, EventPattern='{"source": ["local"]}')
    return client.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])


def test_programs_are_run_only_where_the_operator_allows_it(start, backend):
    error = refusal(lambda: put(signed(start("careful")), "process:///bin/cat"))
    assert error["Code"] == "ValidationException"
    assert "--allow-local-targets" in error["Message"]
    assert put(signed(start("free", flags=["--allow-local-targets"])), "process:///bin/cat")


def test_files_are_written_for_this_machine_alone(start, backend, tmp_path):
    arn = f"file://{tmp_path}/lines"
    assert put(signed(start("near")), arn)
    flags = ["--host", "0.0.0.0", "--key", f"AKIDEXAMPLE:{SECRET}"]
    error = refusal(lambda: put(signed(start("far", flags=flags)), arn))
    assert "--allow-local-targets" in error["Message"]


# Its own addresses


def test_coverage_says_what_is_built(switchyard):
    services = switchyard.server.admin("GET", "coverage").json()["services"]
    assert len(services["events"]["built"]) == 57
    assert services["events"]["missing"] == []
    assert services["sts"]["built"] == ["GetCallerIdentity"]


@pytest.mark.parametrize("duration", ["", "1H", "P", "PT", "PT1", "PTH", "P1H", "PT1H1H", "-PT1H"])
def test_a_duration_that_is_none_moves_nothing(switchyard, duration):
    before = switchyard.server.admin("GET", "clock").json()["advancedSeconds"]
    answer = switchyard.server.admin("POST", "clock", json={"advance": duration})
    assert answer.status_code == 400 and "PT1H" in answer.json()["error"]
    assert switchyard.server.admin("GET", "clock").json()["advancedSeconds"] == before


def test_the_clock_is_moved_by_all_units_together(start):
    # Not the server that tests share: CloudWatch Logs takes no entry of so far in the future.
    site = start("moved")
    before = site.server.admin("GET", "clock").json()["advancedSeconds"]
    answer = site.server.admin("POST", "clock", json={"advance": "P1DT2H3M4.5S"})
    moved = answer.json()["advancedSeconds"] - before
    assert moved == pytest.approx(86_400 + 2 * 3_600 + 3 * 60 + 4.5)


def test_the_clock_is_not_moved_beyond_the_end_of_times(start):
    site = start("late")
    moved = site.server.admin("POST", "clock", json={"advance": "P36500D"})
    assert moved.json()["now"].startswith("21")
    refused = site.server.admin("POST", "clock", json={"advance": "P36500D"})
    assert refused.status_code == 409 and "beyond the year 2199" in refused.json()["error"]
    assert site.server.admin("GET", "clock").json()["now"].startswith("21")


def test_reset_of_an_account_leaves_others_alone(site, switchyard):
    name, other = fresh("bus"), "444444444444"
    mine, theirs = site.client("events"), site.client("events", account=other)
    for client in (mine, theirs):
        client.create_event_bus(Name=name)
    assert switchyard.server.admin("POST", f"reset?account={other}").status_code == 200
    assert mine.describe_event_bus(Name=name)["Name"] == name
    error = refusal(theirs.describe_event_bus, Name=name)
    assert error["Code"] == "ResourceNotFoundException"


def test_an_address_that_is_not_there_is_said_so(switchyard):
    answer = switchyard.server.admin("GET", "nothing")
    assert answer.status_code == 404 and "/_switchyard/nothing" in answer.json()["error"]


def test_who_am_i_is_answered(site):
    identity = site.client("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
