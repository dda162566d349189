internal import JSONScan

/// An event as a program makes it: an entry of EventBridge's `PutEvents`.
public struct EventEntry: Sendable, Hashable {
    /// Who says so, `com.example.orders` for instance. Required.
    public var source: String?
    /// What kind of event it is. Required.
    public var detailType: String?
    /// What happened: the text of a JSON object. Required.
    public var detail: String?
    /// What it is about, most often resource names.
    public var resources: [String]
    /// When it happened; now, if it says nothing. Whole seconds count.
    public var time: EventTime?
    /// The bus it goes to; the default one, if it says nothing.
    public var bus: String?

    /// Creates an entry.
    public init(
        source: String?, detailType: String?, detail: String?, resources: [String] = [],
        time: EventTime? = nil, bus: String? = nil
    ) {
        self.source = source
        self.detailType = detailType
        self.detail = detail
        self.resources = resources
        self.time = time
        self.bus = bus
    }

    /// Its size as the service counts it: 14 bytes for a time, and the UTF-8 of everything else.
    public var byteCount: Int {
        (time == nil ? 0 : 14) + (source?.utf8.count ?? 0) + (detailType?.utf8.count ?? 0)
            + (detail?.utf8.count ?? 0) + resources.reduce(0) { $0 + $1.utf8.count }
    }
}

/// What became of one entry.
public enum EntryOutcome: Sendable, Hashable {
    /// It was taken on, and this is its event's `id`.
    case accepted(eventID: String)
    /// It was not; the others are not concerned.
    case failed(EntryError)

    /// The event's `id`, if it was taken on.
    public var eventID: String? {
        if case .accepted(let eventID) = self { eventID } else { nil }
    }
}

/// Why an entry was not taken on: the service's codes and messages.
public struct EntryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The service's error codes.
    public enum Code: String, Sendable, Hashable {
        /// Something that is required is missing, or a text is too long.
        case invalidArgument = "InvalidArgument"
        /// The detail is no JSON object.
        case malformedDetail = "MalformedDetail"
        /// Sources that begin with `aws.` belong to the service.
        case notAuthorizedForSource = "NotAuthorizedForSourceException"
        /// There is no room; try again.
        case throttling = "ThrottlingException"
        /// The archive can't be written, or the router is closed.
        case internalFailure = "InternalFailure"
        /// The bus belongs to an account that does not let the caller put events on it.
        case accessDenied = "AccessDeniedException"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What is wrong, in the service's words where it has some.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func missing(_ name: String) -> EntryError {
        EntryError(
            .invalidArgument,
            "Parameter \(name) is not valid. Reason: \(name) is a required argument.")
    }

    package static let malformedDetail = EntryError(.malformedDetail, "Detail is malformed.")

    /// `Code: message`
    public var description: String { "\(code.rawValue): \(message)" }
}

/// Why a whole request was not taken on.
public enum EntriesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There are none, or too many.
    case count(Int, limit: Int)
    /// Together they are too large.
    case size(Int, limit: Int)

    /// The service's message.
    public var description: String {
        switch self {
        case .count(let count, let limit):
            "1 validation error: 1 to \(limit) entries are allowed, not \(count)"
        case .size: "Total size of the entries in the request is over the limit."
        }
    }
}

/// What bounds requests: EventBridge's limits, unless configured otherwise.
public struct EntryLimits: Sendable, Hashable {
    /// How many entries a request may have.
    public var entriesMax: Int
    /// What all entries of a request together have to stay below, in bytes.
    public var requestBytes: Int
    /// Whether sources may begin with `aws.`, as the service forbids it.
    public var allowsServiceSources: Bool

    /// Creates limits that differ from EventBridge's (since 29 January 2026) in what is given.
    public init(
        entriesMax: Int = 10, requestBytes: Int = 1 << 20, allowsServiceSources: Bool = false
    ) {
        self.entriesMax = entriesMax
        self.requestBytes = requestBytes
        self.allowsServiceSources = allowsServiceSources
    }

    /// Checks a request as a whole.
    package func check(_ entries: [EventEntry]) throws(EntriesError) {
        guard (1...max(entriesMax, 1)).contains(entries.count) else {
            throw .count(entries.count, limit: entriesMax)
        }
        let size = entries.reduce(0) { $0 + $1.byteCount }
        guard size < requestBytes else { throw .size(size, limit: requestBytes) }
    }
}
