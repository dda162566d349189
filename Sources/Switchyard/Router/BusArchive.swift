internal import EventArchive
internal import EventPipeline
internal import Foundation
internal import JSONScan
internal import Synchronization

/// The archive of a bus, as its lane writes it.
///
/// `@unchecked Sendable`: the writer is used on the lane's queue alone, and by ``close()`` when that
/// has ended.
final class BusArchive: @unchecked Sendable {
    let directory: String
    let failure = ArchiveFailure()
    private let writer: ArchiveWriter
    private let isClosing = Atomic<Bool>(false)
    @exclusivity(unchecked) private(set) var nextSequence: UInt64

    /// How long to wait before a full disk is tried again.
    private static let waitMicroseconds: UInt32 = 20_000

    init(
        directory: String, configuration: ArchiveConfiguration
    ) throws(ArchiveError) {
        self.directory = directory
        writer = try ArchiveWriter(directory: directory, configuration: configuration)
        nextSequence = writer.watermark.appended
    }

    /// How far it has come.
    var watermark: ArchiveWatermark { writer.watermark }
    /// What opening it found and repaired.
    var recoveryReport: ArchiveRecoveryReport { writer.recoveryReport }

    /// Appends an event, and gives its sequence number. Nil where nothing can be archived any more.
    ///
    /// While the disk is full it waits, and with it all buses of the lane: nothing that was accepted
    /// is lost, and publishers get the error.
    @inline(__always)
    func append(
        _ bytes: UnsafeRawBufferPointer, _ index: StructuralIndex, _ ingestTime: Int64
    ) -> UInt64? {
        let envelope = EventEnvelope(index)
        do throws(ArchiveError) {
            let sequence = try writer.append(
                bytes, keys: envelope.keys, eventTime: envelope.time ?? ingestTime,
                ingestTime: ingestTime)
            nextSequence = sequence &+ 1
            return sequence
        } catch {
            return appendSlow(bytes, envelope, ingestTime, error)
        }
    }

    @inline(never)
    private func appendSlow(
        _ bytes: UnsafeRawBufferPointer, _ envelope: EventEnvelope, _ ingestTime: Int64,
        _ first: ArchiveError
    ) -> UInt64? {
        var error = first
        while true {
            failure.set(error)
            guard case .diskFull = error, !isClosing.load(ordering: .relaxed) else { return nil }
            usleep(Self.waitMicroseconds)
            do throws(ArchiveError) {
                let sequence = try writer.append(
                    bytes, keys: envelope.keys, eventTime: envelope.time ?? ingestTime,
                    ingestTime: ingestTime)
                nextSequence = sequence &+ 1
                failure.set(nil)
                return sequence
            } catch let again {
                error = again
            }
        }
    }

    /// Commits what the configured durability asks for.
    func commitIfDue() {
        guard !failure.exists else { return }
        do throws(ArchiveError) {
            try writer.commitIfDue(now: Int64(bitPattern: monotonicNanoseconds()))
        } catch {
            failure.set(error)
        }
    }

    /// Makes a full disk no reason to wait any more.
    func beginClosing() { isClosing.store(true, ordering: .relaxed) }

    /// Seals the archive.
    func close() throws(ArchiveError) {
        let failure = failure.current
        do throws(ArchiveError) { try writer.close() } catch { throw failure ?? error }
        if let failure { throw failure }
    }
}
