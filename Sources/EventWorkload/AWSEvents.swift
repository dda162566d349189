/// Events of AWS shape: a mix of kinds behind the same envelope.
enum AWSEvents {
    /// A kind of event. The raw value is its position in ``weights``.
    enum Kind: Int, CaseIterable, Sendable {
        case instance, object, call, finding, task, order, scaling, health, execution
    }

    /// How many of 100 events are of each kind.
    static let weights = [12, 18, 22, 6, 10, 18, 6, 4, 4]

    /// What part of all events is of a kind.
    static func share(_ kind: Kind) -> Double { Double(weights[kind.rawValue]) / 100 }

    /// What an event's parts have in common: the envelope's values appear inside `detail` too.
    struct Context {
        let account: String
        let region: String
        /// Seconds from the start of ``TextWriter/time(_:)``.
        let time: Int
    }

    /// Writes the event at a position.
    static func write(_ out: inout TextWriter, _ numbers: inout SeededNumbers, _ position: Int) {
        let kind = kindOfPercent[numbers.below(100)]
        let context = Context(
            account: AWSPools.account(numbers.below(AWSPools.accountCount)),
            region: AWSPools.regions.text(numbers.below(AWSPools.regions.count)),
            // About 27 events a second.
            time: position / 27)
        switch kind {
        case .instance: self.instance(&out, &numbers, context)
        case .object: self.object(&out, &numbers, context)
        case .call: self.call(&out, &numbers, context)
        case .finding: self.finding(&out, &numbers, context)
        case .task: self.task(&out, &numbers, context)
        case .order: self.order(&out, &numbers, context)
        case .scaling: self.scaling(&out, &numbers, context)
        case .health: self.health(&out, &numbers, context)
        case .execution: self.execution(&out, &numbers, context)
        }
    }

    private static let kindOfPercent = Kind.allCases.flatMap {
        Array(repeating: $0, count: weights[$0.rawValue])
    }

    /// Writes the envelope up to and with the opening quote of the first resource.
    static func open(
        _ out: inout TextWriter, _ numbers: inout SeededNumbers, _ context: Context,
        detailType: String, source: String
    ) {
        out.text(#"{"version":"0","id":""#)
        out.uuid(&numbers)
        out.text(#"","detail-type":""#)
        out.value(detailType)
        out.text(#"","source":""#)
        out.value(source)
        out.text(#"","account":""#)
        out.value(context.account)
        out.text(#"","time":""#)
        out.time(context.time)
        out.text(#"","region":""#)
        out.value(context.region)
        out.text(#"","resources":["#)
    }

    /// Writes `arn:aws:SERVICE:REGION:ACCOUNT:`.
    static func arn(_ out: inout TextWriter, _ service: StaticString, _ context: Context) {
        out.text("arn:aws:")
        out.text(service)
        out.text(":")
        out.value(context.region)
        out.text(":")
        out.value(context.account)
        out.text(":")
    }

    /// Writes an IPv4 address.
    static func address(_ out: inout TextWriter, _ numbers: inout SeededNumbers) {
        let bits = Int(numbers.next() >> 40)
        out.decimal(numbers.pick(AWSPools.networks))
        for shift in [16, 8, 0] {
            out.text(".")
            out.decimal(bits >> shift & 255)
        }
    }

    /// Writes upper case letters and digits, as access keys and request ids have them.
    static func capitals(_ out: inout TextWriter, _ numbers: inout SeededNumbers, count: Int) {
        var bits: UInt64 = 0
        for position in 0..<count {
            if position % 12 == 0 { bits = numbers.next() }
            let digit = UInt8(truncatingIfNeeded: bits & 31)
            bits >>= 5
            out.byte(digit < 26 ? UInt8(ascii: "A") + digit : UInt8(ascii: "2") + digit - 26)
        }
    }
}
