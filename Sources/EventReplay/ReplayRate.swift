/// At most so many events a second, at equal distances, on a clock that its caller reads.
///
/// Who comes late, because a timer did or a target was slow, makes up for what was due in the last
/// ``lateNanoseconds``, and for no more: a target that was away does not get all at once.
struct ReplayRate {
    /// How much lateness is made up for: more than timers have, less than anybody notices.
    static let lateNanoseconds: UInt64 = 100_000_000
    /// The least and the most that can be asked for: one event in about three hours, and more than can
    /// be read.
    static let range = 0.0001...1e9

    /// The limit; nil for none.
    let eventsPerSecond: Double?
    private let distance: UInt64
    /// When the next one is due.
    private var due: UInt64?

    /// - Parameter eventsPerSecond: in ``range``; what is no number is no limit.
    init(_ eventsPerSecond: Double? = nil) {
        let eventsPerSecond = eventsPerSecond.flatMap { $0.isNaN ? nil : $0 }
        self.eventsPerSecond = eventsPerSecond
        distance = eventsPerSecond.map { UInt64((1e9 / $0).rounded()) } ?? 0
    }

    /// How many nanoseconds from `now` on the next event is to wait; 0 once it is due. The first one is
    /// due at once.
    func delay(now: UInt64) -> UInt64 {
        guard let due, due > now else { return 0 }
        return due - now
    }

    /// Notes that an event was given.
    mutating func take(now: UInt64) {
        guard distance > 0 else { return }
        let earliest = now > Self.lateNanoseconds ? now - Self.lateNanoseconds : 0
        due = max(due ?? now, earliest) + distance
    }
}
