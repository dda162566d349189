public import EventDelivery
internal import JSONScan

/// What a target's definition says of its ``/EventDelivery/RetryPolicy``; what it does not say is as
/// by default.
///
/// In JSON the object `RetryPolicy`, with EventBridge's `MaximumRetryAttempts` and
/// `MaximumEventAgeInSeconds`, and two members of our own, `FirstDelayInSeconds` and
/// `MaximumDelayInSeconds`. Seconds can have a fraction. EventBridge's own limits (185 times, 60 s to a
/// day) are for those to keep who speak for it.
public struct RetrySettings: Sendable, Hashable {
    /// See ``/EventDelivery/RetryPolicy/maximumRetries``.
    public var maximumRetries: Int?
    /// See ``/EventDelivery/RetryPolicy/maximumAge``.
    public var maximumAge: Duration?
    /// See ``/EventDelivery/RetryPolicy/firstDelay``.
    public var firstDelay: Duration?
    /// See ``/EventDelivery/RetryPolicy/maximumDelay``.
    public var maximumDelay: Duration?

    /// Settings that say what is given.
    public init(
        maximumRetries: Int? = nil, maximumAge: Duration? = nil, firstDelay: Duration? = nil,
        maximumDelay: Duration? = nil
    ) {
        self.maximumRetries = maximumRetries
        self.maximumAge = maximumAge
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
    }

    /// Settings that say where a policy differs from the default.
    public init(_ policy: RetryPolicy) {
        let usual = RetryPolicy()
        func unusual<Value: Equatable>(_ path: KeyPath<RetryPolicy, Value>) -> Value? {
            policy[keyPath: path] == usual[keyPath: path] ? nil : policy[keyPath: path]
        }
        maximumRetries = unusual(\.maximumRetries)
        maximumAge = unusual(\.maximumAge)
        firstDelay = unusual(\.firstDelay)
        maximumDelay = unusual(\.maximumDelay)
    }

    /// The policy.
    public var policy: RetryPolicy {
        let usual = RetryPolicy()
        return RetryPolicy(
            maximumAge: maximumAge ?? usual.maximumAge,
            maximumRetries: maximumRetries ?? usual.maximumRetries,
            firstDelay: firstDelay ?? usual.firstDelay,
            maximumDelay: maximumDelay ?? usual.maximumDelay)
    }

    init(_ value: JSONValue) throws(DefinitionError) {
        let object = try ObjectReader(value, member: "RetryPolicy")
        let seconds = ["MaximumEventAgeInSeconds", "FirstDelayInSeconds", "MaximumDelayInSeconds"]
        _ = try object.rest(known: Set(seconds + ["MaximumRetryAttempts"]), kept: [])
        func duration(_ name: String) throws(DefinitionError) -> Duration? {
            guard let value = object[name] else { return nil }
            guard value.kind == .number,
                let duration = Duration(decimalSeconds: String(decoding: value.text, as: UTF8.self))
            else {
                throw DefinitionError(
                    .wrongKind(
                        member: name,
                        expected: "a number of seconds, 0 or more, without exponent"),
                    offset: value.offset)
            }
            return duration
        }
        maximumRetries = try object.integer("MaximumRetryAttempts")
        maximumAge = try duration(seconds[0])
        firstDelay = try duration(seconds[1])
        maximumDelay = try duration(seconds[2])
    }

    var json: [UInt8] {
        var object = JSONObjectWriter()
        object.member("MaximumRetryAttempts", number: maximumRetries)
        for (name, duration) in [
            ("MaximumEventAgeInSeconds", maximumAge), ("FirstDelayInSeconds", firstDelay),
            ("MaximumDelayInSeconds", maximumDelay),
        ] {
            if let duration { object.member(name, json: duration.decimalSeconds.utf8) }
        }
        return object.finish()
    }
}

extension Duration {
    /// Reads `1.5`: up to 18 digits behind the point.
    fileprivate init?(decimalSeconds text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = Int64(parts[0]), parts[0].first != "-" else {
            return nil
        }
        var attoseconds: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1]
            guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
                let fraction = Int64(digits)
            else { return nil }
            attoseconds = (digits.utf8.count..<18).reduce(fraction) { value, _ in value * 10 }
        }
        self.init(secondsComponent: seconds, attosecondsComponent: attoseconds)
    }

    /// `1.5`; nothing is lost. Not for what is below zero.
    fileprivate var decimalSeconds: String {
        let (seconds, attoseconds) = components
        guard attoseconds > 0 else { return "\(max(0, seconds))" }
        let digits = "\(attoseconds)"
        var fraction = String(repeating: "0", count: 18 - digits.utf8.count) + digits
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(seconds).\(fraction)"
    }
}
