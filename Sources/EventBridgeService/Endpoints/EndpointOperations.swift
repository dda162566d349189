internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import Switchyard

/// A global endpoint as it is kept: as data only, since which region serves it is decided by DNS.
struct StoredEndpoint: StoredResource {
    static let kind = "endpoint"

    var id: String
    var description: String?
    var routing: RoutingConfig
    var replication: ReplicationConfig?
    var buses: [EndpointBus]
    var roleARN: String?
    var created: Int64
    var modified: Int64
}

struct RoutingConfig: Codable {
    struct Failover: Codable {
        struct Primary: Codable { let healthCheck: String }
        struct Secondary: Codable { let route: String }
        let primary: Primary
        let secondary: Secondary
    }
    let failoverConfig: Failover
}

struct ReplicationConfig: Codable { let state: String? }
struct EndpointBus: Codable { let eventBusArn: String }

struct EndpointInput: Decodable {
    let name: String
    let description: String?
    let routingConfig: RoutingConfig?
    let replicationConfig: ReplicationConfig?
    let eventBuses: [EndpointBus]?
    let roleArn: String?
}

struct EndpointOutput: Encodable {
    let name: String
    var description: String?
    let arn: String
    let routingConfig: RoutingConfig
    let replicationConfig: ReplicationConfig?
    let eventBuses: [EndpointBus]
    let roleArn: String?
    var endpointId: String?
    var endpointUrl: String?
    let state: String
    var creationTime: WireTime?
    var lastModifiedTime: WireTime?
}

struct ListEndpointsInput: Decodable {
    let namePrefix: String?
    let homeRegion: String?
    let nextToken: String?
    let maxResults: Int?
}

struct ListEndpointsOutput: Encodable {
    let endpoints: [EndpointOutput]
    let nextToken: String?
}

extension EventBridge {
    func createEndpoint(
        _ input: EndpointInput, _ caller: Caller
    ) throws(ServiceError) -> EndpointOutput {
        try change { () throws(ServiceError) in
            if endpoints[input.name, in: caller.scope] != nil {
                throw .exists("Endpoint \(input.name) already exists.")
            }
            guard let routing = input.routingConfig, let buses = input.eventBuses else {
                throw .validation("RoutingConfig and EventBuses must be specified.")
            }
            try check(buses, routing, caller)
            let now = now.nanoseconds
            let stored = StoredEndpoint(
                id: RandomID.letters(10) + "." + RandomID.letters(3),
                description: input.description, routing: routing,
                replication: input.replicationConfig, buses: buses, roleARN: input.roleArn,
                created: now, modified: now)
            try endpoints.put(stored, input.name, in: caller.scope)
            return EndpointOutput(stored, input.name, caller)
        }
    }

    func updateEndpoint(
        _ input: EndpointInput, _ caller: Caller
    ) throws(ServiceError) -> EndpointOutput {
        try change { () throws(ServiceError) in
            var stored = try endpoint(input.name, caller)
            stored.description = input.description ?? stored.description
            stored.routing = input.routingConfig ?? stored.routing
            stored.replication = input.replicationConfig ?? stored.replication
            stored.buses = input.eventBuses ?? stored.buses
            stored.roleARN = input.roleArn ?? stored.roleARN
            try check(stored.buses, stored.routing, caller)
            stored.modified = now.nanoseconds
            try endpoints.put(stored, input.name, in: caller.scope)
            var output = EndpointOutput(stored, input.name, caller)
            output.add(stored)
            return output
        }
    }

    func deleteEndpoint(_ input: NameInput, _ caller: Caller) throws(ServiceError) -> EmptyOutput {
        try change { () throws(ServiceError) in
            _ = try endpoint(input.name, caller)
            try endpoints.remove(input.name, in: caller.scope)
            return EmptyOutput()
        }
    }

    func describeEndpoint(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> EndpointOutput {
        let stored = try endpoint(input.name, caller)
        var output = EndpointOutput(stored, input.name, caller)
        output.describe(stored)
        return output
    }

    func listEndpoints(
        _ input: ListEndpointsInput, _ caller: Caller
    ) throws(ServiceError) -> ListEndpointsOutput {
        let prefix = input.namePrefix ?? ""
        let all = endpoints.all(in: caller.scope).filter { name, _ in
            name.hasPrefix(prefix) && input.homeRegion.map { $0 == caller.region } ?? true
        }
        let page = try Page(
            of: all, in: "endpoints/\(caller.scope)/\(prefix)/\(input.homeRegion ?? "")",
            limit: input.maxResults, from: input.nextToken
        ) { $0.name }
        return ListEndpointsOutput(
            endpoints: page.elements.map { name, stored in
                var output = EndpointOutput(stored, name, caller)
                output.describe(stored)
                return output
            }, nextToken: page.nextToken)
    }

    private func endpoint(_ name: String, _ caller: Caller) throws(ServiceError) -> StoredEndpoint {
        guard let stored = endpoints[name, in: caller.scope] else {
            throw .notFound("Endpoint '\(name)' does not exist.")
        }
        return stored
    }

    /// An endpoint has one bus in each of two regions, of the same name, and the first one here.
    private func check(
        _ buses: [EndpointBus], _ routing: RoutingConfig, _ caller: Caller
    ) throws(ServiceError) {
        let ids = buses.compactMap { try? BusID(nameOrARN: $0.eventBusArn, in: caller.scope) }
        guard ids.count == 2, ids[0].name == ids[1].name, ids[0].region != ids[1].region,
            ids.allSatisfy({ $0.account == caller.account })
        else {
            throw .validation(
                "Parameter EventBuses is not valid. Reason: There have to be two event buses of the "
                    + "same name and account, in different regions.")
        }
        guard ids.contains(where: { $0.region == routing.failoverConfig.secondary.route }) else {
            throw .validation(
                "Parameter RoutingConfig is not valid. Reason: No event bus is in the secondary "
                    + "region, \(routing.failoverConfig.secondary.route).")
        }
    }
}

extension EndpointOutput {
    fileprivate init(_ stored: StoredEndpoint, _ name: String, _ caller: Caller) {
        self.init(
            name: name, arn: ResourceName.endpoint(caller.scope, name: name).arn,
            routingConfig: stored.routing, replicationConfig: stored.replication,
            eventBuses: stored.buses, roleArn: stored.roleARN, state: "ACTIVE")
    }

    fileprivate mutating func add(_ stored: StoredEndpoint) {
        endpointId = stored.id
        endpointUrl = "https://\(stored.id).endpoint.events.amazonaws.com"
    }

    fileprivate mutating func describe(_ stored: StoredEndpoint) {
        add(stored)
        description = stored.description
        creationTime = WireTime(nanoseconds: stored.created)
        lastModifiedTime = WireTime(nanoseconds: stored.modified)
    }
}
