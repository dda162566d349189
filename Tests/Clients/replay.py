"""One recorded test, played again: its requests are sent in order, each answer is compared."""

import datetime
import json

from botocore import xform_name
from botocore.exceptions import ClientError

from clients import fresh
from polling import eventually
from recordings import Names, differences, unknown_members
from servers import ACCOUNT, OTHER_ACCOUNT, REGION

PATTERN = json.dumps(
    {
        "source": ["core.update-account-command"],
        "detail-type": ["core.update-account-command"],
        "detail": {"command": ["update-account"]},
    }
)
DETAIL = {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}


def entry(bus=None, detail=None, **others):
    """An entry of PutEvents that PATTERN matches."""
    made = {
        "Source": "core.update-account-command",
        "DetailType": "core.update-account-command",
        "Detail": json.dumps(DETAIL if detail is None else detail),
        **others,
    }
    return {**made, "EventBusName": bus} if bus else made


class Line:
    """A recorded answer, in one of its cases."""

    def __init__(self, file, number, record, case):
        self.file, self.number, self.record, self.case = file, number, record, case
        self.test, self.step = record["test"], record["step"]
        self.key = (file, number, case)

    @property
    def name(self):
        """The test's name without its file: `TestEventRule::test_describe_nonexistent_rule`."""
        return self.test.partition("::")[2]

    def __str__(self):
        return f"{self.name}[{self.case}]-{self.step}" if self.case else f"{self.name}-{self.step}"


class Replay:
    """A run of one recorded test in one of its cases; `outcomes` has the differences by line."""

    def __init__(self, site, case, lines):
        self.site, self.case, self.lines = site, case, lines
        self.outcomes = {}
        self.names = Names(
            partition="aws",
            region=REGION,
            account=ACCOUNT,
            account_id=ACCOUNT,
            account_secondary=OTHER_ACCOUNT,
            secondary_account_id=OTHER_ACCOUNT,
        )

    @property
    def events(self):
        return self.site.client("events")

    def bind(self, **names):
        self.names.bind(**names)

    def arn(self, resource, region=REGION, account=ACCOUNT):
        return f"arn:aws:events:{region}:{account}:{resource}"

    def bus(self, name=None):
        """The case's bus, the default one or a new one; the recordings' names for it are bound."""
        if name is None:
            name = "default" if "default" in (self.case or "default") else fresh("test-bus")
        if name != "default":
            self.events.create_event_bus(Name=name)
        self.bind(bus_name=name, event_bus_name=name)
        return name

    def rule(self, bus="default", name=None, pattern=PATTERN, targets=()):
        """A rule with targets: ARNs, or what PutTargets takes."""
        name = name or fresh("test-rule")
        self.events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        targets = [t if isinstance(t, dict) else {"Arn": t} for t in targets]
        if targets:
            targets = [{"Id": f"target-{i}", **target} for i, target in enumerate(targets)]
            self.events.put_targets(Rule=name, EventBusName=bus, Targets=targets)
        return name

    def archive(self, bus, name=None, pattern=PATTERN):
        """An archive of a bus, as the tests of archives make it."""
        name = name or fresh("test-archive")
        others = {"EventPattern": pattern} if pattern else {}
        self.events.create_archive(
            ArchiveName=name,
            EventSourceArn=self.arn(f"event-bus/{bus}"),
            Description="description of the archive",
            RetentionDays=1,
            **others,
        )
        self.bind(archive_name=name)
        return name

    def put(self, *entries):
        """Puts events, all of which have to be accepted; their ids."""
        answer = self.events.put_events(Entries=list(entries))
        assert answer["FailedEntryCount"] == 0, answer["Entries"]
        return [accepted["EventId"] for accepted in answer["Entries"]]

    def params(self, step):
        """The members of a recorded request, placeholders filled in."""
        for line in self.lines:
            if line.step == step and "request" in line.record:
                return self.names.fill(line.record["request"]["params"], fresh)
        return {}

    def run(self):
        """All requests as they are recorded, those that were sent already left out."""
        for line in self.lines:
            if line.key not in self.outcomes and not line.record.get("entry"):
                self.step(line.step)

    def step(self, step, operation=None, region=REGION, wait=False, **others):
        """Sends the request of a step, with `others` in place of its own members, and compares.

        `wait`: the answer may become the recorded one a moment later.
        """
        ours = [line for line in self.lines if line.step == step and not line.record.get("entry")]
        line = next(line for line in ours if line.key not in self.outcomes)
        request = line.record.get("request", {"service": "events"})
        operation = operation or request["operation"]
        client = self.site.client(request["service"], region=region)
        self.bind(region=region)

        def send():
            params = self.names.fill({**request.get("params", {}), **others}, fresh)
            names = self.names.copy()
            answer, error = _send(client, operation, params)
            found = self.compare_answer(line.record, answer, error, names, self.site.is_switchyard)
            return answer, found, names

        answer, found, names = send()
        if wait and found:
            try:
                answer, found, names = eventually(lambda: (s := send()) and not s[1] and s)
            except AssertionError:
                pass
        self.outcomes[line.key] = found
        self.names = names
        self.compare_entries(step, answer)
        return answer

    @staticmethod
    def compare_answer(record, answer, error, names, strict):
        if "answer" in record:
            if error:
                return [f"it was answered with {record['answer']!r}, but is refused: {error}"]
            status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
            raw = answer.pop("raw")
            found = differences(record["answer"], answer, names)
            if strict:
                found += unknown_members(raw, answer)
            if status != record["status"]:
                found.append(f"status {record['status']} was expected, found {status}")
            return found
        if not error:
            answer.pop("ResponseMetadata"), answer.pop("raw")
            return [f"{record['code']} was expected, but it is answered with {answer!r}"]
        return compare_error(record, error, names)

    def compare_entries(self, step, answer):
        """Compares the errors of single entries, which are recorded besides the whole answer."""
        for line in self.lines:
            if line.record.get("entry") and line.step.startswith(step + "/"):
                index = int(line.step.rpartition("[")[2].rstrip("]"))
                found = (answer or {}).get("Entries", [])[index : index + 1]
                if not found:
                    self.outcomes[line.key] = ["there is no such entry in the answer"]
                    continue
                wanted = {"code": line.record["code"], "message": line.record["message"]}
                actual = {
                    "code": found[0].get("ErrorCode"),
                    "message": found[0].get("ErrorMessage"),
                }
                self.outcomes[line.key] = differences(wanted, actual, self.names, "entry")

    def collected(self, step, collect, anywhere=True):
        """Compares what the test collected, such as a queue's messages, once it is as recorded.

        `collect()` gives what is there by now.
        """
        line = next(
            line for line in self.lines if line.step == step and line.key not in self.outcomes
        )

        def compare():
            names = self.names.copy()
            actual = collect()
            found = differences(line.record["answer"], actual, names, "collected", anywhere)
            self.outcomes[line.key] = found
            if not found:
                self.names = names
            return not found

        try:
            eventually(compare)
        except AssertionError:
            pass

    def messages(self, step, queue):
        """Compares the messages of a queue."""
        members = ("MessageId", "ReceiptHandle", "MD5OfBody", "Body")
        self.collected(step, lambda: [{m: x[m] for m in members} for x in queue.poll()])


def compare_error(record, error, names):
    """What is not as recorded in an error that a client raised."""
    actual = error.response["Error"]
    found = []
    if actual["Code"] != record["code"]:
        found.append(f"code {record['code']} was expected, found {actual['Code']}")
    if not names.match(record["message"], actual["Message"]):
        wanted = names.fill(record["message"])
        found.append(f"message {wanted!r} was expected, found {actual['Message']!r}")
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status != record["http"]:
        found.append(f"status {record['http']} was expected, found {status}")
    return found


def _send(client, operation, params):
    """The answer with its `raw` JSON, or the error."""
    kept = {}

    def keep(http_response, **_):
        kept["body"] = http_response.content

    method = xform_name(operation)
    client.meta.events.register("after-call", keep, unique_id="raw")
    try:
        answer = getattr(client, method)(**params)
    except ClientError as error:
        return None, error
    finally:
        client.meta.events.unregister("after-call", unique_id="raw")
    answer["raw"] = json.loads(kept["body"] or b"{}")
    return answer, None


def minutes_ago(minutes):
    """A time in whole seconds, as the service keeps it."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return now - datetime.timedelta(minutes=minutes)
