internal import InternalSystem
import Synchronization

/// How far an archive has come, readable from any thread while its writer works.
///
/// Both values are ends: every record with a smaller sequence number has got there. Each read is one
/// atomic load; neither value ever goes back.
public final class ArchiveWatermark: @unchecked Sendable {
    // Unchecked: the words are atomics; those in the mapped file `tail`, which this keeps mapped, other
    // processes see too. Everything else is touched under the monitor's lock.
    private let tail: ArchiveTail
    private let appendedEnd: UnsafeMutablePointer<Atomic<UInt64>>
    private let ownsAppendedEnd: Bool
    private let monitor = Monitor()
    private var failure: ArchiveError?
    private var waiters: [UInt64: Waiter] = [:]
    private var nextWaiter: UInt64 = 0

    private struct Waiter {
        let sequence: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// With `publishesAppends`, a record can be read in the file as soon as it is appended; without, only
    /// when `advancePublished` says so.
    init(_ tail: ArchiveTail, publishesAppends: Bool) {
        self.tail = tail
        ownsAppendedEnd = !publishesAppends
        if publishesAppends {
            appendedEnd = tail.publishedWord
        } else {
            appendedEnd = .allocate(capacity: 1)
            appendedEnd.initialize(to: Atomic(tail.published))
        }
    }

    deinit { if ownsAppendedEnd { appendedEnd.deallocate() } }

    /// One more than the last sequence number appended. With ``ArchiveDurability/none`` a crash of the
    /// process loses none of them.
    public var appended: UInt64 { appendedEnd.pointee.load(ordering: .acquiring) }

    /// One more than the last sequence number made durable: a crash of the machine loses none.
    public var durable: UInt64 { tail.durable }

    /// Blocks until the record with this number is durable. Somebody has to commit meanwhile.
    ///
    /// Throws the error that ended the writer before, `closed` after its end: then the record may be
    /// lost.
    public func waitUntilDurable(_ sequence: UInt64) throws(ArchiveError) {
        if durable > sequence { return }
        try monitor.withLock { () throws(ArchiveError) in
            monitor.wait { durable > sequence || failure != nil }
            if durable <= sequence, let failure { throw failure }
        }
    }

    /// Suspends until the record with this number is durable; throws as ``waitUntilDurable(_:)``, and
    /// `CancellationError` if the task is cancelled first.
    public func untilDurable(_ sequence: UInt64) async throws {
        if durable > sequence { return }
        let number = monitor.withLock {
            nextWaiter += 1
            return nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = monitor.withLock { () -> Result<Void, any Error>? in
                    if durable > sequence { return .success(()) }
                    if let failure { return .failure(failure) }
                    // Also where it was cancelled before this: the handler has found nobody then.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    waiters[number] = Waiter(sequence: sequence, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = monitor.withLock { waiters.removeValue(forKey: number) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}

extension ArchiveWatermark {
    @inline(__always)
    func advanceAppended(to sequence: UInt64) {
        appendedEnd.pointee.store(sequence, ordering: .releasing)
    }

    /// Where appending publishes nothing.
    func advancePublished(to sequence: UInt64) {
        tail.publishedWord.pointee.store(sequence, ordering: .releasing)
    }

    /// Never goes back, whoever calls it.
    func advanceDurable(to sequence: UInt64) {
        let ready = monitor.withLock { () -> [Waiter] in
            guard sequence > durable else { return [] }
            tail.durableWord.pointee.store(sequence, ordering: .releasing)
            monitor.wakeAll()
            let ready = waiters.filter { $0.value.sequence < sequence }
            for number in ready.keys { waiters.removeValue(forKey: number) }
            return Array(ready.values)
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Nothing more will become durable. The first error counts.
    func end(_ error: ArchiveError) {
        let left = monitor.withLock { () -> [Waiter] in
            failure = failure ?? error
            monitor.wakeAll()
            defer { waiters = [:] }
            return Array(waiters.values)
        }
        for waiter in left { waiter.continuation.resume(throwing: error) }
    }

    /// Tells the next writer that what it finds in memory may not be on the disk.
    func noteFailedSync() { tail.noteFailedSync() }
}
