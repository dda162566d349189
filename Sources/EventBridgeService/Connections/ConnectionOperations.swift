internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import JSONScan
internal import Switchyard

struct ConnectionInput: Decodable {
    let name: String
    let description: String?
    let authorizationType: String?
    let kmsKeyIdentifier: String?
}

struct ConnectionOutput: Encodable {
    let connectionArn: String
    var connectionState: String
    let creationTime: WireTime
    let lastModifiedTime: WireTime
    var lastAuthorizedTime: WireTime?
}

struct ListConnectionsInput: Decodable {
    let namePrefix: String?
    let connectionState: String?
    let nextToken: String?
    let limit: Int?
}

struct ListConnectionsOutput: Encodable {
    struct Connection: Encodable {
        let connectionArn: String
        let name: String
        let connectionState: String
        let stateReason: String?
        let authorizationType: String
        let creationTime: WireTime
        let lastModifiedTime: WireTime
        let lastAuthorizedTime: WireTime?
    }
    let connections: [Connection]
    let nextToken: String?
}

extension EventBridge {
    /// Which parameters each kind of authorization wants.
    private static let wantedParameters = [
        "BASIC": "BasicAuthParameters", "API_KEY": "ApiKeyAuthParameters",
        "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
    ]

    func createConnection(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let named: ConnectionInput = try WireJSON.decode(input)
        let members = JSONMember(String(decoding: input, as: UTF8.self))
        return try change { () throws(ServiceError) in
            if connections[named.name, in: caller.scope] != nil {
                throw .exists("Connection \(named.name) already exists.")
            }
            let type = named.authorizationType ?? ""
            let parameters = members?["AuthParameters"] ?? .object([])
            try Self.check(parameters, for: type)
            let now = now.nanoseconds
            let suffix = RandomID.letters(6)
            var stored = StoredConnection(
                id: RandomID.uuid(),
                secretARN: "arn:\(caller.scope.partition):secretsmanager:\(caller.region):"
                    + "\(caller.account):secret:events!connection/\(named.name)/\(RandomID.uuid())-\(suffix)",
                description: named.description, authorizationType: type,
                parameters: ConnectionSecrets.withoutSecrets(parameters).json,
                connectivity: members?["InvocationConnectivityParameters"]?.json,
                kmsKeyIdentifier: named.kmsKeyIdentifier, state: "AUTHORIZED", created: now,
                modified: now, authorized: now)
            stored.sealed = try seal(parameters, of: named.name, caller.scope)
            try connections.put(stored, named.name, in: caller.scope)
            var output = ConnectionOutput(stored, named.name, in: caller.scope)
            output.lastAuthorizedTime = nil
            return try WireJSON.encode(output)
        }
    }

    func updateConnection(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let named: ConnectionInput = try WireJSON.decode(input)
        let members = JSONMember(String(decoding: input, as: UTF8.self))
        return try change { () throws(ServiceError) in
            var stored = try connection(named.name, caller)
            stored.description = named.description ?? stored.description
            stored.kmsKeyIdentifier = named.kmsKeyIdentifier ?? stored.kmsKeyIdentifier
            if let type = named.authorizationType { stored.authorizationType = type }
            if let given = members?["InvocationConnectivityParameters"] {
                stored.connectivity = given.json
            }
            if let parameters = members?["AuthParameters"] {
                try Self.check(parameters, for: stored.authorizationType)
                stored.parameters = ConnectionSecrets.withoutSecrets(parameters).json
                stored.sealed = try seal(parameters, of: named.name, caller.scope)
                stored.state = "AUTHORIZED"
                stored.reason = nil
                stored.authorized = now.nanoseconds
            }
            stored.modified = now.nanoseconds
            try connections.put(stored, named.name, in: caller.scope)
            return try WireJSON.encode(ConnectionOutput(stored, named.name, in: caller.scope))
        }
    }

    func deauthorizeConnection(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> ConnectionOutput {
        try change { () throws(ServiceError) in
            var stored = try connection(input.name, caller)
            stored.state = "DEAUTHORIZED"
            stored.sealed = nil
            stored.modified = now.nanoseconds
            try connections.put(stored, input.name, in: caller.scope)
            var output = ConnectionOutput(stored, input.name, in: caller.scope)
            output.connectionState = "DEAUTHORIZING"
            return output
        }
    }

    func deleteConnection(
        _ input: NameInput, _ caller: Caller
    ) throws(ServiceError) -> ConnectionOutput {
        try change { () throws(ServiceError) in
            var stored = try connection(input.name, caller)
            try connections.remove(input.name, in: caller.scope)
            stored.state = "DELETING"
            return ConnectionOutput(stored, input.name, in: caller.scope)
        }
    }

    func describeConnection(_ input: [UInt8], _ caller: Caller) throws(ServiceError) -> [UInt8] {
        let named: NameInput = try WireJSON.decode(input)
        let stored = try connection(named.name, caller)
        func seconds(_ nanoseconds: Int64) -> JSONMember {
            let milliseconds = nanoseconds / 1_000_000
            return .literal("\(Double(milliseconds) / 1_000)")
        }
        var members: [(String, JSONMember)] = [
            ("ConnectionArn", .text(Self.arn(of: stored, named.name, in: caller.scope))),
            ("Name", .text(named.name)), ("ConnectionState", .text(stored.state)),
            ("AuthorizationType", .text(stored.authorizationType)),
            ("SecretArn", .text(stored.secretARN)),
            ("AuthParameters", JSONMember(stored.parameters) ?? .object([])),
            ("CreationTime", seconds(stored.created)),
            ("LastModifiedTime", seconds(stored.modified)),
        ]
        if let text = stored.description { members.append(("Description", .text(text))) }
        if let text = stored.kmsKeyIdentifier {
            members.append(("KmsKeyIdentifier", .text(text)))
        }
        if let reason = stored.reason { members.append(("StateReason", .text(reason))) }
        if let connectivity = stored.connectivity.flatMap({ JSONMember($0) }) {
            members.append(("InvocationConnectivityParameters", connectivity))
        }
        if let authorized = stored.authorized {
            members.append(("LastAuthorizedTime", seconds(authorized)))
        }
        return Array(JSONMember.object(members).json.utf8)
    }

    func listConnections(
        _ input: ListConnectionsInput, _ caller: Caller
    ) throws(ServiceError) -> ListConnectionsOutput {
        let prefix = input.namePrefix ?? ""
        let all = connections.all(in: caller.scope).filter { name, stored in
            name.hasPrefix(prefix) && input.connectionState.map { $0 == stored.state } ?? true
        }
        let page = try Page(
            of: all,
            in: "connections/\(caller.scope)/\(prefix)/\(input.connectionState ?? "")",
            limit: input.limit, from: input.nextToken
        ) { $0.name }
        return ListConnectionsOutput(
            connections: page.elements.map { name, stored in
                let output = ConnectionOutput(stored, name, in: caller.scope)
                return ListConnectionsOutput.Connection(
                    connectionArn: output.connectionArn, name: name,
                    connectionState: stored.state, stateReason: stored.reason,
                    authorizationType: stored.authorizationType,
                    creationTime: output.creationTime, lastModifiedTime: output.lastModifiedTime,
                    lastAuthorizedTime: output.lastAuthorizedTime)
            }, nextToken: page.nextToken)
    }

    /// A connection of the caller's account and region.
    func connection(_ name: String, _ caller: Caller) throws(ServiceError) -> StoredConnection {
        guard let stored = connections[name, in: caller.scope] else {
            throw .notFound(
                "Failed to describe the connection(s). Connection '\(name)' does not exist.")
        }
        return stored
    }

    /// A connection's resource name.
    static func arn(
        of stored: StoredConnection, _ name: String, in scope: ResourceScope
    ) -> String {
        ResourceName.connection(scope, name: name, id: stored.id).arn
    }

    private static func check(_ parameters: JSONMember, for type: String) throws(ServiceError) {
        guard let wanted = wantedParameters[type] else { return }
        guard parameters[wanted] != nil else {
            throw .validation(
                "Parameter AuthParameters is not valid. Reason: \(wanted) has to be there for "
                    + "AuthorizationType \(type).")
        }
        for other in wantedParameters.values where other != wanted && parameters[other] != nil {
            throw .validation(
                "Parameter AuthParameters is not valid. Reason: \(other) can't be there for "
                    + "AuthorizationType \(type).")
        }
    }

    /// What the secrets of a connection belong to.
    static func sealContext(_ name: String, _ scope: ResourceScope) -> String {
        "connection/\(scope)/\(name)"
    }

    private func seal(
        _ parameters: JSONMember, of name: String, _ scope: ResourceScope
    ) throws(ServiceError) -> Data {
        do {
            return Data(
                try secrets.seal(
                    Array(parameters.json.utf8), for: Self.sealContext(name, scope)))
        } catch { throw .internalError("The secrets can't be encrypted: \(error)") }
    }
}

extension ConnectionOutput {
    init(_ stored: StoredConnection, _ name: String, in scope: ResourceScope) {
        self.init(
            connectionArn: EventBridge.arn(of: stored, name, in: scope),
            connectionState: stored.state, creationTime: WireTime(nanoseconds: stored.created),
            lastModifiedTime: WireTime(nanoseconds: stored.modified),
            lastAuthorizedTime: stored.authorized.map(WireTime.init(nanoseconds:)))
    }
}
