"""The OpenAPI file of the admin API, held to what the server answers."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from admin_requests import archived, bus_with, put
from polling import eventually

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((ROOT / "Sources/CAdminDocument/openapi.json").read_text())
OPERATIONS = [
    pytest.param(method, path, operation, id=operation["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def resolved(part):
    """What a part of the document stands for."""
    while "$ref" in part:
        name = part["$ref"].removeprefix("#/").split("/")
        part = DOCUMENT
        for step in name:
            part = part[step]
    return part


def check(answer, operation):
    """An answer has to be one of those that the document has."""
    documented = resolved(operation["responses"][str(answer.status_code)])
    kind = answer.headers["content-type"].split(";")[0]
    schema = documented["content"][kind]["schema"]
    if kind == "application/json":
        whole = {**schema, "components": DOCUMENT["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer.json())


@pytest.fixture
def given(switchyard, events):
    """What stands for the parts of addresses and bodies: a bus, an archive, an event's id."""
    bus = bus_with(events, all={"source": ["test"]}, none={"source": ["shop"]})
    archive = archived(events, bus)
    (event_id,) = put(events, bus, [{"n": 1}])
    eventually(
        lambda: events.describe_archive(ArchiveName=archive)["EventCount"] == 1, "the event"
    )
    arn = events.describe_event_bus(Name=bus)["Arn"]
    events.start_replay(
        ReplayName=archive,
        EventSourceArn=events.describe_archive(ArchiveName=archive)["ArchiveArn"],
        EventStartTime=0,
        EventEndTime=4_000_000_000,
        Destination={"Arn": arn},
    )
    return {"id": event_id, "name": archive, "archive": archive, "bus": bus}


def test_the_server_gives_the_document(switchyard):
    assert switchyard.server.admin("GET", "openapi.json").json() == DOCUMENT


def test_the_document_has_every_route_and_no_other():
    source = (ROOT / "Sources/SwitchyardServer/Admin/AdminAPI.swift").read_text()
    routes = re.findall(r'AdminRoute\(\s*\.(\w+), "([^"]+)"(?:, query: \[([^\]]*)\])?', source)
    built = {(m, p): set(re.findall(r'"(\w+)"', q)) for m, p, q in routes}
    documented = {
        (method, path): {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    assert built == documented


@pytest.mark.parametrize("method, path, operation", OPERATIONS)
def test_every_operation_answers_as_documented(
    switchyard, given, request, method, path, operation
):
    # Other tests go by the time of the server that they share.
    moves = operation["operationId"] == "moveClock"
    site = request.getfixturevalue("start")("moved") if moves else switchyard
    admin = site.server.admin
    address = path.lstrip("/").format(**given)
    if operation["operationId"] == "reset":
        # Nobody has this one.
        address += "?account=999999999999"
    body = operation.get("requestBody")
    data = None
    if body:
        media = body["content"]["application/json"]
        data = {**media["example"]}
        if "archive" in data:
            data["archive"] = given["archive"]
    answer = admin(method, address, json=data, stream=True)
    # A replay of one event has mostly ended.
    is_replay = operation["operationId"] == "changeReplay"
    assert answer.status_code in ({200, 409} if is_replay else {200})
    if answer.headers["content-type"] == "text/event-stream":
        assert next(answer.iter_lines()) == b"event: begin"
        answer.close()
        return
    check(answer, operation)
    if body:
        for wrong in (b"", b"[]", b'{"unknown": 1}'):
            refused = admin(method, address, data=wrong)
            assert refused.status_code == 400
            check(refused, operation)
    for other in {"get", "post", "put", "delete", "patch"} - set(DOCUMENT["paths"][path]):
        assert admin(other, address, data=b"").status_code == 405


@pytest.mark.parametrize("name", ["tail", "reset", "moveClock"])
def test_what_has_no_end_or_changes_everything_is_left_to_others(name):
    """Those that schemathesis is not to call, below, are there at all."""
    assert name in {operation.values[2]["operationId"] for operation in OPERATIONS}


def test_schemathesis_finds_nothing(start, tmp_path):
    site = start("searched")
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(DOCUMENT))
    command = [
        Path(sys.executable).with_name("schemathesis"),
        "run",
        document,
        f"--url={site.endpoint}/_switchyard",
        "--exclude-operation-id=tail",
        "--exclude-operation-id=moveClock",
        # What an event pattern or a name may be, a schema can't say.
        "--exclude-checks=positive_data_acceptance",
        "--max-examples=40",
        "--phases=examples,coverage,fuzzing",
        "--request-timeout=20",
        "--seed=1",
        "--no-color",
        "--suppress-health-check=all",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
