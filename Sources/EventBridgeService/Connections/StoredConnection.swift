internal import FoundationEssentials
internal import JSONScan

/// A connection as it is kept: its secrets only sealed.
struct StoredConnection: StoredResource {
    static let kind = "connection"

    /// What tells it from an earlier one of the same name: the last part of its resource name.
    var id: String
    var secretARN: String
    var description: String?
    var authorizationType: String
    /// `AuthParameters` as they are answered: without what is secret.
    var parameters: String
    /// `AuthParameters` as they were given, sealed; nil once it was deauthorized.
    var sealed: Data?
    var connectivity: String?
    var kmsKeyIdentifier: String?
    var state: String
    var reason: String?
    var created: Int64
    var modified: Int64
    var authorized: Int64?
}

/// What is secret of a connection's parameters.
enum ConnectionSecrets {
    private static let members: Set<String> = ["Password", "ClientSecret", "ApiKeyValue"]

    /// The parameters as they may be shown: without passwords, keys and values that are marked as secret.
    static func withoutSecrets(_ parameters: JSONMember) -> JSONMember {
        switch parameters {
        case .object(let all):
            let isSecret = all.contains { name, value in
                if name == "IsValueSecret", case .literal("true") = value { true } else { false }
            }
            return .object(
                all.filter { !members.contains($0.0) && !(isSecret && $0.0 == "Value") }
                    .map { ($0.0, withoutSecrets($0.1)) })
        case .list(let elements): return .list(elements.map(withoutSecrets))
        case .text, .literal: return parameters
        }
    }
}
