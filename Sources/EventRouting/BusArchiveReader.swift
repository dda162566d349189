internal import EventArchive
internal import RoutingInterface

/// Reads a bus's archive for whoever fell behind, and goes on with what is appended: to open it reads
/// all of the archive's open segment, to go on does not.
final class BusArchiveReader: EventLogReader {
    let sequences: Range<UInt64>
    private var records: Records

    init(directory: String, from first: UInt64) throws(ArchiveError) {
        let reader = try ArchiveReader(following: directory)
        sequences = reader.sequences
        records = Records(
            cursor: reader.cursor(over: .sequences(first..<UInt64.max), following: true))
    }

    var gaps: [Range<UInt64>] { records.cursor.gaps.map(\.sequences) }

    func read(
        upTo count: Int, _ body: (LoggedEvent) -> Bool
    ) throws(ArchiveError) -> Bool {
        try records.read(upTo: count, body)
    }

    /// The cursor where it can lend what it reads, which a class's variable can't.
    private struct Records: ~Copyable {
        var cursor: ArchiveCursor

        mutating func read(
            upTo count: Int, _ body: (LoggedEvent) -> Bool
        ) throws(ArchiveError) -> Bool {
            for _ in 0..<count {
                guard let record = try cursor.next() else { return true }
                // There until the cursor is asked again.
                let bytes = record.bytes.withUnsafeBytes { $0 }
                let event = LoggedEvent(
                    bytes: bytes, sequence: record.sequence, ingestTime: record.ingestTime,
                    hops: record.hops)
                if !body(event) { return false }
            }
            return false
        }
    }
}
