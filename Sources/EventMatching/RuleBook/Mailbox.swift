internal import JSONScan
internal import Synchronization

/// Where a ``LiveMatcher`` finds the newest edition: the one place where the thread that matches and
/// those that change rules meet.
///
/// Neither waits for the other. Whoever publishes an edition puts a delivery in, in place of one
/// that was not fetched; the matcher looks once an event whether there is anything, which is one
/// load of a cache line that nobody else writes to in between, and then takes it out.
///
/// Invariant: from a delivery on, there is one until the matcher takes it out. Were it empty for a
/// moment while one takes the place of another, an event could miss a change that had returned before.
///
/// `@unchecked Sendable`: the pointer is atomic, and whoever takes it out owns what it points to; one
/// thread at a time puts in.
final class Mailbox: @unchecked Sendable {
    /// What the matcher shares with others of its thread.
    let scratch: MatcherScratch
    /// A retained ``MailboxItem``, or nil.
    private let pending = Atomic<UnsafeRawPointer?>(nil)
    /// The last one that was put in, fetched or not. Only touched by who puts in.
    private var last: MailboxItem?

    init(_ scratch: MatcherScratch) { self.scratch = scratch }

    deinit { _ = take() }

    /// Whether there is nothing new.
    @inline(__always)
    var isEmpty: Bool { pending.load(ordering: .relaxed) == nil }

    /// Takes out what is there.
    func take() -> MailboxItem? {
        guard let delivery = pending.exchange(nil, ordering: .acquiringAndReleasing) else {
            return nil
        }
        return Unmanaged<MailboxItem>.fromOpaque(delivery).takeRetainedValue()
    }

    /// Puts an edition in, with the matchers for the levels that are new since the one before. Those
    /// that were put in with editions before go along: whether they were fetched, nobody knows.
    func put(_ edition: RuleEdition, _ new: [LevelMatcher]) {
        let before = (last?.matchers ?? []).filter { matcher in
            edition.parts.contains { $0.level === matcher.level }
        }
        let delivery = MailboxItem(edition, new + before)
        last = delivery
        let pointer = UnsafeRawPointer(Unmanaged.passRetained(delivery).toOpaque())
        if let unfetched = pending.exchange(pointer, ordering: .acquiringAndReleasing) {
            Unmanaged<MailboxItem>.fromOpaque(unfetched).release()
        }
    }
}

/// An edition for one matcher, with scratch memory for levels that may be new to it.
final class MailboxItem: Sendable {
    let edition: RuleEdition
    let matchers: [LevelMatcher]

    init(_ edition: RuleEdition, _ matchers: [LevelMatcher]) {
        self.edition = edition
        self.matchers = matchers
    }
}

/// A ``Matcher`` for one level, in a place of its own; or for a small level the one that is lent.
///
/// Invariant: `matcher` points to an initialised matcher, which belongs to the object and goes with
/// it, unless it is lent: then it belongs to the ``MatcherScratch``, which the mailbox has.
/// `@unchecked Sendable`: it is used by the matcher's thread alone, which gets it in a ``MailboxItem``;
/// others only hold it.
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
