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
        func put(_ text: StaticString) {
            output += UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        }
        func put(_ name: StaticString, _ value: String) {
            put(name)
            JSONString.appendQuoted(ExactString(value), to: &output)
        }
        put(EnvelopeText.id, fields.id)
        put(EnvelopeText.detailType, fields.detailType)
        put(EnvelopeText.source, fields.source)
        put(EnvelopeText.account, fields.scope?.account ?? account)
        put(EnvelopeText.time, fields.time.wholeSeconds.description)
        put(EnvelopeText.region, fields.scope?.region ?? region)
        put(EnvelopeText.resources)
        for (position, resource) in fields.resources.enumerated() {
            put(position == 0 ? "" : ",", resource)
        }
        put(EnvelopeText.detail)
        output += fields.detail.utf8
        put(EnvelopeText.end)
    }
}
