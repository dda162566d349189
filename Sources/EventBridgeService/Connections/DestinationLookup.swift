internal import EventEnvelope
internal import FoundationEssentials
internal import Switchyard

/// An API destination with its connection, as who sends requests there wants it.
public struct DestinationLookup: Sendable {
    /// Differs where anything of destination or connection does.
    public let version: String
    /// Where requests go.
    public let endpoint: String
    /// `POST`
    public let method: String
    /// How many requests a second; nil for the service's default.
    public let rateLimit: Int?
    private let sealed: [UInt8]
    private let context: String
    private let secrets: any SecretSealing

    /// `AuthParameters` of the connection as they were given, in JSON, with their secrets.
    ///
    /// - Throws: they were sealed with another key.
    public func authParameters() throws -> [UInt8] { try secrets.open(sealed, for: context) }

    init(
        _ destination: StoredDestination, sealed: Data, context: String,
        secrets: any SecretSealing
    ) {
        let rate = destination.rateLimit.map { "\($0)" } ?? ""
        // What is sealed again is other bytes: no clock has to have gone on in between.
        version =
            "\(destination.method) \(destination.endpoint) \(rate) \(sealed.base64EncodedString())"
        endpoint = destination.endpoint
        method = destination.method
        rateLimit = destination.rateLimit
        self.sealed = Array(sealed)
        self.context = context
        self.secrets = secrets
    }
}

/// Why nothing can be sent to an API destination.
public enum DestinationLookupError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such destination any more.
    case noDestination(String)
    /// Its connection is gone.
    case noConnection(String)
    /// Its connection is not authorized.
    case notAuthorized(connection: String, state: String)

    /// Why, in a sentence.
    public var description: String {
        switch self {
        case .noDestination(let arn): "API destination \(arn) does not exist"
        case .noConnection(let arn): "connection \(arn) does not exist"
        case .notAuthorized(let arn, let state): "connection \(arn) is \(state)"
        }
    }
}

extension EventBridge {
    /// The API destination of a resource name as it is now, with its connection. O(1): nothing is
    /// decrypted before it is asked for.
    ///
    /// - Throws: ``DestinationLookupError``
    public func apiDestination(
        _ arn: String
    ) throws(DestinationLookupError) -> DestinationLookup {
        guard case .apiDestination(let scope, let name, let id)? = try? ResourceName(arn),
            let destination = destinations[name, in: scope], destination.id == id
        else { throw .noDestination(arn) }
        guard
            case .connection(let place, let name, let id)? =
                try? ResourceName(destination.connectionARN),
            let connection = connections[name, in: place], connection.id == id
        else { throw .noConnection(destination.connectionARN) }
        guard let sealed = connection.sealed else {
            throw .notAuthorized(
                connection: destination.connectionARN, state: connection.state)
        }
        return DestinationLookup(
            destination, sealed: sealed, context: Self.sealContext(name, place), secrets: secrets)
    }
}
