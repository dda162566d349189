import Synchronization

/// How far an archive has come, readable from any thread while its writer works.
///
/// Both values are ends: every record with a smaller sequence number has got there. Each read is one
/// atomic load; neither value ever goes back.
public final class ArchiveWatermark: @unchecked Sendable {
    // Unchecked: the words are atomics in the mapped file `tail`, which this keeps mapped; there other
    // processes see them too.
    private let appendedEnd: UnsafeMutablePointer<Atomic<UInt64>>
    private let durableEnd: UnsafeMutablePointer<Atomic<UInt64>>
    private let tail: ArchiveTail

    init(_ tail: ArchiveTail) {
        self.tail = tail
        appendedEnd = tail.publishedWord
        durableEnd = tail.durableWord
    }

    /// One more than the last sequence number appended: a crash of the process loses none of them.
    public var appended: UInt64 { appendedEnd.pointee.load(ordering: .acquiring) }

    /// One more than the last sequence number made durable: a crash of the machine loses none.
    public var durable: UInt64 { durableEnd.pointee.load(ordering: .acquiring) }

    @inline(__always)
    func advanceAppended(to sequence: UInt64) {
        appendedEnd.pointee.store(sequence, ordering: .releasing)
    }

    func advanceDurable(to sequence: UInt64) {
        durableEnd.pointee.store(sequence, ordering: .releasing)
    }
}
