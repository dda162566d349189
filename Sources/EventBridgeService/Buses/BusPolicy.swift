internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials

/// Who asks for what, as a policy sees it.
struct PolicyRequest {
    /// `events:PutEvents`
    let action: String
    /// The bus's resource name.
    let resource: String
    let caller: Caller
    var source: String?
    var detailType: String?
    var creatorAccount: String?

    /// The value of a condition key; nil where the request has none.
    func value(of key: String) -> String? {
        switch key.lowercased() {
        case "events:source": source
        case "events:detail-type": detailType
        case "events:creatoraccount": creatorAccount ?? caller.account
        case "aws:principalaccount", "aws:sourceaccount": caller.account
        case "aws:principalarn": caller.principalARN
        case "aws:requestedregion": caller.region
        default: nil
        }
    }
}

/// The resource policy of a bus: who besides its owner may use it.
///
/// The language is IAM's: statements that allow or deny, each for principals, actions and resources, and on
/// conditions. What denies counts more than what allows. A condition with an operator that is not known
/// here is never taken as met by a statement that allows, and always by one that denies.
struct BusPolicy {
    /// What a policy says of a request.
    enum Decision: Equatable {
        /// A statement allows it, and none denies it.
        case allowed
        /// A statement denies it.
        case denied
        /// It says nothing.
        case notMentioned
    }

    private let statements: [PolicyStatement]

    /// Reads a policy's document.
    ///
    /// - Throws: what is wrong with it, in a sentence.
    init(_ text: String) throws(ServiceError) {
        do {
            let document = try JSONDecoder().decode(
                PolicyDocument.self, from: Data(text.utf8))
            guard ["2012-10-17", "2008-10-17"].contains(document.version ?? "2008-10-17") else {
                throw ServiceError.validation("the policy's Version is not known")
            }
            statements = document.statement.elements
        } catch {
            let reason = (error as? ServiceError)?.message ?? "\(error)"
            throw .validation("Parameter Policy is not valid. Reason: \(reason)")
        }
    }

    /// What the policy says of a request. O(its statements).
    func decision(on request: PolicyRequest) -> Decision {
        var isAllowed = false
        for statement in statements where statement.isFor(request) {
            if statement.denies { return .denied }
            isAllowed = true
        }
        return isAllowed ? .allowed : .notMentioned
    }
}

private struct PolicyDocument: Decodable {
    let version: String?
    let statement: OneOrMore<PolicyStatement>

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statement = "Statement"
    }
}

/// One value, or a list of some, as policies have it.
private struct OneOrMore<Element: Decodable>: Decodable {
    let elements: [Element]

    init(from decoder: any Decoder) throws {
        if let list = try? [Element](from: decoder) {
            elements = list
        } else {
            elements = [try Element(from: decoder)]
        }
    }
}

/// A statement of a policy.
struct PolicyStatement: Decodable {
    let denies: Bool
    private let principals: PrincipalSet?
    private let excludedPrincipals: PrincipalSet?
    private let actions: [String]?
    private let excludedActions: [String]?
    private let resources: [String]?
    private let excludedResources: [String]?
    private let conditions: [String: [String: [String]]]

    private enum CodingKeys: String, CodingKey {
        case effect = "Effect"
        case principal = "Principal"
        case notPrincipal = "NotPrincipal"
        case action = "Action"
        case notAction = "NotAction"
        case resource = "Resource"
        case notResource = "NotResource"
        case condition = "Condition"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func list(_ key: CodingKeys) throws -> [String]? {
            try values.decodeIfPresent(OneOrMore<String>.self, forKey: key)?.elements
        }
        let effect = try values.decode(String.self, forKey: .effect)
        guard effect == "Allow" || effect == "Deny" else {
            throw DecodingError.dataCorruptedError(
                forKey: .effect, in: values, debugDescription: "Effect is Allow or Deny")
        }
        denies = effect == "Deny"
        principals = try values.decodeIfPresent(PrincipalSet.self, forKey: .principal)
        excludedPrincipals = try values.decodeIfPresent(PrincipalSet.self, forKey: .notPrincipal)
        actions = try list(.action)
        excludedActions = try list(.notAction)
        resources = try list(.resource)
        excludedResources = try list(.notResource)
        conditions =
            try values.decodeIfPresent(
                [String: [String: OneOrMore<PolicyScalar>]].self, forKey: .condition)?
            .mapValues { $0.mapValues { $0.elements.map(\.text) } } ?? [:]
        guard (principals == nil) != (excludedPrincipals == nil),
            (actions == nil) != (excludedActions == nil)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .effect, in: values,
                debugDescription: "a statement needs a Principal and an Action")
        }
    }

    /// Whether the statement speaks of a request.
    func isFor(_ request: PolicyRequest) -> Bool {
        if let principals, !principals.contains(request.caller) { return false }
        if let excludedPrincipals, excludedPrincipals.contains(request.caller) { return false }
        let action = request.action.lowercased()
        func names(_ patterns: [String]) -> Bool {
            patterns.contains { NamePattern.matches($0.lowercased(), action) }
        }
        if let actions, !names(actions) { return false }
        if let excludedActions, names(excludedActions) { return false }
        // Rules of a bus are within its policy, too.
        func covers(_ patterns: [String]) -> Bool {
            patterns.contains { NamePattern.matches($0, request.resource) }
        }
        if let resources, !covers(resources) { return false }
        if let excludedResources, covers(excludedResources) { return false }
        return conditions.allSatisfy { name, tests in
            guard let condition = PolicyCondition(name) else { return denies }
            return tests.allSatisfy { key, wanted in
                condition.isMet(by: request.value(of: key), wanted)
            }
        }
    }
}

/// A string, a number or a truth value of a policy, as text.
private struct PolicyScalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self.text = text
        } else if let flag = try? value.decode(Bool.self) {
            text = flag ? "true" : "false"
        } else {
            let number = try value.decode(Double.self)
            text = Int64(exactly: number).map(String.init) ?? String(number)
        }
    }
}

/// Whom a statement is for.
private struct PrincipalSet: Decodable {
    private var isEverybody = false
    private var names: [String] = []

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            guard text == "*" else {
                throw DecodingError.dataCorruptedError(
                    in: value, debugDescription: "Principal is \"*\" or an object")
            }
            isEverybody = true
            return
        }
        // Services and federated users never call here.
        for (kind, list) in try value.decode([String: OneOrMore<String>].self) where kind == "AWS" {
            names += list.elements
        }
        isEverybody = names.contains("*")
    }

    func contains(_ caller: Caller) -> Bool {
        isEverybody
            || names.contains { name in
                name == caller.account || name == caller.principalARN
                    || name == "arn:\(caller.scope.partition):iam::\(caller.account):root"
            }
    }
}
