import Synchronization

/// Events, bytes and time of one stage, added up by batches. Any thread may add and read.
package final class StageCounters: Sendable {
    /// What was counted so far.
    package struct Snapshot: Sendable, Equatable {
        /// How many events.
        package var events: UInt64 = 0
        /// How many bytes they had.
        package var bytes: UInt64 = 0
        /// How long they took, all together.
        package var nanoseconds: UInt64 = 0
    }

    /// The three on three lines: adding is three instructions, a batch.
    @usableFromInline let words: PaddedAtomics

    /// Creates counters at zero.
    package init() {
        self.words = PaddedAtomics(count: 3)
    }

    /// Adds a batch. O(1), three atomic additions: call it per batch, not per event.
    @inlinable
    package func add(events: Int, bytes: Int, nanoseconds: UInt64) {
        self.words[0].count(events)
        self.words[1].count(bytes)
        self.words[2].pointee.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    /// The sums so far. Read one after the other: they may be off by a batch against each other.
    package var snapshot: Snapshot {
        Snapshot(
            events: self.words[0].counted, bytes: self.words[1].counted,
            nanoseconds: self.words[2].counted)
    }
}
