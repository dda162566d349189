package import RoutingInterface
internal import Synchronization

/// Where the matches of one rule go: what a bus's rule book has as the rule's attachment, and so what
/// a match is on the way of an event, a pointer to one of these.
///
/// `@unchecked Sendable`: the table is exchanged and read on the lane's queue alone, the rest is
/// atomic.
package final class RuleRoute: @unchecked Sendable {
    /// What stands for the rule's targets; `sinks` keeps them alive.
    @exclusivity(unchecked)
    private(set) var targets = UnsafeMutableBufferPointer<Unmanaged<MatchSink>>(
        start: nil, count: 0)
    @exclusivity(unchecked) private var sinks: [MatchSink] = []
    private let matchedCount = Atomic<UInt64>(0)
    private let doubled = Atomic<Bool>(false)

    /// Creates a route that leads nowhere.
    package init() {}

    deinit { targets.deallocate() }

    /// Takes other targets into use. On the lane's queue.
    package func install(_ sinks: [MatchSink]) {
        targets.deallocate()
        targets = .allocate(capacity: sinks.count)
        _ = targets.initialize(from: sinks.lazy.map(Unmanaged.passUnretained))
        self.sinks = sinks
    }

    /// Whether both a pattern and a schedule stand for the rule, so that an event may match twice.
    package var isDoubled: Bool {
        get { doubled.load(ordering: .relaxed) }
        set { doubled.store(newValue, ordering: .relaxed) }
    }

    /// How often the rule matched.
    package var matched: UInt64 { matchedCount.load(ordering: .relaxed) }

    /// Counts a match. On the lane's queue, which alone writes the count.
    @inline(__always)
    func count() {
        matchedCount.store(matchedCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }
}

/// The rules that an event matches, as pointers to their routes; on a bus with a `BusHandler`, as their positions
/// in its rule set (`RuleBook.init(fixed:)`).
///
/// Whoever uses one sees to it that the edition of the rule book that they are from is still there.
struct RouteMatches {
    let attachments: UnsafeBufferPointer<UnsafeRawPointer?>

    static var none: RouteMatches {
        RouteMatches(attachments: UnsafeBufferPointer(start: nil, count: 0))
    }
    var count: Int { attachments.count }
    var isEmpty: Bool { attachments.isEmpty }

    /// Calls `body` with the route of each rule, with that of a doubled one once.
    @inline(__always)
    func forEach(_ body: (borrowing RuleRoute) -> Void) {
        for position in attachments.indices {
            guard let attachment = attachments[position] else { continue }
            Unmanaged<RuleRoute>.fromOpaque(attachment)._withUnsafeGuaranteedRef { route in
                if route.isDoubled, attachments[..<position].contains(attachment) { return }
                body(route)
            }
        }
    }
}
