public import AWSWire

extension EventBridge {
    /// The service as the wire sees it: its 57 operations.
    public var service: WireService {
        var events = WireService(.events)
        addBuses(to: &events)
        addRules(to: &events)
        addArchives(to: &events)
        addConnections(to: &events)
        addPartners(to: &events)
        events.on("PutEvents", suspending: putEvents)
        events.on("PutPartnerEvents", putPartnerEvents)
        events.on("TestEventPattern", atOnce: testEventPattern)
        return events
    }

    private func addBuses(to events: inout WireService) {
        events.on("CreateEventBus", createEventBus)
        events.on("UpdateEventBus", updateEventBus)
        events.on("DeleteEventBus", deleteEventBus)
        events.on("DescribeEventBus", describeEventBus)
        events.on("ListEventBuses", listEventBuses)
        events.on("PutPermission", putPermission)
        events.on("RemovePermission", removePermission)
        events.on("TagResource", tagResource)
        events.on("UntagResource", untagResource)
        events.on("ListTagsForResource", listTagsForResource)
    }

    private func addRules(to events: inout WireService) {
        events.on("PutRule", putRule)
        events.on("DeleteRule", deleteRule)
        events.on("DescribeRule", describeRule)
        events.on("EnableRule", enableRule)
        events.on("DisableRule", disableRule)
        events.on("ListRules", listRules)
        events.on("ListRuleNamesByTarget", listRuleNamesByTarget)
        events.on("PutTargets", raw: putTargets)
        events.on("RemoveTargets", removeTargets)
        events.on("ListTargetsByRule", raw: listTargetsByRule)
    }

    private func addArchives(to events: inout WireService) {
        events.on("CreateArchive", createArchive)
        events.on("UpdateArchive", updateArchive)
        events.on("DeleteArchive", deleteArchive)
        events.on("DescribeArchive", describeArchive)
        events.on("ListArchives", listArchives)
        events.on("StartReplay", startReplay)
        events.on("CancelReplay", cancelReplay)
        events.on("DescribeReplay", describeReplay)
        events.on("ListReplays", listReplays)
    }

    private func addConnections(to events: inout WireService) {
        events.on("CreateConnection", raw: createConnection)
        events.on("UpdateConnection", raw: updateConnection)
        events.on("DeauthorizeConnection", deauthorizeConnection)
        events.on("DeleteConnection", deleteConnection)
        events.on("DescribeConnection", raw: describeConnection)
        events.on("ListConnections", listConnections)
        events.on("CreateApiDestination", createApiDestination)
        events.on("UpdateApiDestination", updateApiDestination)
        events.on("DeleteApiDestination", deleteApiDestination)
        events.on("DescribeApiDestination", describeApiDestination)
        events.on("ListApiDestinations", listApiDestinations)
        events.on("CreateEndpoint", createEndpoint)
        events.on("UpdateEndpoint", updateEndpoint)
        events.on("DeleteEndpoint", deleteEndpoint)
        events.on("DescribeEndpoint", describeEndpoint)
        events.on("ListEndpoints", listEndpoints)
    }

    private func addPartners(to events: inout WireService) {
        events.on("CreatePartnerEventSource", createPartnerEventSource)
        events.on("DeletePartnerEventSource", deletePartnerEventSource)
        events.on("DescribePartnerEventSource", describePartnerEventSource)
        events.on("ListPartnerEventSources", listPartnerEventSources)
        events.on("ListPartnerEventSourceAccounts", listPartnerEventSourceAccounts)
        events.on("ActivateEventSource", activateEventSource)
        events.on("DeactivateEventSource", deactivateEventSource)
        events.on("DescribeEventSource", describeEventSource)
        events.on("ListEventSources", listEventSources)
    }
}
