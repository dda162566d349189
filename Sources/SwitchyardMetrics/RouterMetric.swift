/// A thing that a router counts, or measures.
struct RouterMetric: Hashable {
    /// What counts up, and what goes up and down.
    enum Kind: String { case counter, gauge }

    /// Its name, which begins with `switchyard_`.
    let name: String
    let kind: Kind
    /// What it is, in a sentence.
    let help: String

    private init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = kind == .counter ? "switchyard_\(name)_total" : "switchyard_\(name)"
        self.kind = kind
        self.help = help
    }

    // Of a bus.
    static let busAccepted = Self("bus_accepted", .counter, "Events that publishers took on.")
    static let busRouted = Self("bus_routed", .counter, "Events that were matched.")
    static let busBytes = Self("bus_bytes", .counter, "Bytes of events that were matched.")
    static let busMatched = Self("bus_matched", .counter, "Events that a rule matched.")
    static let busUnarchived = Self(
        "bus_unarchived", .counter, "Events that could not be archived.")
    static let busHeld = Self("bus_held", .gauge, "Events that wait until the disk has room.")
    static let busArchived = Self(
        "bus_archived", .gauge, "One more than the last number in the archive.")
    static let busDurable = Self(
        "bus_durable", .gauge, "One more than the last number that is on the disk.")

    // Of a rule.
    static let ruleMatched = Self("rule_matched", .counter, "How often a rule matched.")

    // Of a target.
    static let targetDelivered = Self(
        "target_delivered", .counter, "Events that reached a target.")
    static let targetFailed = Self("target_failed", .counter, "Attempts that failed.")
    static let targetThrottled = Self(
        "target_throttled", .counter, "Attempts that failed because the target wanted fewer.")
    static let targetRetried = Self(
        "target_retried", .counter, "Attempts after the first of each event.")
    static let targetDeadLettered = Self(
        "target_dead_lettered", .counter, "Events that became dead letters.")
    static let targetLost = Self(
        "target_lost", .counter, "Events that were given up and could not become dead letters.")
    static let targetFellBehind = Self(
        "target_fell_behind", .counter, "How often a target fell behind.")
    static let targetCaughtUp = Self(
        "target_caught_up", .counter, "Events that were read from the archive for a target.")
    static let targetMissed = Self(
        "target_missed", .counter, "Events that were not in the archive any more for a target.")
    static let targetQueued = Self("target_queued", .gauge, "Events in a target's queue.")
    static let targetPending = Self(
        "target_pending", .gauge, "Events on their way to a target, or waiting to be tried again.")
    static let targetBehind = Self(
        "target_behind", .gauge, "Whether a target is behind, and gets events from the archive.")

    // Of a lane, and of the whole.
    static let laneWaiting = Self("lane_waiting", .gauge, "Events that wait for a lane.")
    static let laneDropped = Self(
        "lane_dropped", .counter, "Events that a lane had no room for.")
    static let unroutedEntries = Self(
        "unrouted_entries", .counter, "Entries that were published to buses that do not exist.")
    static let deadLettersRemoved = Self(
        "dead_letters_removed", .counter, "Dead letters that were removed for want of room.")
}

/// A number of a router at one moment.
struct RouterSample {
    let metric: RouterMetric
    /// What it is of: names and values of dimensions.
    let place: [(name: String, value: String)]
    let value: UInt64
}
