internal import AWSWire
internal import EventEnvelope
internal import Switchyard

/// An API destination as it is kept.
struct StoredDestination: StoredResource {
    static let kind = "api-destination"

    var id: String
    var description: String?
    var connectionARN: String
    var endpoint: String
    var method: String
    var rateLimit: Int?
    var created: Int64
    var modified: Int64
}

struct CreateApiDestinationInput: Decodable {
    let name: String
    let description: String?
    let connectionArn: String
    let invocationEndpoint: String
    let httpMethod: String
    let invocationRateLimitPerSecond: Int?
}

struct UpdateApiDestinationInput: Decodable {
    let name: String
    let description: String?
    let connectionArn: String?
    let invocationEndpoint: String?
    let httpMethod: String?
    let invocationRateLimitPerSecond: Int?
}

struct ApiDestinationOutput: Encodable {
    let apiDestinationArn: String
    let apiDestinationState: String
    let creationTime: WireTime
    let lastModifiedTime: WireTime
}

struct DescribeApiDestinationOutput: Encodable {
    let apiDestinationArn: String
    let name: String
    var description: String?
    let apiDestinationState: String
    let connectionArn: String
    let invocationEndpoint: String
    let httpMethod: String
    let invocationRateLimitPerSecond: Int?
    let creationTime: WireTime
    let lastModifiedTime: WireTime
}

struct ListApiDestinationsInput: Decodable {
    let namePrefix: String?
    let connectionArn: String?
    let nextToken: String?
    let limit: Int?
}

struct ListApiDestinationsOutput: Encodable {
    let apiDestinations: [DescribeApiDestinationOutput]
    let nextToken: String?
}

extension EventBridge {
    func createApiDestination(
        _ input: CreateApiDestinationInput, _ caller: Caller
    ) throws(ServiceError) -> ApiDestinationOutput {
        try change { () throws(ServiceError) in
            if destinations[input.name, in: caller.scope] != nil {
                throw .exists("An api-destination '\(input.name)' already exists.")
            }
            _ = try connection(ofARN: input.connectionArn, caller)
            try Self.check(endpoint: input.invocationEndpoint)
            let now = now.nanoseconds
            let stored = StoredDestination(
                id: RandomID.uuid(), description: input.description,
                connectionARN: input.connectionArn, endpoint: input.invocationEndpoint,
                method: input.httpMethod, rateLimit: input.invocationRateLimitPerSecond,
                created: now, modified: now)
            try destinations.put(stored, input.name, in: caller.scope)
            return output(stored, input.name, caller)
        }
    }

    func updateApiDestination(
        _ input: UpdateApiDestinationInput, _ caller: Caller
    ) throws(ServiceError) -> ApiDestinationOutput {
        try change { () throws(ServiceError) in
            var stored = try destination(input.name, caller)
            if let arn = input.connectionArn {
                _ = try connection(ofARN: arn, caller)
                stored.connectionARN = arn
            }
            if let endpoint = input.invocationEndpoint {
                try Self.check(endpoint: endpoint)
                stored.endpoint = endpoint
            }
            stored.description = input.description ?? stored.description
            stored.method = input.httpMethod ?? stored.method
            stored.rateLimit = input.invocationRateLimitPerSecond ?? stored.rateLimit
            stored.modified = now.nanoseconds
            try destinations.put(stored, input.name, in: caller.scope)
            return output(stored, input.name, caller)
        }
    }

    func deleteApiDestination(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> EmptyOutput {
        try change { () throws(ServiceError) in
            _ = try destination(input.name, caller)
            try destinations.remove(input.name, in: caller.scope)
            return EmptyOutput()
        }
    }

    func describeApiDestination(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> DescribeApiDestinationOutput {
        let stored = try destination(input.name, caller)
        var output = describe(stored, input.name, caller)
        output.description = stored.description
        return output
    }

    func listApiDestinations(
        _ input: ListApiDestinationsInput, _ caller: Caller
    ) throws(ServiceError) -> ListApiDestinationsOutput {
        let prefix = input.namePrefix ?? ""
        let all = destinations.all(in: caller.scope).filter { name, stored in
            name.hasPrefix(prefix)
                && input.connectionArn.map { $0 == stored.connectionARN } ?? true
        }
        let page = try Page(
            of: all, in: "destinations/\(caller.scope)/\(prefix)/\(input.connectionArn ?? "")",
            limit: input.limit, from: input.nextToken
        ) { $0.name }
        return ListApiDestinationsOutput(
            apiDestinations: page.elements.map { describe($0.value, $0.name, caller) },
            nextToken: page.nextToken)
    }

    private func destination(
        _ name: String, _ caller: Caller
    ) throws(ServiceError) -> StoredDestination {
        guard let stored = destinations[name, in: caller.scope] else {
            throw .notFound(
                "Failed to describe the api-destination(s). An api-destination '\(name)' does not "
                    + "exist.")
        }
        return stored
    }

    /// The connection that a resource name stands for.
    private func connection(
        ofARN arn: String, _ caller: Caller
    ) throws(ServiceError) -> StoredConnection {
        guard case .connection(let scope, let name, let id)? = try? ResourceName(arn),
            scope == caller.scope
        else { throw .validation("Parameter ConnectionArn is not valid.") }
        let stored = try connection(name, caller)
        guard stored.id == id else {
            throw .notFound(
                "Failed to describe the connection(s). Connection '\(name)' does not exist.")
        }
        return stored
    }

    private static func check(endpoint: String) throws(ServiceError) {
        guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
            throw .validation(
                "Parameter InvocationEndpoint is not valid. Reason: It has to be an http or https "
                    + "address.")
        }
    }

    /// `ACTIVE` while its connection is authorized.
    private func state(of stored: StoredDestination) -> String {
        guard case .connection(let scope, let name, _)? = try? ResourceName(stored.connectionARN),
            connections[name, in: scope]?.state == "AUTHORIZED"
        else { return "INACTIVE" }
        return "ACTIVE"
    }

    private func output(
        _ stored: StoredDestination, _ name: String, _ caller: Caller
    ) -> ApiDestinationOutput {
        ApiDestinationOutput(
            apiDestinationArn: ResourceName.apiDestination(
                caller.scope, name: name, id: stored.id
            ).arn, apiDestinationState: state(of: stored),
            creationTime: WireTime(nanoseconds: stored.created),
            lastModifiedTime: WireTime(nanoseconds: stored.modified))
    }

    private func describe(
        _ stored: StoredDestination, _ name: String, _ caller: Caller
    ) -> DescribeApiDestinationOutput {
        let output = output(stored, name, caller)
        return DescribeApiDestinationOutput(
            apiDestinationArn: output.apiDestinationArn, name: name,
            apiDestinationState: output.apiDestinationState, connectionArn: stored.connectionARN,
            invocationEndpoint: stored.endpoint, httpMethod: stored.method,
            invocationRateLimitPerSecond: stored.rateLimit, creationTime: output.creationTime,
            lastModifiedTime: output.lastModifiedTime)
    }
}
