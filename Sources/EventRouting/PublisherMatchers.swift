internal import EventMatching

/// How a publisher matches for its lane while that is busy: a matcher for each bus that it publishes
/// to, all with the same scratch memory.
///
/// A matcher is made when the first event of its bus is matched here, and takes some 300 bytes. One of
/// a bus that was removed goes when another bus gets its place, or with the publisher.
///
/// Invariant: `entries` has `count` initialised entries, each of which owns its matcher.
struct PublisherMatchers: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var key: UInt32 = 0
        var matcher: UnsafeMutablePointer<LiveMatcher>?

        func deallocate() {
            matcher?.deinitialize(count: 1)
            matcher?.deallocate()
        }
    }

    /// By the places of the buses' keys.
    private var entries: UnsafeMutablePointer<Entry>
    private var count = 0
    private var scratch: MatcherScratch?

    init() { entries = .allocate(capacity: 0) }

    deinit {
        for place in 0..<count { entries[place].deallocate() }
        entries.deallocate()
    }

    /// The matcher for a bus, valid until another one is asked for. Allocates for the first event of a
    /// bus only.
    @inline(__always)
    mutating func matcher(for port: PublishPort) -> UnsafeMutablePointer<LiveMatcher> {
        let place = BusKeys.place(of: port.key)
        if place < count, entries[place].key == port.key, let known = entries[place].matcher {
            return known
        }
        return makeMatcherSlow(for: port, at: place)
    }

    @inline(never)
    private mutating func makeMatcherSlow(
        for port: PublishPort, at place: Int
    ) -> UnsafeMutablePointer<LiveMatcher> {
        if place >= count { grow(to: max(place + 1, 2 * count)) }
        entries[place].deallocate()
        let scratch = scratch ?? MatcherScratch()
        self.scratch = scratch
        let matcher = UnsafeMutablePointer<LiveMatcher>.allocate(capacity: 1)
        matcher.initialize(to: port.book.makeMatcher(sharing: scratch))
        entries[place] = Entry(key: port.key, matcher: matcher)
        return matcher
    }

    private mutating func grow(to needed: Int) {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: needed)
        larger.initialize(from: entries, count: count)
        (larger + count).initialize(repeating: Entry(), count: needed - count)
        entries.deallocate()
        (entries, count) = (larger, needed)
    }
}
