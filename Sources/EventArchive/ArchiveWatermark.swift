import Synchronization

/// How far an archive has come, readable from any thread while its writer works.
///
/// Both values are ends: every record with a smaller sequence number has got there. Each read is one
/// atomic load; neither value ever goes back.
public final class ArchiveWatermark: Sendable {
    private let appendedEnd: Atomic<UInt64>
    // The first changes with every event, the second rarely: a line of its own keeps those who wait
    // for the second from slowing the writer. 128 bytes, since lines are fetched in pairs.
    private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    private let morePadding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    private let durableEnd: Atomic<UInt64>

    init(_ sequence: UInt64) {
        appendedEnd = Atomic(sequence)
        durableEnd = Atomic(sequence)
    }

    /// One more than the last sequence number appended: a crash of the process loses none of them.
    public var appended: UInt64 { appendedEnd.load(ordering: .acquiring) }

    /// One more than the last sequence number made durable: a crash of the machine loses none.
    public var durable: UInt64 { durableEnd.load(ordering: .acquiring) }

    @inline(__always)
    func advanceAppended(to sequence: UInt64) {
        appendedEnd.store(sequence, ordering: .releasing)
    }

    func advanceDurable(to sequence: UInt64) {
        durableEnd.store(sequence, ordering: .releasing)
    }
}
