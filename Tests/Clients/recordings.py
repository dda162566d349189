"""Answers recorded from the real service: how they are read, and compared with other answers.

A recorded value stands for itself, except for

- `<bus-name>`, `<uuid:1>`: a value that differs from run to run. The same placeholder is the same
  value throughout a test, and `<uuid:1>` and `<uuid:2>` are different ones;
- `datetime`, `date`, `timestamp`, and a member's own name (`receipt-handle` for ReceiptHandle):
  some value of that kind;
- an object where a text is expected: a text that holds this JSON.
"""

import datetime
import itertools
import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "aws"

PLACEHOLDER = re.compile(r"<<[\w-]+>:\d+>|<[A-Za-z][\w-]*(?::\d+)?>")
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Words that stand for a value and are not the kebab case of their member.
WORDS = {"target-arn", "message-id", "event-id", "topic-arn"}


def lines(file):
    """The lines of a recording, none where the recordings are not at hand."""
    path = FOLDER / file
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Names:
    """What each placeholder stands for in one run of a test."""

    def __init__(self, **known):
        self.values = {}
        self.bind(**known)

    def bind(self, **known):
        """`bind(bus_name="x")` sets `<bus-name>`; `bind(**{"a_b:1": "x"})` sets `<a-b:1>`."""
        for name, value in known.items():
            self.values[name.replace("_", "-")] = value

    def copy(self):
        other = Names()
        other.values = dict(self.values)
        return other

    @staticmethod
    def key(token):
        """`<rule_name>` and `<rule-name>` are the same name, `<<next-token>:1>` is next-token:1."""
        return token.replace("<", "").replace(">", "").replace("_", "-")

    def fill(self, value, make=None):
        """A request with its placeholders filled in; `make(name)` gives those that are unknown."""
        if isinstance(value, dict):
            # A template's own <names> are no placeholders of the recording.
            return {
                member: part if member == "InputTemplate" else self.fill(part, make)
                for member, part in value.items()
            }
        if isinstance(value, list):
            return [self.fill(part, make) for part in value]
        if not isinstance(value, str):
            return value

        def known(match):
            key = self.key(match.group())
            if key not in self.values and make:
                self.values[key] = make(key)
            return self.values.get(key, match.group())

        return PLACEHOLDER.sub(known, value)

    def match(self, recorded, actual):
        """Whether a text is the recorded one; learns what its placeholders stand for."""
        pattern, at, groups = "", 0, {}
        for token in PLACEHOLDER.finditer(recorded):
            pattern += _literally(recorded[at : token.start()])
            key = self.key(token.group())
            if key in self.values:
                pattern += re.escape(self.values[key])
            elif key in groups:
                pattern += f"(?P={groups[key]})"
            else:
                groups[key] = f"g{len(groups)}"
                form = UUID if "uuid" in key else ".+?"
                pattern += f"(?P<{groups[key]}>{form})"
            at = token.end()
        found = re.fullmatch(pattern + _literally(recorded[at:]), actual, re.DOTALL)
        if not found:
            return False
        for key, group in groups.items():
            kind, numbered, _ = key.partition(":")
            if numbered and any(
                other.partition(":")[0] == kind and value == found.group(group)
                for other, value in self.values.items()
                if ":" in other
            ):
                return False
            self.values[key] = found.group(group)
        return True


def _literally(text):
    return re.sub(r"\bdate\b", lambda _: DATE, re.escape(text))


def kebab(member):
    """`MD5OfBody` is m-d5-of-body, as the recordings have it."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", member).lower()


def differences(recorded, actual, names, where="answer", anywhere=False):
    """What is not as recorded, a sentence for each; `anywhere`: lists may be in another order."""
    if isinstance(recorded, (dict, list)) and isinstance(actual, str):
        try:
            actual = json.loads(actual)
        except ValueError:
            return [f"{where}: a text that holds JSON was expected, found {actual!r}"]
    if isinstance(recorded, dict):
        return _members(recorded, actual, names, where, anywhere)
    if isinstance(recorded, list):
        return _elements(recorded, actual, names, where, anywhere)
    if isinstance(recorded, str):
        return _text(recorded, actual, names, where, anywhere)
    if recorded != actual or type(recorded) is not type(actual):
        return [f"{where}: {recorded!r} was expected, found {actual!r}"]
    return []


def _members(recorded, actual, names, where, anywhere):
    if not isinstance(actual, dict):
        return [f"{where}: an object was expected, found {actual!r}"]
    found = []
    for member in sorted(recorded.keys() - actual.keys()):
        found.append(f"{where}.{member} is missing; it was {recorded[member]!r}")
    for member in sorted(actual.keys() - recorded.keys()):
        found.append(f"{where}.{member} should be absent, found {actual[member]!r}")
    for member, part in recorded.items():
        if member in actual:
            found += differences(part, actual[member], names, f"{where}.{member}", anywhere)
    return found


def _elements(recorded, actual, names, where, anywhere):
    if not isinstance(actual, list):
        return [f"{where}: a list was expected, found {actual!r}"]
    if len(recorded) != len(actual):
        return [f"{where}: {len(recorded)} elements were expected, found {len(actual)}: {actual!r}"]
    orders = itertools.permutations(actual) if anywhere and len(actual) <= 6 else [actual]
    first = None
    for order in orders:
        attempt = names.copy()
        found = []
        for index, (part, value) in enumerate(zip(recorded, order)):
            found += differences(part, value, attempt, f"{where}[{index}]", anywhere)
        if not found:
            names.values = attempt.values
            return []
        first = first or found
    return first or []


def _text(recorded, actual, names, where, anywhere):
    member = re.sub(r"\[\d+\]$", "", where).rpartition(".")[2]
    if recorded in ("datetime", "timestamp"):
        kinds = (datetime.datetime, int, float)
        right = isinstance(actual, kinds) and not isinstance(actual, bool)
        return [] if right else [f"{where}: a time was expected, found {actual!r}"]
    if recorded == kebab(member) or recorded in WORDS:
        return [] if actual not in ("", None) else [f"{where}: some value was expected"]
    if not isinstance(actual, str):
        return [f"{where}: {recorded!r} was expected, found {actual!r}"]
    if recorded.startswith("{") and recorded.endswith("}"):
        try:
            return differences(json.loads(recorded), json.loads(actual), names, where, anywhere)
        except ValueError:
            pass
    if not names.match(recorded, actual):
        wanted = names.fill(recorded)
        return [f"{where}: {wanted!r} was expected, found {actual!r}"]
    return []


def unknown_members(raw, parsed, where="answer"):
    """Members on the wire that no client knows of, since the API's model has none of that name."""
    if isinstance(raw, dict) and isinstance(parsed, dict):
        found = []
        for member, value in raw.items():
            if member not in parsed and value is not None:
                found.append(f"{where}.{member} is no member that the API's model knows")
            elif member in parsed:
                found += unknown_members(value, parsed[member], f"{where}.{member}")
        return found
    if isinstance(raw, list) and isinstance(parsed, list):
        pairs = enumerate(zip(raw, parsed))
        return [x for i, (r, p) in pairs for x in unknown_members(r, p, f"{where}[{i}]")]
    return []
