package import EventArchive
internal import EventEnvelope
internal import Foundation
package import InternalSystem
internal import JSONScan

/// Where dead letters go: an archive of their own, in which they can be read and from which they can
/// be sent again.
package final class DeadLetterOffice: Sendable {
    /// What became of a letter.
    package enum Fate: Sendable {
        /// It is in the archive.
        case written
        /// There is no archive for it.
        case nowhere
        /// The archive could not be written.
        case failed
    }

    private let directory: String?
    private let clock: any TimeSource
    private let lock = Lock()
    // Only touched under the lock.
    nonisolated(unsafe) private var writer: ArchiveWriter?
    nonisolated(unsafe) private var output: [UInt8] = []
    /// The first letter that was not sent again.
    nonisolated(unsafe) private var firstWaiting: UInt64 = 0

    /// How many letters went before they were sent again, for want of room.
    nonisolated(unsafe) private var removedCount: UInt64 = 0

    /// How much larger than the largest event a letter may be: names, codes, messages.
    private static let letterOverheadBytes = 64 << 10

    /// Opens the archive in a directory, or is an office that keeps nothing.
    ///
    /// - Parameter bytesMax: how large the archive may become: then the oldest letters go.
    package init(
        directory: String?, eventBytesMax: Int, bytesMax: Int = 1 << 30, clock: any TimeSource
    ) throws(ArchiveError) {
        self.directory = directory
        self.clock = clock
        guard let directory else { return }
        // What is written can be read at once, and survives the process; `startCommit` makes it survive
        // the machine.
        let letterBytes = min(
            eventBytesMax + Self.letterOverheadBytes, ArchiveFormat.eventBytesMax)
        var configuration = ArchiveConfiguration(
            segmentBytes: (4 * letterBytes + 4_095) / 4_096 * 4_096, eventBytesMax: letterBytes,
            durability: .none)
        configuration.prefaultBytes = 0
        // The newest segment that has letters stays, and the one that is written.
        configuration.retention.bytes = UInt64(max(bytesMax, 2 * configuration.segmentBytes))
        let writer = try ArchiveWriter(
            directory: directory, configuration: configuration, clock: clock)
        self.writer = writer
        let text = FileManager.default.contents(atPath: directory + ".redriven")
        firstWaiting = text.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0
        // Where the machine lost letters that had been sent again, new ones get their numbers, and wait.
        let end = writer.watermark.appended
        if firstWaiting > end {
            firstWaiting = end
            do { try noteFirstWaiting(directory) } catch {
                throw .system(call: "write", file: directory + ".redriven", errno: errno)
            }
        }
    }

    private func noteFirstWaiting(_ directory: String) throws {
        try Data("\(firstWaiting)".utf8).write(
            to: URL(fileURLWithPath: directory + ".redriven"), options: .atomic)
    }

    /// Keeps a letter. Not durable before ``startCommit()``, but it survives the process.
    package func write(_ letter: DeadLetter) -> Fate {
        lock.withLock {
            guard let writer else { return .nowhere }
            output.removeAll(keepingCapacity: true)
            letter.write(to: &output)
            let now = clock.wallTime
            do {
                try output.withUnsafeBytes {
                    _ = try writer.append($0, eventTime: now, ingestTime: now)
                }
                noteRemoved(by: writer)
                return .written
            } catch {
                return .failed
            }
        }
    }

    /// Counts letters that retention has removed. Under the lock.
    private func noteRemoved(by writer: ArchiveWriter) {
        let end = writer.upkeepReport.endSequence
        guard end > firstWaiting else { return }
        removedCount += end - firstWaiting
        firstWaiting = end
    }

    /// How many letters were removed before they were sent again, because there were too many.
    package var removed: UInt64 {
        lock.withLock {
            if let writer { noteRemoved(by: writer) }
            return removedCount
        }
    }

    /// Begins to make what was kept durable. Does not wait for it: targets write letters meanwhile. If
    /// it fails, so does every later ``write(_:)``.
    package func startCommit() {
        lock.withLock { try? writer?.startCommit() }
    }

    /// The letters that were not sent again, oldest first, at most `limit` of them.
    package func waiting(limit: Int) throws(ArchiveError) -> [DeadLetter] {
        guard let directory else { return [] }
        let (first, end) = lock.withLock { (firstWaiting, writer?.watermark.appended ?? 0) }
        guard first < end else { return [] }
        let reader = try ArchiveReader(directory: directory)
        var cursor = reader.cursor(over: .sequences(first..<end))
        var scanner = StructuralScanner()
        var letters: [DeadLetter] = []
        while letters.count < limit, let record = try cursor.next() {
            let sequence = record.sequence
            let letter = record.bytes.withUnsafeBytes { bytes in
                (try? scanner.scan(bytes)).flatMap {
                    DeadLetter(JSONValue($0), number: sequence)
                }
            }
            if let letter { letters.append(letter) }
        }
        return letters
    }

    /// Says that all letters up to this one were sent again.
    package func sent(through number: UInt64) throws {
        guard let directory else { return }
        try lock.withLock {
            firstWaiting = max(firstWaiting, number + 1)
            try noteFirstWaiting(directory)
        }
    }

    /// Seals the archive.
    package func close() throws(ArchiveError) {
        try lock.withLock { () throws(ArchiveError) in try writer?.close() }
    }
}
