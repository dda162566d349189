package import EventArchive
internal import EventPipeline
package import InternalSystem
package import RoutingInterface
internal import Synchronization

/// The journal of a bus in an archive directory, as its lane writes it.
///
/// `@unchecked Sendable`: the writer is used on the lane's queue alone, and by ``close()`` when that
/// has ended.
package final class BusArchive: EventLog, @unchecked Sendable {
    package let directory: String
    package let failure = ArchiveFailure()
    /// Whether each run of events is committed.
    let commitsAll: Bool
    private let writer: ArchiveWriter
    private let isClosing = Atomic<Bool>(false)
    @exclusivity(unchecked) package private(set) var nextSequence: UInt64

    /// How long to wait before a full disk is tried again.
    static let waitMilliseconds = 20

    package init(
        directory: String, configuration: ArchiveConfiguration,
        clock: any TimeSource = SystemClock.shared
    ) throws(ArchiveError) {
        self.directory = directory
        commitsAll = configuration.durability == .batch
        writer = try ArchiveWriter(
            directory: directory, configuration: configuration, clock: clock)
        nextSequence = writer.watermark.appended
    }

    /// How far it has come.
    package var watermark: ArchiveWatermark { writer.watermark }
    package var currentFailure: ArchiveError? { failure.current }

    package func makeReader(from first: UInt64) throws(ArchiveError) -> any EventLogReader {
        try BusArchiveReader(directory: directory, from: first)
    }

    /// What opening it found and repaired.
    package var recoveryReport: ArchiveRecoveryReport { writer.recoveryReport }

    /// What became of an event.
    enum Outcome {
        /// It has this sequence number.
        case appended(UInt64)
        /// The disk is full: try again, later.
        case full
        /// Nothing can be archived any more.
        case failed
    }

    /// Appends an event. While the disk is full, publishers get the error.
    @inline(__always)
    func append(
        _ bytes: UnsafeRawBufferPointer, _ keys: ArchiveKeys, _ time: Int64, _ ingestTime: Int64,
        hops: UInt8
    ) -> Outcome {
        do throws(ArchiveError) {
            let sequence = try writer.append(
                bytes, keys: keys, eventTime: time, ingestTime: ingestTime, hops: hops)
            nextSequence = sequence &+ 1
            return .appended(sequence)
        } catch {
            return failSlow(error)
        }
    }

    @inline(never)
    private func failSlow(_ error: ArchiveError) -> Outcome {
        failure.set(error)
        guard case .diskFull = error, !isClosing.load(ordering: .relaxed) else { return .failed }
        return .full
    }

    /// Says that there is room again, if all that was missing was room.
    func endWaiting() {
        if case .diskFull = failure.current, !isClosing.load(ordering: .relaxed) {
            failure.set(nil)
        }
    }

    /// Begins to commit what the configured durability asks for: while that runs, the next run is
    /// routed, and goes with the next commit.
    package func startCommitIfDue() {
        guard !failure.exists else { return }
        do throws(ArchiveError) {
            try writer.startCommitIfDue()
        } catch {
            noteSlow(error)
        }
    }

    @inline(never)
    private func noteSlow(_ error: ArchiveError) { failure.set(error) }

    /// Makes a full disk no reason to wait any more.
    package func beginClosing() { isClosing.store(true, ordering: .relaxed) }

    /// Seals the archive.
    package func close() throws(ArchiveError) {
        let failure = failure.current
        do throws(ArchiveError) { try writer.close() } catch { throw failure ?? error }
        if let failure { throw failure }
    }
}
