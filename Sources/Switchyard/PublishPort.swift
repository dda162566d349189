internal import Dispatch
internal import EventArchive
internal import EventMatching
internal import EventPipeline
internal import Synchronization

/// A bus's way in: where its publishers send events, and whether it takes any.
final class PublishPort: Sendable {
    // In this order it all fits into one cache line, the only one of its bus that a publisher reads.

    let stage: Stage<MPSCRing>
    let pool: SlabPool
    /// Events that publishers took on.
    let accepted = Atomic<UInt64>(0)
    /// Why the archive can't be written, if so.
    let archiveFailure: ArchiveFailure
    /// The bus's rules, for publishers to match while the lane is busy; nil for leaving that to it.
    let book: RuleBook?
    /// The bus's number on its stage.
    let key: UInt32
    let backPressure: BackPressure
    /// Whether the bus has an archive.
    let isArchived: Bool
    private let closed = Atomic<Bool>(false)

    init(
        stage: Stage<MPSCRing>, pool: SlabPool, key: UInt32, backPressure: BackPressure,
        archiveFailure: ArchiveFailure, book: RuleBook? = nil,
        isArchived: Bool = true
    ) {
        self.stage = stage
        self.pool = pool
        self.key = key
        self.backPressure = backPressure
        self.archiveFailure = archiveFailure
        self.book = book
        self.isArchived = isArchived
    }

    /// Whether nothing will be accepted any more.
    var isClosed: Bool { closed.load(ordering: .relaxed) || stage.isClosed }

    /// Refuses whatever is published from now on.
    func close() { closed.store(true, ordering: .relaxed) }
}

/// A bus that was looked up by its name.
package struct BusHandle: Sendable {
    let port: PublishPort
}

/// The error that keeps an archive from being written: set and cleared by the worker, seen by
/// publishers.
final class ArchiveFailure: Sendable {
    /// That of all buses without an archive: never set.
    static let never = ArchiveFailure()

    private let isSet = Atomic<Bool>(false)
    private let queue = DispatchQueue(label: "switchyard.archive-failure")
    /// Only touched on `queue`.
    nonisolated(unsafe) private var error: ArchiveError?

    /// The error; nil while all is well, which costs one atomic load.
    var current: ArchiveError? {
        isSet.load(ordering: .acquiring) ? queue.sync { error } : nil
    }

    /// Whether there is an error. Cheap.
    var exists: Bool { isSet.load(ordering: .relaxed) }

    /// Sets or clears the error.
    func set(_ error: ArchiveError?) {
        queue.sync { self.error = error }
        isSet.store(error != nil, ordering: .releasing)
    }
}
