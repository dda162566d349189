"""Every operation of EventBridge through boto3, with good input and with bad."""

import datetime
import json

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from clients import fresh
from polling import eventually
from requests_of_events import (
    BASIC,
    BUS_ARN,
    CONNECTION_ARN,
    EVENT,
    MODEL,
    PARTNER_SOURCE,
    ROUTING,
    valid,
    violations,
)
from servers import ACCOUNT, OTHER_ACCOUNT, REGION

ORDERS = json.dumps({"source": ["orders"]})
PARTNER = "333333333333"
CALLED = set()


@pytest.fixture(autouse=True)
def operations_are_really_called(request):
    """A test that is marked with operations has called them when it ends well."""
    marker = request.node.get_closest_marker("operations")
    if marker is None:
        yield
        return
    CALLED.clear()
    site = request.getfixturevalue("site")
    for account in (ACCOUNT, OTHER_ACCOUNT, PARTNER):
        site.client("events", account=account).meta.events.register(
            "before-call", lambda model, **_: CALLED.add(model.name), unique_id="called"
        )
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed == failed:
        missing = set(marker.args) - CALLED
        assert not missing, f"marked, but not called: {missing}"


def refused(client, operation, code, message=None, **params):
    """Calls an operation that has to be refused so; returns the message."""
    with pytest.raises(ClientError) as caught:
        getattr(client, xform_name(operation))(**params)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"].get("RequestId"), "no x-amzn-RequestId"
    return error["Message"]


def names(listed, member="Name"):
    return [element[member] for element in listed]


@pytest.fixture
def bus(events):
    """A new bus."""
    name = fresh("bus")
    events.create_event_bus(Name=name)
    return name


@pytest.fixture
def rule(events, bus):
    """A rule of that bus, for events of source `orders`."""
    name = fresh("rule")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=ORDERS)
    return name


# Good input


@pytest.mark.operations(
    "CreateEventBus", "DescribeEventBus", "ListEventBuses", "UpdateEventBus", "DeleteEventBus"
)
def test_a_bus_is_made_changed_and_deleted(events, site):
    name, queue = fresh("bus"), site.queue()
    made = events.create_event_bus(
        Name=name,
        Description="orders",
        DeadLetterConfig={"Arn": queue.arn},
        LogConfig={"Level": "ERROR", "IncludeDetail": "NONE"},
    )
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}"
    assert made["EventBusArn"] == arn
    assert made["Description"] == "orders"
    described = events.describe_event_bus(Name=name)
    assert described["Name"] == name and described["Arn"] == arn
    assert described["DeadLetterConfig"] == {"Arn": queue.arn}
    assert described["LogConfig"] == {"Level": "ERROR", "IncludeDetail": "NONE"}
    assert "Policy" not in described
    assert events.describe_event_bus(Name=arn)["Name"] == name
    changed = events.update_event_bus(Name=name, Description="orders of today")
    assert changed["Description"] == "orders of today" and changed["Arn"] == arn
    listed = events.list_event_buses(NamePrefix=name)["EventBuses"]
    assert names(listed) == [name]
    assert listed[0]["Description"] == "orders of today"
    events.delete_event_bus(Name=name)
    assert events.list_event_buses(NamePrefix=name)["EventBuses"] == []


@pytest.mark.operations("DescribeEventBus", "ListEventBuses")
def test_the_default_bus_is_always_there(events):
    assert events.describe_event_bus()["Name"] == "default"
    assert "default" in names(events.list_event_buses()["EventBuses"])


@pytest.mark.operations("DeleteEventBus", "DeleteRule", "DeletePartnerEventSource")
def test_deleting_what_is_not_there_succeeds_where_no_error_is_known_for_it(events, site):
    events.delete_event_bus(Name=fresh("bus"))
    events.delete_rule(Name=fresh("rule"))
    partner = site.client("events", account=PARTNER)
    partner.delete_partner_event_source(Name=PARTNER_SOURCE, Account=ACCOUNT)


@pytest.mark.operations("PutPermission", "RemovePermission")
def test_a_bus_s_policy_is_made_of_statements(events, bus):
    events.put_permission(
        EventBusName=bus,
        StatementId="partner",
        Action="events:PutEvents",
        Principal=OTHER_ACCOUNT,
    )
    events.put_permission(
        EventBusName=bus,
        StatementId="organisation",
        Action="events:PutEvents",
        Principal="*",
        Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-a1b2c3d4e5"},
    )
    policy = json.loads(events.describe_event_bus(Name=bus)["Policy"])
    statements = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert statements["partner"] == {
        "Sid": "partner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
        "Action": "events:PutEvents",
        "Resource": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}",
    }
    condition = statements["organisation"]["Condition"]
    assert condition == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    events.remove_permission(EventBusName=bus, StatementId="partner")
    policy = json.loads(events.describe_event_bus(Name=bus)["Policy"])
    assert names(policy["Statement"], "Sid") == ["organisation"]
    events.remove_permission(EventBusName=bus, RemoveAllPermissions=True)
    assert "Policy" not in events.describe_event_bus(Name=bus)


@pytest.mark.operations("PutPermission")
def test_a_whole_policy_replaces_the_one_before(events, bus):
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    for sid in ("first", "second"):
        statement = {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            "Action": "events:PutEvents",
            "Resource": arn,
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        events.put_permission(EventBusName=bus, Policy=json.dumps(policy))
    policy = json.loads(events.describe_event_bus(Name=bus)["Policy"])
    assert names(policy["Statement"], "Sid") == ["second"]


@pytest.mark.operations(
    "PutRule", "DescribeRule", "ListRules", "DisableRule", "EnableRule", "DeleteRule"
)
def test_a_rule_is_made_turned_off_and_on_and_deleted(events, bus):
    name = fresh("rule")
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{bus}/{name}"
    made = events.put_rule(
        Name=name, EventBusName=bus, EventPattern=ORDERS, Description="orders", State="DISABLED"
    )
    assert made["RuleArn"] == arn
    described = events.describe_rule(Name=name, EventBusName=bus)
    assert described["State"] == "DISABLED" and described["CreatedBy"] == ACCOUNT
    assert json.loads(described["EventPattern"]) == json.loads(ORDERS)
    events.enable_rule(Name=name, EventBusName=bus)
    assert names(events.list_rules(EventBusName=bus)["Rules"], "State") == ["ENABLED"]
    events.disable_rule(Name=name, EventBusName=bus)
    assert names(events.list_rules(EventBusName=bus)["Rules"], "State") == ["DISABLED"]
    events.delete_rule(Name=name, EventBusName=bus)
    assert events.list_rules(EventBusName=bus)["Rules"] == []


@pytest.mark.operations("PutRule", "ListTargetsByRule")
def test_a_rule_put_again_is_replaced_and_keeps_its_targets(events, site, bus, rule):
    target = {"Id": "1", "Arn": site.queue().arn}
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=ORDERS, Description="to be gone")
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[target])
    events.put_rule(Name=rule, EventBusName=bus, EventPattern='{"source": ["others"]}')
    described = events.describe_rule(Name=rule, EventBusName=bus)
    assert "Description" not in described
    assert json.loads(described["EventPattern"]) == {"source": ["others"]}
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == [target]


@pytest.mark.operations(
    "PutTargets", "ListTargetsByRule", "ListRuleNamesByTarget", "RemoveTargets", "DeleteRule"
)
def test_targets_are_put_listed_and_removed(events, site, bus, rule):
    arn = site.queue().arn
    targets = [
        {
            "Id": "transformed",
            "Arn": arn,
            "InputTransformer": {
                "InputPathsMap": {"n": "$.detail.number"},
                "InputTemplate": '{"n": <n>}',
            },
            "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60},
            "DeadLetterConfig": {"Arn": arn},
        },
        {"Id": "fixed", "Arn": arn, "Input": '{"fixed": true}'},
    ]
    put = events.put_targets(Rule=rule, EventBusName=bus, Targets=targets)
    assert put["FailedEntryCount"] == 0 and put["FailedEntries"] == []
    listed = events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
    assert sorted(listed, key=lambda t: t["Id"], reverse=True) == targets
    assert events.list_rule_names_by_target(TargetArn=arn, EventBusName=bus)["RuleNames"] == [rule]
    removed = events.remove_targets(Rule=rule, EventBusName=bus, Ids=["transformed", "fixed"])
    assert removed["FailedEntryCount"] == 0
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == []
    events.delete_rule(Name=rule, EventBusName=bus)


@pytest.mark.operations("PutEvents")
def test_events_reach_the_targets_of_matching_rules_in_their_envelope(events, site, bus, rule):
    queue = site.queue()
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "1", "Arn": queue.arn}])
    time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    entries = [
        {**EVENT, "EventBusName": bus, "Time": time, "Resources": ["arn:aws:s3:::orders"]},
        {**EVENT, "EventBusName": bus, "Source": "others"},
        {**EVENT, "EventBusName": bus, "Detail": '"no object"'},
    ]
    answer = events.put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 1
    first, second, third = answer["Entries"]
    assert third == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    assert first["EventId"] != second["EventId"]
    [message] = queue.wait(1)
    expected = {
        "version": "0",
        "id": first["EventId"],
        "detail-type": "Order Placed",
        "source": "orders",
        "account": ACCOUNT,
        "time": "2026-01-02T03:04:05Z",
        "region": REGION,
        "resources": ["arn:aws:s3:::orders"],
        "detail": {"number": 7},
    }
    received = json.loads(message["Body"])
    assert received == expected
    assert list(received) == list(expected), "the envelope's members are in another order"


@pytest.mark.operations("PutEvents")
def test_an_event_for_a_bus_that_is_not_there_is_accepted_and_dropped(events):
    answer = events.put_events(Entries=[{**EVENT, "EventBusName": fresh("missing")}])
    assert answer["FailedEntryCount"] == 0 and answer["Entries"][0]["EventId"]


@pytest.mark.operations("TestEventPattern")
def test_a_pattern_is_tried_on_an_event(events):
    event = {
        "id": "1",
        "account": ACCOUNT,
        "source": "orders",
        "time": "2026-01-02T03:04:05Z",
        "region": REGION,
        "detail-type": "Order Placed",
        "resources": [],
        "detail": {"number": 7},
    }
    for pattern, result in (
        ({"detail": {"number": [{"numeric": [">", 5]}]}}, True),
        ({"detail": {"number": [8]}}, False),
        ({"source": [{"prefix": "ord"}], "detail": {"coupon": [{"exists": False}]}}, True),
    ):
        answer = events.test_event_pattern(
            EventPattern=json.dumps(pattern), Event=json.dumps(event)
        )
        assert answer["Result"] is result, pattern


@pytest.mark.operations("TagResource", "UntagResource", "ListTagsForResource")
def test_buses_and_rules_have_tags(events, bus, rule):
    for resource in (f"event-bus/{bus}", f"rule/{bus}/{rule}"):
        arn = f"arn:aws:events:{REGION}:{ACCOUNT}:{resource}"
        tags = [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": ""}]
        events.tag_resource(ResourceARN=arn, Tags=tags)
        events.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "orders"}])
        listed = {
            t["Key"]: t["Value"] for t in events.list_tags_for_resource(ResourceARN=arn)["Tags"]
        }
        assert listed == {"team": "orders", "stage": ""}
        events.untag_resource(ResourceARN=arn, TagKeys=["stage"])
        assert names(events.list_tags_for_resource(ResourceARN=arn)["Tags"], "Key") == ["team"]


@pytest.mark.operations(
    "CreateArchive", "DescribeArchive", "ListArchives", "UpdateArchive", "DeleteArchive"
)
def test_an_archive_is_made_filled_changed_and_deleted(events, bus):
    name = fresh("archive")
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    made = events.create_archive(ArchiveName=name, EventSourceArn=arn, EventPattern=ORDERS)
    assert made["ArchiveArn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:archive/{name}"
    entries = [{**EVENT, "EventBusName": bus}, {**EVENT, "EventBusName": bus, "Source": "others"}]
    events.put_events(Entries=entries)
    described = eventually(
        lambda: (d := events.describe_archive(ArchiveName=name))["EventCount"] == 1 and d,
        "one event in the archive",
    )
    assert described["SizeBytes"] > 0 and described["EventSourceArn"] == arn
    changed = events.update_archive(ArchiveName=name, RetentionDays=3, Description="of orders")
    assert changed["State"] == "ENABLED"
    [listed] = events.list_archives(NamePrefix=name)["Archives"]
    assert listed["RetentionDays"] == 3
    assert events.describe_archive(ArchiveName=name)["Description"] == "of orders"
    events.delete_archive(ArchiveName=name)
    assert events.list_archives(NamePrefix=name)["Archives"] == []


@pytest.mark.operations("CreateArchive", "ListRules")
def test_an_archive_s_rule_is_managed_by_the_service(events, bus):
    name = fresh("archive")
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    events.create_archive(ArchiveName=name, EventSourceArn=arn)
    [rule] = events.list_rules(EventBusName=bus)["Rules"]
    assert rule["Name"] == f"Events-Archive-{name}"
    assert rule["ManagedBy"] == "prod.vhs.events.aws.internal"
    refused(events, "DisableRule", "ManagedRuleException", Name=rule["Name"], EventBusName=bus)
    refused(events, "DeleteRule", "ManagedRuleException", Name=rule["Name"], EventBusName=bus)
    events.delete_archive(ArchiveName=name)
    assert events.list_rules(EventBusName=bus)["Rules"] == []


def archived(events, bus):
    """An archive of a bus with one event in it; its ARN, and the bus's."""
    name, arn = fresh("archive"), f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    made = events.create_archive(ArchiveName=name, EventSourceArn=arn)
    events.put_events(Entries=[{**EVENT, "EventBusName": bus}])
    eventually(lambda: events.describe_archive(ArchiveName=name)["EventCount"] == 1)
    return made["ArchiveArn"], arn


def start_replay(events, archive, bus_arn, **destination):
    now = datetime.datetime.now(datetime.timezone.utc)
    name, hour = fresh("replay"), datetime.timedelta(hours=1)
    answer = events.start_replay(
        ReplayName=name,
        EventSourceArn=archive,
        EventStartTime=now - hour,
        EventEndTime=now + hour,
        Destination={"Arn": bus_arn, **destination},
    )
    assert answer["ReplayArn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:replay/{name}"
    assert answer["State"] in ("STARTING", "RUNNING")
    return name


@pytest.mark.operations("StartReplay", "DescribeReplay", "ListReplays")
def test_a_replay_brings_archived_events_again_and_says_so(events, site, bus, rule):
    archive, bus_arn = archived(events, bus)
    queue, other = site.queue(), fresh("rule")
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "1", "Arn": queue.arn}])
    unwanted = site.queue()
    events.put_rule(Name=other, EventBusName=bus, EventPattern=ORDERS)
    events.put_targets(Rule=other, EventBusName=bus, Targets=[{"Id": "1", "Arn": unwanted.arn}])
    filters = [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{bus}/{rule}"]
    name = start_replay(events, archive, bus_arn, FilterArns=filters)
    [event] = queue.events(1)
    assert event["replay-name"] == name and event["detail"] == {"number": 7}
    order = list(event)
    assert order[order.index("replay-name") - 1] == "region"
    described = eventually(
        lambda: (d := events.describe_replay(ReplayName=name))["State"] == "COMPLETED" and d,
        "the end of the replay",
    )
    assert described["Destination"] == {"Arn": bus_arn, "FilterArns": filters}
    assert names(events.list_replays(NamePrefix=name)["Replays"], "ReplayName") == [name]
    assert names(events.list_replays(State="COMPLETED")["Replays"], "ReplayName").count(name) == 1
    assert unwanted.poll() == []


@pytest.mark.operations("CancelReplay")
def test_a_replay_is_cancelled_or_has_ended_already(events, bus):
    archive, bus_arn = archived(events, bus)
    name = start_replay(events, archive, bus_arn)
    try:
        assert events.cancel_replay(ReplayName=name)["State"] == "CANCELLING"
        last = "CANCELLED"
    except ClientError as error:
        assert error.response["Error"]["Code"] == "IllegalStatusException"
        last = "COMPLETED"
    eventually(lambda: events.describe_replay(ReplayName=name)["State"] == last, last)
    refused(events, "CancelReplay", "IllegalStatusException", ReplayName=name)


@pytest.mark.operations(
    "CreateConnection",
    "DescribeConnection",
    "ListConnections",
    "UpdateConnection",
    "DeauthorizeConnection",
    "DeleteConnection",
)
def test_a_connection_is_made_changed_deauthorised_and_deleted(events):
    name = fresh("connection")
    made = events.create_connection(Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)
    assert made["ConnectionState"] == "AUTHORIZED"
    described = events.describe_connection(Name=name)
    assert described["AuthParameters"]["BasicAuthParameters"] == {"Username": "user"}
    assert "pass" not in json.dumps(described, default=str)
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "s3cret"}}
    events.update_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=key)
    described = events.describe_connection(Name=name)
    assert described["AuthorizationType"] == "API_KEY"
    assert described["AuthParameters"]["ApiKeyAuthParameters"] == {"ApiKeyName": "X-Key"}
    assert names(events.list_connections(NamePrefix=name)["Connections"]) == [name]
    answer = events.deauthorize_connection(Name=name)
    assert answer["ConnectionState"] in ("DEAUTHORIZING", "DEAUTHORIZED")
    assert events.delete_connection(Name=name)["ConnectionState"] == "DELETING"
    eventually(lambda: events.list_connections(NamePrefix=name)["Connections"] == [])


@pytest.mark.operations(
    "CreateApiDestination",
    "DescribeApiDestination",
    "ListApiDestinations",
    "UpdateApiDestination",
    "DeleteApiDestination",
)
def test_an_api_destination_is_made_changed_and_deleted(events):
    name = fresh("destination")
    connection = events.create_connection(
        Name=fresh("connection"), AuthorizationType="BASIC", AuthParameters=BASIC
    )["ConnectionArn"]
    made = events.create_api_destination(
        Name=name,
        ConnectionArn=connection,
        InvocationEndpoint="https://example.com/orders/*",
        HttpMethod="POST",
    )
    assert made["ApiDestinationState"] == "ACTIVE"
    assert f":api-destination/{name}/" in made["ApiDestinationArn"]
    events.update_api_destination(Name=name, HttpMethod="PUT", InvocationRateLimitPerSecond=5)
    described = events.describe_api_destination(Name=name)
    assert described["HttpMethod"] == "PUT" and described["InvocationRateLimitPerSecond"] == 5
    assert described["InvocationEndpoint"] == "https://example.com/orders/*"
    listed = events.list_api_destinations(ConnectionArn=connection)["ApiDestinations"]
    assert names(listed) == [name]
    events.delete_api_destination(Name=name)
    assert events.list_api_destinations(NamePrefix=name)["ApiDestinations"] == []


@pytest.mark.operations(
    "CreateEndpoint", "DescribeEndpoint", "ListEndpoints", "UpdateEndpoint", "DeleteEndpoint"
)
def test_a_global_endpoint_is_made_changed_and_deleted(events, site, bus):
    name = fresh("endpoint")
    site.client("events", region="us-west-2").create_event_bus(Name=bus)
    buses = [
        {"EventBusArn": f"arn:aws:events:{region}:{ACCOUNT}:event-bus/{bus}"}
        for region in (REGION, "us-west-2")
    ]
    made = events.create_endpoint(
        Name=name,
        RoutingConfig=ROUTING,
        EventBuses=buses,
        ReplicationConfig={"State": "DISABLED"},
    )
    assert made["Arn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:endpoint/{name}"
    described = eventually(
        lambda: (d := events.describe_endpoint(Name=name))["State"] == "ACTIVE" and d, "ACTIVE"
    )
    assert described["EventBuses"] == buses and described["RoutingConfig"] == ROUTING
    assert described["EndpointId"] in described["EndpointUrl"]
    events.update_endpoint(Name=name, Description="of orders")
    eventually(lambda: events.describe_endpoint(Name=name).get("Description") == "of orders")
    assert names(events.list_endpoints(NamePrefix=name)["Endpoints"]) == [name]
    events.delete_endpoint(Name=name)
    eventually(lambda: events.list_endpoints(NamePrefix=name)["Endpoints"] == [])


@pytest.mark.operations(
    "CreatePartnerEventSource",
    "DescribePartnerEventSource",
    "ListPartnerEventSources",
    "ListPartnerEventSourceAccounts",
    "DescribeEventSource",
    "ListEventSources",
    "CreateEventBus",
    "PutPartnerEvents",
    "DeactivateEventSource",
    "ActivateEventSource",
    "DeletePartnerEventSource",
)
def test_a_partner_s_events_reach_the_customer_s_bus(events, site):
    partner, queue = site.client("events", account=PARTNER), site.queue()
    source = f"aws.partner/example.com/{fresh('shop')}"
    made = partner.create_partner_event_source(Name=source, Account=ACCOUNT)
    assert made["EventSourceArn"].endswith(f"event-source/{source}")
    assert partner.describe_partner_event_source(Name=source)["Name"] == source
    listed = partner.list_partner_event_sources(NamePrefix=source)["PartnerEventSources"]
    assert names(listed) == [source]

    def account_state():
        accounts = partner.list_partner_event_source_accounts(EventSourceName=source)
        [account] = accounts["PartnerEventSourceAccounts"]
        return account["Account"], account["State"]

    assert account_state() == (ACCOUNT, "PENDING")
    assert events.describe_event_source(Name=source)["State"] == "PENDING"
    events.create_event_bus(Name=source, EventSourceName=source)
    assert events.describe_event_source(Name=source)["State"] == "ACTIVE"
    assert account_state() == (ACCOUNT, "ACTIVE")

    rule = fresh("rule")
    events.put_rule(Name=rule, EventBusName=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, EventBusName=source, Targets=[{"Id": "1", "Arn": queue.arn}])
    answer = partner.put_partner_events(Entries=[{**EVENT, "Source": source}])
    assert answer["FailedEntryCount"] == 0
    [event] = queue.events(1)
    assert event["source"] == source and event["detail"] == {"number": 7}

    events.deactivate_event_source(Name=source)
    assert events.describe_event_source(Name=source)["State"] == "PENDING"
    events.activate_event_source(Name=source)
    assert names(events.list_event_sources(NamePrefix=source)["EventSources"], "State") == [
        "ACTIVE"
    ]
    partner.delete_partner_event_source(Name=source, Account=ACCOUNT)
    assert events.describe_event_source(Name=source)["State"] == "DELETED"


@pytest.mark.operations("ListRules", "ListEventBuses", "ListArchives", "ListConnections")
def test_lists_are_given_in_pages(events, bus):
    prefix = fresh("p")
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
    wanted = [f"{prefix}{index}" for index in range(5)]
    for name in wanted:
        events.create_event_bus(Name=name)
        events.put_rule(Name=name, EventBusName=bus, EventPattern=ORDERS)
        events.create_archive(ArchiveName=name, EventSourceArn=arn)
        events.create_connection(Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)
    for method, list_name, member, more in (
        (events.list_event_buses, "EventBuses", "Name", {}),
        (events.list_rules, "Rules", "Name", {"EventBusName": bus}),
        (events.list_archives, "Archives", "ArchiveName", {}),
        (events.list_connections, "Connections", "Name", {}),
    ):
        found, token = [], {}
        for size in (2, 2, 1):
            page = method(NamePrefix=prefix, Limit=2, **more, **token)
            assert len(page[list_name]) == size
            found += names(page[list_name], member)
            token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
            assert bool(token) == (size == 2), "NextToken where there is no more, or none"
        assert found == wanted


@pytest.mark.operations("DescribeEventBus", "ListEventBuses")
def test_accounts_and_regions_do_not_see_each_other(events, site, bus):
    for other in (
        site.client("events", account=OTHER_ACCOUNT),
        site.client("events", region="eu-central-1"),
    ):
        assert other.list_event_buses(NamePrefix=bus)["EventBuses"] == []
        refused(other, "DescribeEventBus", "ResourceNotFoundException", Name=bus)


def test_the_caller_s_identity_is_answered(site):
    for account in (ACCOUNT, OTHER_ACCOUNT):
        identity = site.client("sts", account=account).get_caller_identity()
        assert identity["Account"] == account


# Bad input: what is not there

MISSING = "not-there"
BUS_GONE = f"Event bus {MISSING} does not exist."
RULE_GONE = f"Rule {MISSING} does not exist on EventBus default."
ARCHIVE_GONE = f"Archive {MISSING} does not exist."
MISSING_BUS_ARN = BUS_ARN.replace("default", MISSING)

# Operation, members, and the text; None where no answer of the real service is recorded: the code
# is compared then, and that the text names what is missing.
NOT_THERE = [
    ("ActivateEventSource", {}, None),
    ("CancelReplay", {}, f"Replay {MISSING} does not exist."),
    ("CreateApiDestination", {}, None),
    ("CreateArchive", {"EventSourceArn": MISSING_BUS_ARN}, BUS_GONE),
    ("CreateEventBus", {"Name": PARTNER_SOURCE, "EventSourceName": PARTNER_SOURCE}, None),
    ("DeactivateEventSource", {}, None),
    ("DeauthorizeConnection", {}, None),
    ("DeleteApiDestination", {}, None),
    ("DeleteArchive", {}, ARCHIVE_GONE),
    ("DeleteConnection", {}, None),
    ("DeleteEndpoint", {}, None),
    ("DeleteRule", {"EventBusName": MISSING}, BUS_GONE),
    (
        "DescribeApiDestination",
        {},
        "Failed to describe the api-destination(s). "
        f"An api-destination '{MISSING}' does not exist.",
    ),
    ("DescribeArchive", {}, ARCHIVE_GONE),
    (
        "DescribeConnection",
        {},
        f"Failed to describe the connection(s). Connection '{MISSING}' does not exist.",
    ),
    ("DescribeEndpoint", {}, None),
    ("DescribeEventBus", {"Name": MISSING}, BUS_GONE),
    ("DescribeEventSource", {}, None),
    ("DescribePartnerEventSource", {}, None),
    ("DescribeReplay", {}, f"Replay {MISSING} does not exist."),
    ("DescribeRule", {}, RULE_GONE),
    ("DescribeRule", {"EventBusName": MISSING}, BUS_GONE),
    ("DisableRule", {}, RULE_GONE),
    ("EnableRule", {}, RULE_GONE),
    ("ListArchives", {"EventSourceArn": MISSING_BUS_ARN}, BUS_GONE),
    ("ListPartnerEventSourceAccounts", {}, None),
    ("ListRuleNamesByTarget", {"EventBusName": MISSING}, BUS_GONE),
    ("ListRules", {"EventBusName": MISSING}, BUS_GONE),
    ("ListTagsForResource", {"ResourceARN": MISSING_BUS_ARN}, BUS_GONE),
    ("ListTargetsByRule", {}, RULE_GONE),
    (
        "PutPermission",
        {
            "EventBusName": MISSING,
            "StatementId": "1",
            "Action": "events:PutEvents",
            "Principal": "*",
        },
        BUS_GONE,
    ),
    ("PutRule", {"EventBusName": MISSING}, BUS_GONE),
    ("PutTargets", {}, RULE_GONE),
    ("RemovePermission", {"EventBusName": MISSING, "StatementId": "1"}, None),
    ("RemoveTargets", {}, RULE_GONE),
    ("TagResource", {"ResourceARN": MISSING_BUS_ARN}, BUS_GONE),
    ("UntagResource", {"ResourceARN": MISSING_BUS_ARN}, BUS_GONE),
    ("UpdateApiDestination", {}, None),
    ("UpdateArchive", {}, ARCHIVE_GONE),
    ("UpdateConnection", {}, None),
    ("UpdateEndpoint", {}, None),
    ("UpdateEventBus", {"Name": MISSING}, BUS_GONE),
]


@pytest.mark.parametrize(
    "operation, members, text", NOT_THERE, ids=[f"{o}-{'-'.join(m)}" for o, m, _ in NOT_THERE]
)
def test_what_is_not_there_is_said_so(operation, members, text, events):
    params = valid(operation, **members)
    message = refused(events, operation, "ResourceNotFoundException", text, **params)
    if text is None:
        assert MISSING in message


# Bad input: what breaks the model's constraints

VIOLATIONS = list(violations())


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: v.id)
def test_a_broken_constraint_is_said_in_aws_s_words(violation, site):
    client = site.client("events", validate=False)
    message = refused(client, violation.operation, "ValidationException", **violation.params)
    assert "validation error" in message
    assert not (found := violation.differences(message)), found


def test_several_faults_are_said_at_once(site):
    client = site.client("events", validate=False)
    message = refused(
        client, "PutRule", "ValidationException", Name="a b", State="ON", EventPattern=ORDERS
    )
    assert message == (
        "2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'ON' at 'state' "
        "failed to satisfy constraint: Member must satisfy enum value set: "
        "[ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, ENABLED, DISABLED]"
    )


@pytest.mark.parametrize(
    "operation, members, path",
    [
        ("PutTargets", {"Targets": [{"Id": "a b", "Arn": BUS_ARN}]}, "targets.1.member.id"),
        ("PutTargets", {"Targets": [{"Id": "1"}]}, "targets.1.member.arn"),
        ("PutEvents", {"Entries": [EVENT, {**EVENT, "EventBusName": "!"}]}, "entries.2.member"),
        ("TagResource", {"Tags": [{"Key": "", "Value": "v"}]}, "tags.1.member.key"),
        (
            "CreateEventBus",
            {"Name": "a", "LogConfig": {"Level": "LOUD"}},
            "logConfig.level",
        ),
        (
            "PutTargets",
            {
                "Targets": [
                    {"Id": "1", "Arn": BUS_ARN, "RetryPolicy": {"MaximumRetryAttempts": 186}}
                ]
            },
            "targets.1.member.retryPolicy.maximumRetryAttempts",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_fault_inside_of_a_member_is_said_with_its_path(operation, members, path, site):
    client = site.client("events", validate=False)
    message = refused(client, operation, "ValidationException", **valid(operation, **members))
    assert f"at '{path}" in message


# Bad input: what the service itself refuses


@pytest.mark.operations("PutEvents")
@pytest.mark.parametrize(
    "members, code, text",
    [
        (
            {"Source": ""},
            "InvalidArgument",
            "Parameter Source is not valid. Reason: Source is a required argument.",
        ),
        (
            {"Detail": ""},
            "InvalidArgument",
            "Parameter Detail is not valid. Reason: Detail is a required argument.",
        ),
        ({"Detail": "{"}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "aws.ec2"}, "NotAuthorizedForSourceException", None),
    ],
    ids=["source", "detail", "malformed", "aws"],
)
def test_a_bad_entry_fails_alone(members, code, text, events):
    answer = events.put_events(Entries=[EVENT, {**EVENT, **members}, EVENT])
    assert answer["FailedEntryCount"] == 1
    before, failed, after = answer["Entries"]
    assert before["EventId"] and after["EventId"]
    assert failed["ErrorCode"] == code and "EventId" not in failed
    assert text is None or failed["ErrorMessage"] == text


@pytest.mark.operations("PutRule")
def test_a_rule_needs_a_pattern_or_a_schedule(events):
    refused(events, "PutRule", "ValidationException", Name=fresh("rule"))


@pytest.mark.operations("PutRule")
def test_a_schedule_is_for_the_default_bus_only(events, bus):
    refused(
        events,
        "PutRule",
        "ValidationException",
        "ScheduleExpression is supported only on the default event bus.",
        Name=fresh("rule"),
        EventBusName=bus,
        ScheduleExpression="rate(1 minute)",
    )


@pytest.mark.operations("PutRule", "TestEventPattern")
@pytest.mark.parametrize("pattern", ["{", "[]", '{"source": "orders"}', '{"source": []}'])
def test_a_bad_pattern_is_refused(pattern, events):
    code = "InvalidEventPatternException"
    refused(events, "PutRule", code, Name=fresh("rule"), EventPattern=pattern)
    refused(events, "TestEventPattern", code, EventPattern=pattern, Event="{}")


@pytest.mark.operations("TestEventPattern")
def test_an_event_to_try_has_to_be_whole(events):
    with pytest.raises(ClientError, match="Parameter Event is not valid"):
        events.test_event_pattern(EventPattern=ORDERS, Event='{"source": "orders"}')


@pytest.mark.operations("PutTargets")
def test_a_template_with_an_unknown_name_is_refused(events, bus, rule):
    transformer = {"InputPathsMap": {"a": "$.detail.a"}, "InputTemplate": '{"b": <b>}'}
    target = {"Id": "t", "Arn": BUS_ARN, "InputTransformer": transformer}
    refused(
        events,
        "PutTargets",
        "ValidationException",
        "InputTemplate for target t contains invalid placeholder b.",
        Rule=rule,
        EventBusName=bus,
        Targets=[target],
    )


@pytest.mark.operations("StartReplay")
def test_a_replay_of_no_archive_is_refused(events):
    archive = f"arn:aws:events:{REGION}:{ACCOUNT}:archive/{MISSING}"
    text = "Parameter EventSourceArn is not valid. Reason: Archive not-there does not exist."
    params = valid("StartReplay", EventSourceArn=archive)
    refused(events, "StartReplay", "ValidationException", text, **params)


@pytest.mark.operations("UpdateArchive")
def test_an_update_of_an_archive_has_to_change_something(events):
    text = "At least one of EventPattern, RetentionDays or Description must be provided."
    refused(events, "UpdateArchive", "ValidationException", text, ArchiveName=MISSING)


# All of them


def test_every_operation_is_called_with_good_and_with_bad_input():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    marks = [mark for test in tests for mark in getattr(test, "pytestmark", [])]
    good = {name for mark in marks if mark.name == "operations" for name in mark.args}
    bad = {violation.operation for violation in VIOLATIONS} | {row[0] for row in NOT_THERE}
    every = set(MODEL.operation_names)
    assert len(every) == 57
    assert good == every, f"never called with good input: {every - good or good - every}"
    assert bad == every, f"never called with bad input: {every - bad}"
