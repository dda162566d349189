internal import AWSWire
internal import EventEnvelope
internal import FoundationEssentials
internal import Switchyard

/// What EventBridge knows of a bus or a rule besides what the router needs: read from the members that the
/// router keeps as they were written.
struct BusDetails {
    private var json: [String: String] = [:]

    init() {}
    init(_ bus: StoredBus) { self.init(bus.others) }
    init(_ others: [KeptMember]) {
        for member in others { json[member.name] = member.json }
    }

    /// The members, as the router keeps them.
    var members: [KeptMember] {
        json.sorted { $0.key < $1.key }.map { KeptMember(name: $0.key, json: $0.value) }
    }

    func text(_ name: String) -> String? { value(name) }
    mutating func set(_ text: String?, _ name: String) { put(text, name) }

    /// A document of JSON, itself a string.
    var policy: String? {
        get { value("Policy") }
        set { put(newValue, "Policy") }
    }
    var deadLetterConfig: DeadLetterConfig? {
        get { value("DeadLetterConfig") }
        set { put(newValue, "DeadLetterConfig") }
    }
    var logConfig: LogConfig? {
        get { value("LogConfig") }
        set { put(newValue, "LogConfig") }
    }
    var creationTime: EventTime? {
        get { text("CreationTime").flatMap { EventTime($0) } }
        set { put(newValue?.description, "CreationTime") }
    }
    var lastModifiedTime: EventTime? {
        get { text("LastModifiedTime").flatMap { EventTime($0) } }
        set { put(newValue?.description, "LastModifiedTime") }
    }
    /// In the order of their keys.
    var tags: [Tag] {
        get { value("Tags") ?? [] }
        set {
            put(newValue.isEmpty ? nil : newValue.sorted { $0.key < $1.key }, "Tags")
        }
    }

    private func value<Value: Decodable>(_ name: String) -> Value? {
        json[name].flatMap { try? WireJSON.decode(Array($0.utf8)) }
    }

    private mutating func put(_ value: (some Encodable)?, _ name: String) {
        json[name] = value.flatMap { try? WireJSON.encode($0) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
