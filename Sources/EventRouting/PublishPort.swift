package import EventArchive
package import EventMatching
package import EventPipeline
internal import InternalSystem
package import Synchronization

/// A bus's way in: where its publishers send events, and whether it takes any.
package final class PublishPort: Sendable {
    // In this order it all fits into one cache line, the only one of its bus that a publisher reads.

    package let stage: Stage<MPSCRing>
    package let pool: SlabPool
    /// Events that publishers took on.
    package let accepted = Atomic<UInt64>(0)
    /// Why the archive can't be written, if so.
    package let archiveFailure: ArchiveFailure
    /// The bus's rules, for publishers to match while the lane is busy.
    let book: RuleBook
    /// The bus's number on its stage.
    package let key: UInt32
    package let backPressure: BackPressure
    /// Whether the bus has an archive.
    let isArchived: Bool
    private let closed = Atomic<Bool>(false)
    /// How far the archive has come, if all that is routed is made durable; else nil.
    private let durability: ArchiveWatermark?

    package init(
        stage: Stage<MPSCRing>, pool: SlabPool, key: UInt32, backPressure: BackPressure,
        archive: BusArchive?, book: RuleBook
    ) {
        self.stage = stage
        self.pool = pool
        self.key = key
        self.backPressure = backPressure
        archiveFailure = archive?.failure ?? .never
        self.book = book
        isArchived = archive != nil
        durability = archive?.commitsAll == true ? archive?.watermark : nil
    }

    /// Whether nothing will be accepted any more.
    package var isClosed: Bool { closed.load(ordering: .relaxed) || stage.isClosed }

    /// Whether what is archived is made durable before it counts as taken on.
    var isMadeDurable: Bool { durability != nil }

    /// Refuses whatever is published from now on.
    package func close() { closed.store(true, ordering: .relaxed) }

    /// Blocks until everything is durable that was archived before, if the archive's durability is
    /// `batch`.
    package func waitUntilDurable() throws(ArchiveError) {
        guard let durability, case let end = durability.appended, end > 0 else { return }
        try durability.waitUntilDurable(end - 1)
    }

    /// The same, suspended; not cancelled with its task.
    package func untilDurable() async throws(ArchiveError) {
        guard let durability, case let end = durability.appended, durability.durable < end
        else { return }
        let result = await Task { try await durability.untilDurable(end - 1) }.result
        do { try result.get() } catch let error as ArchiveError { throw error } catch {}
    }
}

/// A bus that was looked up by its name.
package struct BusHandle: Sendable {
    package let port: PublishPort

    /// Creates a handle.
    package init(port: PublishPort) { self.port = port }
}

/// The error that keeps an archive from being written: set and cleared by the worker, seen by
/// publishers.
package final class ArchiveFailure: Sendable {
    /// That of all buses without an archive: never set.
    static let never = ArchiveFailure()

    private let isSet = Atomic<Bool>(false)
    private let error = Guarded<ArchiveError?>(nil)

    /// The error; nil while all is well, which costs one atomic load.
    package var current: ArchiveError? {
        isSet.load(ordering: .acquiring) ? currentSlow() : nil
    }

    @inline(never)
    private func currentSlow() -> ArchiveError? { error.withLock { $0 } }

    /// Whether there is an error. Cheap.
    package var exists: Bool { isSet.load(ordering: .relaxed) }

    /// Sets or clears the error.
    func set(_ error: ArchiveError?) {
        self.error.withLock { $0 = error }
        isSet.store(error != nil, ordering: .releasing)
    }
}
