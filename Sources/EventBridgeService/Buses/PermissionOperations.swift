internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import Switchyard

struct PutPermissionInput: Decodable {
    struct Condition: Decodable {
        let type: String
        let key: String
        let value: String
    }
    let eventBusName: String?
    let action: String?
    let principal: String?
    let statementId: String?
    let condition: Condition?
    let policy: String?
}

struct RemovePermissionInput: Decodable {
    let statementId: String?
    let removeAllPermissions: Bool?
    let eventBusName: String?
}

extension EventBridge {
    /// The most bytes of a policy.
    static let policyBytesMax = 10_240

    func putPermission(_ input: PutPermissionInput, _ caller: Caller) throws(ServiceError) {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller)
            let text: String
            if let policy = input.policy {
                guard input.action == nil, input.principal == nil, input.statementId == nil,
                    input.condition == nil
                else {
                    throw .validation(
                        "Parameter Policy is not valid. Reason: It can't stand beside Action, "
                            + "Principal, StatementId and Condition.")
                }
                _ = try BusPolicy(policy)
                text = policy
            } else {
                text = try policy(of: bus, with: input)
            }
            guard text.utf8.count <= Self.policyBytesMax else {
                throw ServiceError(
                    "PolicyLengthExceededException",
                    "The policy has \(text.utf8.count) bytes; at most \(Self.policyBytesMax) are "
                        + "allowed.")
            }
            try modify(bus.id) { _, details in details.policy = text }
        }
    }

    /// A bus's policy with one more statement, or another one in place of that of the same id.
    private func policy(
        of bus: (id: BusID, value: StoredBus), with input: PutPermissionInput
    ) throws(ServiceError) -> String {
        guard let id = input.statementId, let action = input.action,
            let principal = input.principal
        else {
            throw .validation(
                "Parameters Action, Principal and StatementId, or Policy, must be specified.")
        }
        guard Self.grantable.contains(action) else {
            throw .validation(
                "Parameter Action is not valid. Reason: It has to be one of "
                    + Self.grantable.sorted().joined(separator: ", ") + ".")
        }
        if let condition = input.condition {
            guard condition.type == "StringEquals", condition.key == "aws:PrincipalOrgID" else {
                throw .validation(
                    "Parameter Condition is not valid. Reason: Its Type has to be StringEquals, its "
                        + "Key aws:PrincipalOrgID.")
            }
        }
        var statements = try statements(of: bus.value)
        statements.removeAll { $0.statementID == id }
        var members: [(String, JSONMember)] = [
            ("Sid", .text(id)), ("Effect", .text("Allow")),
            (
                "Principal",
                principal == "*"
                    ? .text("*")
                    : .object([
                        ("AWS", .text("arn:\(bus.id.scope.partition):iam::\(principal):root"))
                    ])
            ),
            ("Action", .text(action)), ("Resource", .text(bus.id.arn)),
        ]
        if let condition = input.condition {
            members.append(
                (
                    "Condition",
                    .object([
                        (condition.type, .object([(condition.key, .text(condition.value))]))
                    ])
                ))
        }
        return Self.document(statements + [.object(members)])
    }

    /// What `PutPermission` can allow.
    private static let grantable: Set<String> = [
        "events:PutEvents", "events:PutRule", "events:PutTargets", "events:DeleteRule",
        "events:RemoveTargets", "events:DisableRule", "events:EnableRule", "events:TagResource",
        "events:UntagResource", "events:DescribeRule", "events:ListTargetsByRule",
        "events:ListTagsForResource", "events:ListRules",
    ]

    func removePermission(_ input: RemovePermissionInput, _ caller: Caller) throws(ServiceError) {
        try change { () throws(ServiceError) in
            let bus = try bus(input.eventBusName, caller)
            if input.removeAllPermissions == true {
                try modify(bus.id) { _, details in details.policy = nil }
                return
            }
            guard let id = input.statementId else {
                throw .validation("Parameter StatementId must be specified.")
            }
            var statements = try statements(of: bus.value)
            let count = statements.count
            statements.removeAll { $0.statementID == id }
            guard statements.count < count else {
                throw .notFound("Statement with the provided id does not exist.")
            }
            let rest = statements.isEmpty ? nil : Self.document(statements)
            try modify(bus.id) { _, details in details.policy = rest }
        }
    }

    private func statements(of bus: StoredBus) throws(ServiceError) -> [JSONMember] {
        guard let policy = BusDetails(bus).policy else { return [] }
        guard let document = JSONMember(policy), let statement = document["Statement"] else {
            return []
        }
        return statement.elements ?? [statement]
    }

    private static func document(_ statements: [JSONMember]) -> String {
        JSONMember.object([
            ("Version", .text("2012-10-17")), ("Statement", .list(statements)),
        ]).json
    }

    /// Throws unless a caller may do something with a bus: its owner may, and whom its policy lets; nobody
    /// whom the policy forbids it.
    func authorize(
        _ action: String, on bus: (id: BusID, value: StoredBus), _ caller: Caller
    ) throws(ServiceError) {
        try authorize(
            PolicyRequest(action: action, resource: bus.id.arn, caller: caller), on: bus)
    }

    /// The same, with what a policy may ask for besides.
    func authorize(
        _ request: PolicyRequest, on bus: (id: BusID, value: StoredBus)
    ) throws(ServiceError) {
        let isOwner = request.caller.account == bus.id.account
        let policy = gate.policy(of: bus.id)
        if isOwner, policy == nil { return }
        let decision = policy?.decision(on: request) ?? .notMentioned
        let reason: String
        switch decision {
        case .allowed: return
        case .notMentioned where isOwner: return
        case .notMentioned: reason = "no resource-based policy allows the \(request.action) action"
        case .denied: reason = "with an explicit deny in a resource-based policy"
        }
        throw .accessDenied(
            "User: \(request.caller.principalARN) is not authorized to perform: \(request.action) on "
                + "resource: \(request.resource) because \(reason)")
    }
}
