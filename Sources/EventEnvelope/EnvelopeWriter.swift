internal import InternalSystem
internal import JSONScan

/// Makes events out of entries: EventBridge's envelope, its members in the service's order.
package struct EnvelopeWriter: ~Copyable {
    let account: String
    let region: String
    let limits: EntryLimits
    private var scanner = StructuralScanner()
    private var identifiers = EventIdentifiers()

    package init(account: String, region: String, limits: EntryLimits) {
        self.account = account
        self.region = region
        self.limits = limits
    }

    /// Appends the event that an entry stands for. O(bytes).
    ///
    /// - Parameters:
    ///   - sender: whose event it is, if it is not the writer's.
    ///   - isPartner: whether a partner of the service sends it, whose sources begin with `aws.partner/`.
    /// - Returns: the event's `id`.
    /// - Throws: what is wrong with the entry; nothing was appended then.
    package mutating func write(
        _ entry: EventEntry, of sender: ResourceScope? = nil, isPartner: Bool = false,
        now: EventTime,
        to output: inout [UInt8]
    ) throws(EntryError) -> String {
        guard let source = entry.source, !source.isEmpty else { throw .missing("Source") }
        guard let detailType = entry.detailType, !detailType.isEmpty else {
            throw .missing("DetailType")
        }
        guard let detail = entry.detail, !detail.isEmpty else { throw .missing("Detail") }
        guard
            limits.allowsServiceSources || !source.hasPrefix("aws.")
                || isPartner && source.hasPrefix("aws.partner/")
        else {
            throw EntryError(.notAuthorizedForSource, "Not authorized for the source.")
        }
        var text = detail
        let isObject = text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            guard let length = try? scanner.scan(bytes).textLength else { return false }
            return bytes[length...].allSatisfy { $0 <= 0x20 && $0 != 0 }
        }
        guard isObject else { throw .malformedDetail }
        let id = identifiers.next()
        append(
            Fields(
                id: id, detailType: detailType, source: source, time: entry.time ?? now,
                resources: entry.resources, detail: detail, scope: sender), to: &output)
        return id
    }

    /// Appends the event of a rule's schedule.
    package mutating func writeScheduled(
        ruleARN: String, of scope: ResourceScope, now: EventTime, to output: inout [UInt8]
    ) {
        append(
            Fields(
                id: identifiers.next(), detailType: "Scheduled Event", source: "aws.events",
                time: now, resources: [ruleARN], detail: "{}", scope: scope), to: &output)
    }

    /// What differs from event to event.
    private struct Fields {
        var id: String
        var detailType: String
        var source: String
        var time: EventTime
        var resources: [String]
        var detail: String
        /// Whose event it is, if it is not the writer's.
        var scope: ResourceScope?
    }

    private func append(_ fields: Fields, to output: inout [UInt8]) {
        func member(_ name: StaticString, _ value: String) {
            output += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            JSONString.appendQuoted(ExactString(value), to: &output)
        }
        member(#"{"version":"0","id":"#, fields.id)
        member(#","detail-type":"#, fields.detailType)
        member(#","source":"#, fields.source)
        member(#","account":"#, fields.scope?.account ?? account)
        member(#","time":"#, fields.time.wholeSeconds.description)
        member(#","region":"#, fields.scope?.region ?? region)
        output += #","resources":["#.utf8
        for (position, resource) in fields.resources.enumerated() {
            member(position == 0 ? "" : ",", resource)
        }
        output += #"],"detail":"#.utf8
        output += fields.detail.utf8
        output.append(UInt8(ascii: "}"))
    }
}

/// Random identifiers of events: UUIDs of version 4 (RFC 9562), drawn from the system's generator
/// by the page.
package struct EventIdentifiers {
    private var pool: [UInt64] = []

    package init() {}

    /// The next one, as text in lower case.
    package mutating func next() -> String {
        let high = word() & ~0xF000 | 0x4000
        let low = word() & ~(3 << 62) | 1 << 63
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    buffer[at] = UInt8(ascii: "-")
                    at += 1
                }
                let word = digit < 16 ? high : low
                let value = UInt8(word >> UInt64(60 - digit % 16 * 4) & 15)
                buffer[at] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                at += 1
            }
            return at
        }
    }

    private mutating func word() -> UInt64 {
        if pool.isEmpty {
            var system = SystemRandomNumberGenerator()
            pool = (0..<512).map { _ in system.next() }
        }
        return pool.removeLast()
    }
}
