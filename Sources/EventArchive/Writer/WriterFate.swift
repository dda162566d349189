internal import InternalSystem
import Synchronization

/// Whether a writer goes on, known to all who work for it.
///
/// The first error ends it, wherever it happens: appending, on a queue, or in another process that cut
/// a file. What waits for durability is told.
final class WriterFate: @unchecked Sendable {
    // Unchecked: the flag is atomic, the error guarded by the monitor.

    /// Not 0 as soon as the writer must not acknowledge anything more; the handler for cut files
    /// stores to it too. One load for each event.
    let flag: WriterFlag
    let watermark: ArchiveWatermark
    private let monitor = Monitor()
    private var first: ArchiveError?
    private var observers: [@Sendable () -> Void] = []

    init(_ watermark: ArchiveWatermark, flag: WriterFlag) {
        self.watermark = watermark
        self.flag = flag
    }

    /// Whether the writer has ended: all that may be asked under a lock which the observers take.
    var hasEnded: Bool { flag.word.pointee.load(ordering: .acquiring) != 0 }

    /// What ended the writer; nil while it goes on.
    var error: ArchiveError? {
        if flag.word.pointee.load(ordering: .acquiring) == 0 { return nil }
        return endedSlow()
    }

    /// What raised the flag. Without an error that was the guard of a mapping.
    @inline(never)
    private func endedSlow() -> ArchiveError { monitor.withLock { first } ?? end(.fileCut) }

    /// Ends the writer. Returns the error that did, which may be an earlier one.
    @discardableResult
    func end(_ error: ArchiveError) -> ArchiveError {
        let (deciding, told) = monitor.withLock {
            first = first ?? error
            defer { observers = [] }
            return (first ?? error, observers)
        }
        flag.word.pointee.store(1, ordering: .releasing)
        if case .syncFailed = error { watermark.noteFailedSync() }
        watermark.end(deciding)
        for tell in told { tell() }
        return deciding
    }

    /// Calls this when the writer ends: for those who wait for what will not happen then.
    func whenEnded(_ tell: @escaping @Sendable () -> Void) {
        monitor.withLock { observers.append(tell) }
    }
}

/// The flag of a writer and its files. It outlives the mappings whose cutting raises it, since whoever
/// has one of them has this too.
final class WriterFlag: Sendable {
    nonisolated(unsafe) let word = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)

    init() { word.initialize(to: Atomic(0)) }

    deinit { word.deallocate() }
}
