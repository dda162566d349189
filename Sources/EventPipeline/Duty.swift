/// How long a worker works at a time, and how long it then waits, as far as the last times tell: from that
/// it knows whether it is worth while to stay awake, and whether it has so little to do that others
/// may as well do it.
///
/// To wake a thread up costs both sides some microseconds. So a worker lingers for about as long as that
/// takes if it expects something by then, and parks at once if it does not: at worst it spends twice what
/// it would have had to (the rule of renting skis), and one that waits longer each time spends nothing.
struct Duty {
    /// For how long it lingers at most, in nanoseconds.
    let lingerMax: UInt64
    /// Averages in nanoseconds, in which the last times count most.
    private(set) var work: UInt64 = 0
    private(set) var idle: UInt64 = 0
    private var workBegin: UInt64?
    private var idleBegin: UInt64?

    /// One long wait must not hide that the next ones are short.
    private static let waitMax: UInt64 = 160_000

    init(lingerMax: UInt64) { self.lingerMax = lingerMax }

    /// There is something to be done.
    mutating func beginWork(at time: UInt64) {
        workBegin = time
        guard let begin = idleBegin else { return }
        idleBegin = nil
        Self.add(min(time &- begin, Self.waitMax), to: &idle)
    }

    /// Nothing is there to be done.
    mutating func endWork(at time: UInt64) {
        idleBegin = idleBegin ?? time
        guard let begin = workBegin else { return }
        workBegin = nil
        Self.add(time &- begin, to: &work)
    }

    private static func add(_ sample: UInt64, to average: inout UInt64) {
        average = average &- average / 4 &+ sample / 4
    }

    /// Until when it lingers; nil if it is to park. After ``endWork(at:)``.
    var lingerEnd: UInt64? {
        guard let idleBegin, lingerMax > 0, idle <= lingerMax else { return nil }
        return idleBegin &+ lingerMax
    }

    /// Whether it works for a fifth of the time at most.
    var isLight: Bool { idle >= 4 &* work }
}
