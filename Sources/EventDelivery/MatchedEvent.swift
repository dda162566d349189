/// An event on its way to a target: valid for the length of a call, copies nothing.
public struct MatchedEvent: ~Escapable {
    /// What the target gets: the event, or what its ``/EventInput/TargetInput`` made of it.
    public let bytes: RawSpan
    /// The event's sequence number in the bus's archive; without one, its number on the bus. Of a dead
    /// letter that was sent again: `UInt64.max`.
    public let sequence: UInt64
    /// How often its delivery was tried, this time included.
    public let attempt: Int
    /// When it was published, or should have been, on the clock of
    /// ``/InternalSystem/monotonicNanoseconds()``; wraps.
    package let publishTime: UInt64
    /// How many buses it came through before this one.
    package let hops: UInt8
    private unowned(unsafe) let names: TargetNames

    /// The caller keeps the bytes and the place alive for as long as the event is passed on.
    @_lifetime(immortal)
    init(
        bytes: UnsafeRawBufferPointer, sequence: UInt64, attempt: Int, publishTime: UInt64,
        hops: UInt8, names: TargetNames
    ) {
        self.publishTime = publishTime
        self.bytes = _overrideLifetime(RawSpan(_unsafeBytes: bytes), copying: ())
        self.sequence = sequence
        self.attempt = attempt
        self.hops = hops
        self.names = names
    }

    /// The bus that it was matched on.
    public var bus: String { names.bus }
    /// The rule that it matches.
    public var rule: String { names.rule }
    /// The target's id.
    public var target: String { names.target }
    /// The bytes as text.
    public var text: String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
    /// A copy that may be kept.
    public var copy: EventMatch {
        let copy = bytes.withUnsafeBytes { Array($0) }
        return EventMatch(
            bytes: copy, event: copy, sequence: sequence, attempt: attempt, hops: hops, names: names
        )
    }
}

/// An event on its way to an asynchronous target: a copy.
public struct EventMatch: Sendable {
    /// What the target gets: the event, or what its ``/EventInput/TargetInput`` made of it.
    public let bytes: [UInt8]
    /// The event that was matched, whatever the input is: what a target's own parameters read.
    package let event: [UInt8]
    /// The event's sequence number in the bus's archive; without one, its number on the bus. Of a dead
    /// letter that was sent again: `UInt64.max`.
    public let sequence: UInt64
    /// How often its delivery was tried, this time included.
    public let attempt: Int
    let hops: UInt8
    let names: TargetNames

    /// The bus that it was matched on.
    public var bus: String { names.bus }
    /// The rule that it matches.
    public var rule: String { names.rule }
    /// The target's id.
    public var target: String { names.target }
    /// The bytes as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Which target of which rule on which bus, with the names that targets and templates see.
package final class TargetNames: Sendable {
    package let bus: String
    package let rule: String
    package let target: String
    package let ruleARN: String
    /// Where the target's events go; empty where only the program knows.
    package let targetARN: String
    /// The queue that gets what can't be delivered, besides the dead letters' archive; nil for none.
    package let deadLetterARN: String?

    package init(
        bus: String, rule: String, target: String, ruleARN: String, targetARN: String = "",
        deadLetterARN: String? = nil
    ) {
        self.bus = bus
        self.rule = rule
        self.target = target
        self.ruleARN = ruleARN
        self.targetARN = targetARN
        self.deadLetterARN = deadLetterARN
    }

    /// What the watermarks know it by.
    package var key: TargetID { TargetID(bus: bus, rule: rule, target: target) }
}
