/// How fast a replay goes.
public enum ReplayPace: Sendable, Hashable {
    /// As fast as events can be read and their takers take them.
    case fullSpeed
    /// With the distances that the events have in time, divided by a factor greater than 0: 2 is
    /// twice as fast. Who falls behind, because a taker is slow, makes up for it.
    case times(Double)

    /// With the distances that the events have in time.
    public static let original = ReplayPace.times(1)
}

/// Whose time the pace of a replay follows.
///
/// Events come in the order of their sequence numbers with either. One whose time has passed
/// already, because it was archived behind a later one, is given at once; the time of a replay never
/// goes back.
public enum ReplayTime: Sendable, Hashable {
    /// When events came into the archive.
    case ingest
    /// When events happened, by their own `time`; events without one, when they came in.
    case event
}

/// When the events of a replay are due, on a clock that its caller reads.
struct ReplaySchedule {
    private let factor: Double?
    /// The time of the first event, and when it was replayed.
    private var origin: (time: Int64, clock: UInt64)?
    private var pausedAt: UInt64?

    init(_ pace: ReplayPace) {
        switch pace {
        case .fullSpeed: factor = nil
        case .times(let factor): self.factor = factor
        }
    }

    /// How many nanoseconds from `now` on an event is to wait; 0 once it is due. The first one is
    /// due at once.
    mutating func delay(of time: Int64, now: UInt64) -> UInt64 {
        guard let factor else { return 0 }
        guard let origin else {
            self.origin = (time, now)
            return 0
        }
        guard time > origin.time else { return 0 }
        // As unsigned numbers, so that no distance is too large.
        let distance = Double(UInt64(bitPattern: time &- origin.time)) / factor
        // Beyond the clock's end lies never.
        guard distance < Double(UInt64.max / 2) else { return .max / 2 }
        let elapsed = now &- origin.clock
        let due = UInt64(distance)
        return due > elapsed ? due - elapsed : 0
    }

    /// Stops the time of the replay.
    mutating func pause(now: UInt64) {
        if pausedAt == nil { pausedAt = now }
    }

    /// Lets it go on from where it stopped.
    mutating func resume(now: UInt64) {
        if let pausedAt, let origin {
            self.origin = (origin.time, origin.clock &+ (now &- pausedAt))
        }
        pausedAt = nil
    }
}
