"""Requests of `events` derived from botocore's model: a valid one for each operation, and what
breaks one constraint of one member at a time, with the sentence that the service says then."""

import re

import botocore.session

from servers import REGION

MODEL = botocore.session.get_session().get_service_model("events")

NAME = "not-there"
PARTNER_SOURCE = "aws.partner/example.com/not-there"
BUS_ARN = f"arn:aws:events:{REGION}:111111111111:event-bus/default"
CONNECTION_ARN = (
    f"arn:aws:events:{REGION}:111111111111:connection/{NAME}/00000000-0000-0000-0000-000000000000"
)
ROUTING = {
    "FailoverConfig": {
        "Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/a1b2c3"},
        "Secondary": {"Route": "us-west-2"},
    }
}
BASIC = {"BasicAuthParameters": {"Username": "user", "Password": "pass"}}
EVENT = {
    "Source": "orders",
    "DetailType": "Order Placed",
    "Detail": '{"number": 7}',
}

# Members that an operation can't do without, valid in form, of resources that need not exist.
REQUIRED = {
    "Account": "111111111111",
    "ArchiveName": NAME,
    "AuthParameters": BASIC,
    "AuthorizationType": "BASIC",
    "ConnectionArn": CONNECTION_ARN,
    "Destination": {"Arn": BUS_ARN},
    "Entries": [EVENT],
    "Event": "{}",
    "EventBuses": [{"EventBusArn": BUS_ARN}, {"EventBusArn": BUS_ARN.replace(REGION, "us-west-2")}],
    "EventEndTime": 1_767_312_060,
    "EventPattern": '{"source": ["orders"]}',
    "EventSourceArn": BUS_ARN,
    "EventSourceName": PARTNER_SOURCE,
    "EventStartTime": 1_767_312_000,
    "HttpMethod": "POST",
    "Ids": ["1"],
    "InvocationEndpoint": "https://example.com/",
    "Name": NAME,
    "NamePrefix": "aws.partner/example.com/",
    "ReplayName": NAME,
    "ResourceARN": BUS_ARN,
    "RoutingConfig": ROUTING,
    "Rule": NAME,
    "TagKeys": ["key"],
    "Tags": [{"Key": "key", "Value": "value"}],
    "TargetArn": f"arn:aws:sqs:{REGION}:111111111111:{NAME}",
    "Targets": [{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:111111111111:{NAME}"}],
}
SPECIAL = {
    "PutPartnerEvents": {"Entries": [{**EVENT, "Source": PARTNER_SOURCE}]},
    "PutRule": {"Name": NAME, "EventPattern": '{"source": ["orders"]}'},
    "UpdateArchive": {"ArchiveName": NAME, "Description": "changed"},
}


def valid(operation, **others):
    """A request that passes the model's constraints."""
    if operation in SPECIAL:
        return {**SPECIAL[operation], **others}
    shape = MODEL.operation_model(operation).input_shape
    made = {member: REQUIRED[member] for member in shape.required_members}
    if "Name" in made and "EventSource" in operation:
        made["Name"] = PARTNER_SOURCE
    return {**made, **others}


class Violation:
    """A request with one fault, and what has to be said about it."""

    def __init__(self, operation, member, params, fault, sentence, values=None):
        self.operation, self.params, self.values = operation, params, values
        path = member[0].lower() + member[1:]
        self.sentence = f"at '{path}' failed to satisfy constraint: {sentence}"
        self.id = f"{operation}-{member}-{fault}"

    def differences(self, message):
        """What is wrong with an error's message; an enum's values may come in any order."""
        if self.values is not None:
            found = re.search(re.escape(self.sentence) + r": \[([^\]]*)\]", message)
            if found and set(found.group(1).split(", ")) == self.values:
                return []
        elif self.sentence in message:
            return []
        return [f"{self.sentence!r} is not said in {message!r}"]


def violations():
    """One for each constraint of each member that stands directly in a request."""
    for operation in MODEL.operation_names:
        shape = MODEL.operation_model(operation).input_shape
        for member, part in shape.members.items() if shape else ():
            if member == "EndpointId":
                continue  # boto3 makes a host name of it, which it checks itself
            yield from _of_member(operation, member, part, member in shape.required_members)


def _of_member(operation, member, shape, required):
    def broken(fault, value, sentence, values=None):
        params = valid(operation, **{member: value})
        return Violation(operation, member, params, fault, sentence, values)

    if required:
        params = valid(operation)
        del params[member]
        sentence = "Member must not be null"
        yield Violation(operation, member, params, "absent", sentence)
    facts = shape.metadata
    least, most = facts.get("min"), facts.get("max")
    if shape.type_name == "string":
        yield from _of_string(broken, facts, least, most)
    elif shape.type_name in ("integer", "long"):
        if least is not None:
            sentence = f"Member must have value greater than or equal to {least}"
            yield broken("too small", least - 1, sentence)
        if most is not None:
            yield broken(
                "too large", most + 1, f"Member must have value less than or equal to {most}"
            )
    elif shape.type_name == "list":
        element = (REQUIRED.get(member) or [None])[0]
        if operation in SPECIAL:
            element = SPECIAL[operation].get(member, [element])[0]
        if most and element:
            sentence = f"Member must have length less than or equal to {most}"
            yield broken("too many", [element] * (most + 1), sentence)
        if least:
            sentence = f"Member must have length greater than or equal to {least}"
            yield broken("too few", [], sentence)


def _of_string(broken, facts, least, most):
    if facts.get("enum"):
        sentence = "Member must satisfy enum value set"
        yield broken("no such value", "NONSENSE", sentence, set(facts["enum"]))
    pattern = facts.get("pattern")
    if pattern and pattern != ".*":
        value = "no good!" if not least or least < 9 else "!" * least
        assert not re.fullmatch(pattern, value)
        sentence = f"Member must satisfy regular expression pattern: {pattern}"
        yield broken("wrong form", value, sentence)
    if most and most <= 8192:
        sentence = f"Member must have length less than or equal to {most}"
        yield broken("too long", "a" * (most + 1), sentence)
    if least:
        sentence = f"Member must have length greater than or equal to {least}"
        yield broken("too short", "a" * (least - 1), sentence)
