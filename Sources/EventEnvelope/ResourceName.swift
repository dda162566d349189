/// The name of a resource of EventBridge, read from its ARN once and for all.
///
/// ```swift
/// guard case .rule(let bus, let rule) = try ResourceName(text) else { ... }
/// ```
///
/// | resource | behind the account |
/// | --- | --- |
/// | bus | `event-bus/name` |
/// | rule | `rule/name` on the default bus, `rule/bus/name` on any other |
/// | archive | `archive/name` |
/// | replay | `replay/name` |
/// | connection | `connection/name/uuid` |
/// | API destination | `api-destination/name/uuid` |
/// | partner's event source | `event-source/aws.partner/...` |
/// | global endpoint | `endpoint/name` |
///
/// How long each name may be is for those to say who make such resources.
public enum ResourceName: Sendable, Hashable {
    /// A bus.
    case bus(BusID)
    /// A rule of a bus.
    case rule(BusID, name: String)
    /// An archive.
    case archive(ResourceScope, name: String)
    /// A replay.
    case replay(ResourceScope, name: String)
    /// A connection; each that is made has an id of its own.
    case connection(ResourceScope, name: String, id: String)
    /// An API destination; each that is made has an id of its own.
    case apiDestination(ResourceScope, name: String, id: String)
    /// A partner's event source. It belongs to no account.
    case eventSource(region: String, name: String)
    /// A global endpoint.
    case endpoint(ResourceScope, name: String)

    /// Reads an ARN. O(length).
    ///
    /// - Throws: the first thing that is wrong with it, and where.
    public init(_ text: String) throws(ARNError) { try self.init(ARN(text)) }

    /// Reads what an ARN names.
    ///
    /// - Throws: the first thing that is wrong with it, and where: it is that of another service, or
    ///   of a kind that EventBridge does not have.
    public init(_ arn: ARN) throws(ARNError) {
        let text = arn.text
        let partOffset = text.utf8.count - arn.resource.utf8.count
        guard arn.service == "events" else {
            throw ARNError(
                text, offset: "arn:\(arn.partition):".utf8.count,
                "a resource of the service \"events\", not of \"\(arn.service)\"")
        }
        let scope = ResourceScope(account: arn.account, region: arn.region)
        guard !arn.region.isEmpty else {
            throw ARNError(text, offset: "arn:\(arn.partition):events:".utf8.count, "a region")
        }
        guard arn.partition == scope.partition else {
            throw ARNError(
                text, offset: 4,
                "\"\(scope.partition)\", the partition of \(arn.region), not \"\(arn.partition)\"")
        }
        guard let slash = arn.resource.firstIndex(of: "/") else {
            throw ARNError(text, offset: partOffset, "a kind of resource, \"/\" and a name")
        }
        let kind = String(arn.resource[..<slash])
        let name = String(arn.resource[arn.resource.index(after: slash)...])
        let nameOffset = text.utf8.count - name.utf8.count
        guard kind == "event-source" || !arn.account.isEmpty else {
            throw ARNError(text, offset: partOffset - 1, "an account")
        }
        try Self.check(name, from: nameOffset, of: text, allowsSlash: true)
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func single() throws(ARNError) -> String {
            guard parts.count == 1 else {
                throw ARNError(text, offset: nameOffset, "a name of \(kind) without \"/\"")
            }
            return name
        }
        func identified() throws(ARNError) -> (name: String, id: String) {
            guard parts.count == 2 else {
                throw ARNError(text, offset: nameOffset, "\"name/id\" of \(kind)")
            }
            return (parts[0], parts[1])
        }
        switch kind {
        case "event-bus": self = .bus(BusID(name, in: scope))
        case "rule":
            // A partner's bus has slashes in its name, a rule has none.
            let bus = parts.dropLast().joined(separator: "/")
            self = .rule(
                BusID(parts.count == 1 ? BusID.defaultName : bus, in: scope), name: parts.last ?? ""
            )
        case "archive": self = .archive(scope, name: try single())
        case "replay": self = .replay(scope, name: try single())
        case "endpoint": self = .endpoint(scope, name: try single())
        case "event-source": self = .eventSource(region: arn.region, name: name)
        case "connection":
            let (name, id) = try identified()
            self = .connection(scope, name: name, id: id)
        case "api-destination":
            let (name, id) = try identified()
            self = .apiDestination(scope, name: name, id: id)
        default:
            throw ARNError(
                text, offset: partOffset, "a kind of resource of EventBridge, not \"\(kind)\"")
        }
    }

    /// Where the resource is; a partner's event source is in no account.
    public var scope: ResourceScope {
        switch self {
        case .bus(let bus), .rule(let bus, _): bus.scope
        case .archive(let scope, _), .replay(let scope, _), .connection(let scope, _, _),
            .apiDestination(let scope, _, _), .endpoint(let scope, _):
            scope
        case .eventSource(let region, _): ResourceScope(account: "", region: region)
        }
    }

    /// The resource's name in full, which reads again to an equal value. O(length).
    public var arn: String {
        let resource =
            switch self {
            case .bus(let bus): "event-bus/\(bus.name)"
            case .rule(let bus, let name):
                bus.isDefault ? "rule/\(name)" : "rule/\(bus.name)/\(name)"
            case .archive(_, let name): "archive/\(name)"
            case .replay(_, let name): "replay/\(name)"
            case .connection(_, let name, let id): "connection/\(name)/\(id)"
            case .apiDestination(_, let name, let id): "api-destination/\(name)/\(id)"
            case .eventSource(_, let name): "event-source/\(name)"
            case .endpoint(_, let name): "endpoint/\(name)"
            }
        let scope = scope
        return "arn:\(scope.partition):events:\(scope.region):\(scope.account):\(resource)"
    }

    /// Checks that a name has letters, digits, `.`, `-` and `_`, and slashes only between other
    /// characters.
    package static func check(
        _ name: String, from offset: Int, of text: String, allowsSlash: Bool
    ) throws(ARNError) {
        if name.isEmpty { throw ARNError(text, offset: offset, "a name") }
        var isAfterSlash = true
        for (position, byte) in name.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                isAfterSlash = false
            case UInt8(ascii: "/") where allowsSlash && !isAfterSlash: isAfterSlash = true
            default:
                throw ARNError(
                    text, offset: offset + position,
                    "a name of letters, digits, \".\", \"-\" and \"_\"")
            }
        }
        if isAfterSlash { throw ARNError(text, offset: text.utf8.count, "a name behind \"/\"") }
    }
}

extension ResourceName: CustomStringConvertible {
    /// The ARN.
    public var description: String { arn }
}
