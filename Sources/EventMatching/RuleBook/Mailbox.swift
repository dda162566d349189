internal import JSONScan
internal import Synchronization

/// Where a ``LiveMatcher`` finds the newest edition: the one place where the thread that matches and
/// those that change rules meet.
///
/// Neither waits for the other. Whoever publishes an edition puts a delivery in, in place of one
/// that was not fetched; the matcher looks once an event whether there is anything, which is one
/// load of a cache line that nobody else writes to in between, and then takes it out.
///
/// `@unchecked Sendable`: the pointer is atomic, and whoever takes it out owns what it points to.
final class Mailbox: @unchecked Sendable {
    /// What the matcher shares with others of its thread.
    let scratch: MatcherScratch
    /// A retained ``Delivery``, or nil. Put in by one thread at a time.
    private let pending = Atomic<UnsafeRawPointer?>(nil)

    init(_ scratch: MatcherScratch) { self.scratch = scratch }

    deinit { _ = take() }

    /// Whether there is nothing new.
    @inline(__always)
    var isEmpty: Bool { pending.load(ordering: .relaxed) == nil }

    /// Takes out what is there.
    func take() -> Delivery? {
        guard let delivery = pending.exchange(nil, ordering: .acquiringAndReleasing) else {
            return nil
        }
        return Unmanaged<Delivery>.fromOpaque(delivery).takeRetainedValue()
    }

    /// Puts a delivery in. Matchers that were made for one before, which nobody fetched, go along.
    func put(_ delivery: Delivery) {
        if let unfetched = take() { delivery.takeOver(unfetched) }
        let pointer = UnsafeRawPointer(Unmanaged.passRetained(delivery).toOpaque())
        let before = pending.exchange(pointer, ordering: .acquiringAndReleasing)
        assert(before == nil, "two threads put deliveries into one mailbox")
    }
}

/// An edition for one matcher, with the scratch memory for the levels that are new to it.
///
/// `@unchecked Sendable`: it belongs to whoever has it, first the one who publishes and then the one
/// who takes it out of the mailbox.
final class Delivery: @unchecked Sendable {
    let edition: RuleEdition
    private(set) var matchers: [LevelMatcher]

    init(_ edition: RuleEdition, _ matchers: [LevelMatcher]) {
        self.edition = edition
        self.matchers = matchers
    }

    fileprivate func takeOver(_ unfetched: Delivery) {
        matchers += unfetched.matchers.filter { matcher in
            edition.parts.contains { $0.level === matcher.level }
        }
    }
}

/// A ``Matcher`` for one level, in a place of its own; or for a small level the one that is lent.
///
/// Invariant: `matcher` points to an initialised matcher, which belongs to the object and goes with
/// it, unless it is lent: then it belongs to the ``MatcherScratch``, which the mailbox has.
/// `@unchecked Sendable`: it is used by one thread at a time, and changes hands in a ``Delivery``.
final class LevelMatcher: @unchecked Sendable {
    let level: RuleLevel
    let matcher: UnsafeMutablePointer<Matcher>
    private let isLent: Bool

    init(_ level: RuleLevel, for mailbox: Mailbox) {
        self.level = level
        if let lent = mailbox.scratch.lent, level.compiled.isSmall {
            matcher = lent
            isLent = true
            return
        }
        isLent = false
        matcher = .allocate(capacity: 1)
        matcher.initialize(to: Matcher(level.compiled, kernel: mailbox.scratch.kernel))
    }

    deinit {
        if isLent { return }
        matcher.deinitialize(count: 1)
        matcher.deallocate()
    }
}
