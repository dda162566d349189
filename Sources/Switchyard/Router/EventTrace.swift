public import EventDelivery
public import EventMatching

/// What became of one event: see ``Router/publishTraced(_:to:within:)``.
public struct EventTrace: Sendable {
    /// What a target did with the event.
    public struct TargetOutcome: Sendable {
        /// One attempt to deliver it.
        public struct Attempt: Sendable {
            /// Counted from 1.
            public let number: Int
            /// Nil if it succeeded.
            public let error: DeliveryError?
            /// When it ended, after the event was published.
            public let after: Duration
        }

        /// Where the event is now.
        public enum State: Sendable {
            /// The target has it.
            case delivered
            /// It could not be delivered.
            case deadLettered(DeadLetter)
            /// An inline target was called with it; whether that did any good nobody knows.
            case called
            /// It waits for its turn, for its next attempt, or for the target to answer.
            case underway
        }

        /// The rule.
        public let rule: String
        /// The target's id.
        public let target: String
        /// The attempts so far.
        public let attempts: [Attempt]
        /// Where the event is now.
        public let state: State
    }

    /// A rule that the event did not match.
    public struct Miss: Sendable {
        /// Which fields are not as the rule wants them.
        public let explanation: Explanation
        /// How many fields of its nearest alternative are not as the rule wants them; 0 where each one
        /// is, but not in the same element of an array.
        public let failedFields: Int
        /// Whether the rule is disabled, and might have matched otherwise.
        public let isDisabled: Bool
    }

    /// The bus.
    public let bus: String
    /// The event's sequence number on its bus; nil if it was not routed yet.
    public let sequence: UInt64?
    /// Whether it is in the bus's archive.
    public let isArchived: Bool
    /// How long it took from publication until it was archived and matched.
    public let routedAfter: Duration?
    /// The rules that it matched, in their order.
    public let matchedRules: [String]
    /// The rules that it nearly matched, the nearest first.
    public let nearestMisses: [Miss]
    /// What the targets of the matched rules did.
    public let targets: [TargetOutcome]

    /// Whether no target has anything left to do with it.
    public var isSettled: Bool {
        sequence != nil
            && targets.allSatisfy { if case .underway = $0.state { false } else { true } }
    }
}

extension EventTrace: CustomStringConvertible {
    /// The trace in lines.
    public var description: String {
        var lines: [String] = []
        if let sequence, let routedAfter {
            lines.append(
                "routed on bus \(bus) as number \(sequence), \(isArchived ? "" : "not ")archived, "
                    + "after \(routedAfter)")
        } else {
            lines.append("waits for bus \(bus)")
        }
        if sequence != nil, matchedRules.isEmpty { lines.append("no rule matches") }
        for rule in matchedRules {
            lines.append("matches \(rule)")
            let own = targets.filter { $0.rule == rule }
            if own.isEmpty { lines.append("  the rule has no targets") }
            for target in own {
                for attempt in target.attempts {
                    let outcome = attempt.error.map { "\($0)" } ?? "delivered"
                    lines.append(
                        "  \(target.target): attempt \(attempt.number) after \(attempt.after): "
                            + outcome)
                }
                switch target.state {
                case .delivered: break
                case .called: lines.append("  \(target.target): called")
                case .underway: lines.append("  \(target.target): underway")
                case .deadLettered(let letter):
                    lines.append(
                        "  \(target.target): dead letter, \(letter.code.rawValue): "
                            + letter.message)
                }
            }
        }
        for miss in nearestMisses {
            lines.append(
                "\(miss.isDisabled ? "disabled, " : "")\(miss.explanation)")
        }
        return lines.joined(separator: "\n")
    }
}
