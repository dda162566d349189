public import EventEnvelope
public import EventPattern
package import JSONScan

/// An archive as a store keeps it: the members of EventBridge's `DescribeArchive`, without the name,
/// which the key tells, and without counts and sizes, which the archive's folder tells.
public struct StoredArchive: StoredValue {
    /// What an archive is doing, in EventBridge's words.
    public enum State: String, Sendable, Hashable {
        /// It takes events.
        case enabled = "ENABLED"
        /// It takes none.
        case disabled = "DISABLED"
        /// It is being made.
        case creating = "CREATING"
        /// It is being changed.
        case updating = "UPDATING"
        /// It could not be made.
        case createFailed = "CREATE_FAILED"
        /// It could not be changed.
        case updateFailed = "UPDATE_FAILED"
    }

    /// The bus whose events it takes.
    public let source: BusID
    /// Which of them; nil for all.
    public private(set) var pattern: EventPattern?
    /// The pattern as it was written, if that is known; else the canonical text.
    public private(set) var patternText: String?
    /// For how many days events are kept; 0 for ever.
    public var retentionDays: Int
    /// What it is for.
    public var description: String
    /// What it is doing.
    public var state: State
    /// Why it is doing that.
    public var stateReason: String?
    /// When it was made.
    public var creationTime: EventTime?
    /// EventBridge's other members, as they were written.
    public var others: [KeptMember]

    /// Makes a value of an archive.
    ///
    /// - Parameter patternText: the pattern as it was written; kept if it reads to the pattern.
    public init(
        source: BusID, pattern: EventPattern? = nil, patternText: String? = nil,
        retentionDays: Int = 0, description: String = "", state: State = .enabled,
        stateReason: String? = nil, creationTime: EventTime? = nil, others: [KeptMember] = []
    ) {
        self.source = source
        self.pattern = pattern
        self.patternText = pattern.map { pattern in
            let isGood = patternText.map { (try? EventPattern($0)) == pattern } ?? false
            return isGood ? patternText ?? "" : pattern.canonicalJSON
        }
        self.retentionDays = max(0, retentionDays)
        self.description = description
        self.state = state
        self.stateReason = stateReason
        self.creationTime = creationTime
        self.others = others
    }

    /// The name of the rule that feeds an archive, on its source.
    public static func ruleName(ofArchive name: String) -> String { "Events-Archive-\(name)" }

    /// Whom such a rule belongs to: see ``StoredRule/managedBy``.
    public static let ruleOwner = "prod.vhs.events.aws.internal"

    private static let ownMembers: Set<String> = [
        "EventSourceArn", "EventPattern", "RetentionDays", "Description", "State", "StateReason",
        "CreationTime", "Version",
    ]

    /// Reads the JSON. See ``StoredValue/init(_:)``.
    package init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value)
        try object.checkVersion()
        others = try object.rest(known: Self.ownMembers, kept: ["KmsKeyIdentifier"])
        let arn = try object.requiredString("EventSourceArn")
        let sourceOffset = object.offset(of: "EventSourceArn")
        do throws(ARNError) {
            guard case .bus(let bus) = try ResourceName(arn) else {
                throw ARNError(arn, offset: 0, "the name of an event bus")
            }
            source = bus
        } catch {
            throw DefinitionError(
                .invalid(member: "EventSourceArn", reason: error.description),
                offset: sourceOffset)
        }
        patternText = try object.string("EventPattern")
        pattern = try object.pattern("EventPattern")
        retentionDays = try object.integer("RetentionDays") ?? 0
        description = try object.string("Description") ?? ""
        state = try object.word("State", State.self) ?? .enabled
        stateReason = try object.string("StateReason")
        creationTime = try object.time("CreationTime")
    }

    /// The value as JSON. See ``StoredValue/json``.
    public var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("EventSourceArn", source.arn)
        object.member("EventPattern", patternText)
        object.member("RetentionDays", number: retentionDays)
        object.member("Description", description.isEmpty ? nil : description)
        object.member("State", state.rawValue)
        object.member("StateReason", stateReason)
        object.member("CreationTime", creationTime?.description)
        object.members(others)
        return object.finish()
    }
}
