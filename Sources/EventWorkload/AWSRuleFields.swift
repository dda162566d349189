/// A field that rules name, with something to want of it.
struct RuleField: Sendable {
    /// The keys that lead to it.
    let path: [String]
    let test: FieldTest
    /// The position of the first field with the same path: a rule names a path once.
    fileprivate(set) var pathNumber = 0
    /// Whether only events of one kind can satisfy it.
    let isOfKind: Bool

    init(_ path: String, _ test: FieldTest, isOfKind: Bool = true) {
        self.path = path.split(separator: ".").map(String.init)
        self.test = test
        self.isOfKind = isOfKind
    }
}

/// The fields that rules name, for each kind of event in the order in which a pattern has them.
///
/// Each test's share is what `AWSEvents` writes: change both together.
enum AWSRuleFields {
    /// The fields for one kind of event.
    static func fields(of kind: AWSEvents.Kind) -> [RuleField] { table[kind.rawValue] }

    private static let table = AWSEvents.Kind.allCases.map { kind in
        let own: [RuleField]
        switch kind {
        case .instance: own = instance
        case .object: own = object
        case .call: own = call
        case .finding: own = finding
        case .task: own = task
        case .order: own = order
        case .scaling: own = scaling
        case .health: own = health
        case .execution: own = execution
        }
        var fields = Self.envelope(kind) + own
        for position in fields.indices {
            let path = fields[position].path
            fields[position].pathNumber = fields.firstIndex { $0.path == path } ?? position
        }
        return fields
    }

    private static func envelope(_ kind: AWSEvents.Kind) -> [RuleField] {
        let (sources, types): (ValuePool, ValuePool)
        switch kind {
        case .instance:
            (sources, types) = (["aws.ec2"].pool, ["EC2 Instance State-change Notification"].pool)
        case .object: (sources, types) = (["aws.s3"].pool, ["Object Created"].pool)
        case .call:
            (sources, types) = (AWSPools.serviceSources, ["AWS API Call via CloudTrail"].pool)
        case .finding: (sources, types) = (["aws.guardduty"].pool, ["GuardDuty Finding"].pool)
        case .task: (sources, types) = (["aws.ecs"].pool, ["ECS Task State Change"].pool)
        case .order: (sources, types) = (AWSPools.shops, AWSPools.orderEvents)
        case .scaling: (sources, types) = (["aws.autoscaling"].pool, AWSPools.scalingEvents)
        case .health: (sources, types) = (["aws.health"].pool, ["AWS Health Event"].pool)
        case .execution:
            (sources, types) = (
                ["aws.states"].pool, ["Step Functions Execution Status Change"].pool
            )
        }
        return [
            RuleField("source", .exact(sources, limit: 3)),
            RuleField("detail-type", .exact(types, limit: 2)),
            RuleField("account", .exact(AWSPools.accounts), isOfKind: false),
            RuleField("region", .exact(AWSPools.regions), isOfKind: false),
            RuleField("region", .anythingBut(AWSPools.regions), isOfKind: false),
            RuleField("region", .prefix(["us-", "eu-", "ap-"].pool, share: 0.29), isOfKind: false),
        ]
    }

    private static let instance = [
        RuleField("detail.instance-id", .hexadecimalPrefix("i-0", digits: 2)),
        RuleField("detail.instance-id", .hexadecimalPrefix("i-0", digits: 1)),
        RuleField("detail.instance-id", .wildcard(AWSPools.instanceWildcards)),
        RuleField("detail.state", .exact(AWSPools.instanceStates)),
        RuleField("detail.state", .anythingBut(AWSPools.instanceStates)),
    ]

    private static let object = [
        RuleField("detail.bucket.name", .exact(AWSPools.buckets)),
        RuleField("detail.bucket.name", .prefix(AWSPools.teamPrefixes)),
        RuleField("detail.bucket.name", .prefix(AWSPools.bucketFamilies)),
        RuleField("detail.bucket.name", .suffix(AWSPools.bucketSuffixes)),
        RuleField("detail.bucket.name", .anythingBut(AWSPools.teamPrefixes, form: "prefix")),
        RuleField("detail.object.key", .prefix(AWSPools.directories)),
        RuleField("detail.object.key", .suffix(AWSPools.extensions)),
        RuleField("detail.object.key", .suffix(AWSPools.objectEndings)),
        RuleField("detail.object.key", .wildcard(AWSPools.objectKeys)),
        RuleField("detail.object.key", .anythingBut(AWSPools.extensions, form: "suffix")),
        RuleField("detail.object.size", .numeric(0...100_000_000, decimals: 0)),
        RuleField("detail.requester", .exact(AWSPools.accounts)),
        RuleField("detail.source-ip-address", .cidr(bits: 4)),
        RuleField("detail.reason", .exact(AWSPools.objectReasons)),
        RuleField("detail.reason", .anythingBut(AWSPools.objectReasons)),
        RuleField("detail.object.version-id", .exists(true, share: 1)),
    ]

    private static let call = [
        RuleField("detail.userIdentity.type", .exact(AWSPools.identityTypes)),
        RuleField("detail.userIdentity.type", .anythingBut(AWSPools.identityTypes)),
        RuleField(
            "detail.userIdentity.sessionContext.sessionIssuer.userName", .exact(AWSPools.roles)),
        RuleField(
            "detail.userIdentity.sessionContext.sessionIssuer.userName",
            .prefix(AWSPools.teamPrefixes)),
        RuleField(
            "detail.userIdentity.sessionContext.sessionIssuer.userName",
            .ignoreCase(AWSPools.shoutedRoles)),
        RuleField("detail.eventSource", .exact(AWSPools.serviceHosts, limit: 3)),
        RuleField("detail.eventName", .exact(AWSPools.apiCalls)),
        RuleField("detail.eventName", .prefix(AWSPools.verbs.pool)),
        RuleField("detail.eventName", .anythingBut(AWSPools.apiCalls)),
        RuleField("detail.sourceIPAddress", .cidr(bits: 4)),
        RuleField("detail.sourceIPAddress", .cidr(bits: 3)),
        RuleField("detail.errorCode", .exists(true, share: 0.1)),
        RuleField("detail.errorCode", .exists(false, share: 0.9)),
        RuleField("detail.errorCode", .exact(AWSPools.errorCodes, hits: 0.1)),
        RuleField("detail.readOnly", .exact(AWSPools.booleans)),
    ]

    private static let finding = [
        RuleField("detail.type", .exact(AWSPools.findingTypes)),
        RuleField("detail.type", .prefix(AWSPools.findingPurposes.map { $0 + ":" }.pool)),
        RuleField("detail.type", .anythingBut(AWSPools.findingTypes)),
        RuleField(
            "detail.resource.instanceDetails.instanceType", .exact(AWSPools.instanceTypes)),
        RuleField(
            "detail.service.action.networkConnectionAction.remoteIpDetails.ipAddressV4",
            .cidr(bits: 3)),
        RuleField("detail.service.count", .numeric(1...1_000, decimals: 0)),
        RuleField(
            "detail.service.action.networkConnectionAction.blocked", .exact(AWSPools.booleans)),
        RuleField("detail.severity", .numeric(10...89, decimals: 1)),
    ]

    private static let task = [
        RuleField("detail.containers.name", .exact(AWSPools.containers, hits: 2)),
        RuleField("detail.containers.name", .ignoreCase(AWSPools.shoutedContainers, hits: 2)),
        RuleField("detail.containers.exitCode", .exists(true, share: 0.64)),
        RuleField("detail.desiredStatus", .exact(["RUNNING", "STOPPED"].pool)),
        RuleField("detail.group", .exact(AWSPools.serviceGroups)),
        RuleField("detail.group", .prefix(AWSPools.teams.map { "service:" + $0 }.pool)),
        RuleField("detail.group", .wildcard(AWSPools.groupWildcards)),
        RuleField("detail.launchType", .exact(["EC2", "FARGATE"].pool)),
        RuleField("detail.lastStatus", .exact(AWSPools.taskStatuses)),
        RuleField("detail.lastStatus", .anythingBut(AWSPools.taskStatuses)),
        RuleField("detail.stopCode", .exact(AWSPools.stopCodes, hits: 0.3)),
        RuleField("detail.stopCode", .exists(true, share: 0.3)),
        RuleField("detail.stopCode", .exists(false, share: 0.7)),
    ]

    private static let order = [
        RuleField("detail.channel", .exact(AWSPools.channels)),
        RuleField("detail.channel", .anythingBut(AWSPools.channels)),
        RuleField("detail.customer.country", .exact(AWSPools.countries)),
        RuleField("detail.customer.country", .anythingBut(AWSPools.countries)),
        RuleField("detail.customer.tier", .exact(AWSPools.tiers)),
        RuleField("detail.items.sku", .exact(AWSPools.skus, hits: 3)),
        RuleField("detail.items.sku", .prefix(AWSPools.skuPrefixes, share: 3 / 850)),
        RuleField("detail.items.sku", .ignoreCase(AWSPools.quietSKUs, hits: 3)),
        RuleField("detail.items.category", .exact(AWSPools.categories, hits: 2.84, limit: 4)),
        RuleField("detail.items.quantity", .exact(AWSPools.quantities, hits: 2.59, limit: 2)),
        RuleField("detail.total", .numeric(0...100_000, decimals: 2)),
        RuleField("detail.coupon", .exists(true, share: 0.2)),
        RuleField("detail.coupon", .exists(false, share: 0.8)),
        RuleField("detail.shipping.method", .exact(AWSPools.shippingMethods)),
    ]

    private static let scaling = [
        RuleField("detail.Details.Availability Zone", .exact(AWSPools.zones)),
        RuleField("detail.Details.InstanceType", .exact(AWSPools.instanceTypes)),
        RuleField("detail.AutoScalingGroupName", .exact(AWSPools.scalingGroups)),
        RuleField("detail.AutoScalingGroupName", .prefix(AWSPools.teamPrefixes)),
        RuleField("detail.AutoScalingGroupName", .wildcard(AWSPools.scalingWildcards)),
        RuleField("detail.AutoScalingGroupName", .ignoreCase(AWSPools.shoutedScalingGroups)),
        RuleField("detail.StatusCode", .exact(["Failed", "InProgress"].pool)),
        RuleField("detail.DesiredCapacity", .numeric(2...61, decimals: 0)),
    ]

    private static let health = [
        RuleField("detail.service", .exact(AWSPools.healthServices)),
        RuleField("detail.eventTypeCode", .exact(AWSPools.healthCodes)),
        RuleField("detail.eventTypeCategory", .exact(AWSPools.healthCategories)),
        RuleField("detail.eventTypeCategory", .anythingBut(AWSPools.healthCategories)),
    ]

    private static let execution = [
        RuleField("detail.status", .exact(AWSPools.executionStatuses)),
        RuleField("detail.status", .anythingBut(AWSPools.executionStatuses)),
        RuleField("detail.stateMachineArn", .suffix(AWSPools.stateMachineEndings)),
    ]
}
