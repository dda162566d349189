package import EventArchive
internal import EventEnvelope
package import InternalSystem
internal import JSONScan

/// Dead letters in an archive of their own.
package final class ArchiveDeadLetterStore: DeadLetterStore {
    private let directory: String
    private let clock: any TimeSource
    private let lock = Lock()
    // Only touched under the lock, as is all that follows.
    private let writer: ArchiveWriter
    nonisolated(unsafe) private var output: [UInt8] = []
    /// The first letter that was not sent again.
    nonisolated(unsafe) private var firstWaiting: UInt64 = 0

    /// How many letters went before they were sent again, for want of room.
    nonisolated(unsafe) private var removedCount: UInt64 = 0

    /// How much larger than the largest event a letter may be: names, codes, messages.
    private static let letterOverheadBytes = 64 << 10

    /// Opens the archive in a directory.
    ///
    /// - Parameter bytesMax: how large the archive may become: then the oldest letters go.
    /// - Throws: what keeps the archive from being opened, or the number of the first letter that
    ///   waits from being written.
    package init(
        directory: String, eventBytesMax: Int, bytesMax: Int = 1 << 30, clock: any TimeSource
    ) throws(ArchiveError) {
        self.directory = directory
        self.clock = clock
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
        writer = try ArchiveWriter(
            directory: directory, configuration: configuration, clock: clock)
        do throws(FileError) {
            // What makes no sense costs letters that are sent once more.
            let text = try WholeFile.read(directory + Self.numberSuffix)
            firstWaiting = text.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0
            // Where the machine lost letters that had been sent again, new ones get their numbers, and
            // wait.
            let end = writer.watermark.appended
            if firstWaiting > end {
                firstWaiting = end
                try noteFirstWaiting()
            }
        } catch { throw .system(call: error.call, file: error.path, errno: error.code) }
    }

    /// Of the file beside the archive that has the number of the first letter that waits.
    private static let numberSuffix = ".redriven"

    private func noteFirstWaiting() throws(FileError) {
        _ = try WholeFile.replace(
            directory + Self.numberSuffix, with: Array("\(firstWaiting)".utf8))
    }

    package func write(_ letter: DeadLetter) -> DeadLetterFate {
        lock.withLock {
            output.removeAll(keepingCapacity: true)
            letter.write(to: &output)
            let now = clock.wallTime
            do {
                try output.withUnsafeBytes {
                    _ = try writer.append($0, eventTime: now, ingestTime: now)
                }
                noteRemoved()
                return .written
            } catch {
                return .failed
            }
        }
    }

    /// Counts letters that retention has removed. Under the lock.
    private func noteRemoved() {
        let end = writer.upkeepReport.endSequence
        guard end > firstWaiting else { return }
        removedCount += end - firstWaiting
        firstWaiting = end
    }

    package var removed: UInt64 {
        lock.withLock {
            noteRemoved()
            return removedCount
        }
    }

    package func startCommit() {
        lock.withLock { try? writer.startCommit() }
    }

    package func waiting(
        limit: Int, where isWanted: (DeadLetter) -> Bool
    ) throws(ArchiveError) -> [DeadLetter] {
        let (first, end) = lock.withLock { (firstWaiting, writer.watermark.appended) }
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
            if let letter, isWanted(letter) { letters.append(letter) }
        }
        return letters
    }

    package func sent(through number: UInt64) throws {
        try lock.withLock {
            firstWaiting = max(firstWaiting, number + 1)
            try noteFirstWaiting()
        }
    }

    /// Seals the archive.
    package func close() throws(ArchiveError) {
        try lock.withLock { () throws(ArchiveError) in try writer.close() }
    }
}
