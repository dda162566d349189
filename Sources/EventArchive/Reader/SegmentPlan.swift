/// Which records of a segment to read, by what its index says of them.
///
/// A record that it passes over is one that the index says is not asked for. One that it gives may still
/// not be: times are known for blocks of records alone.
struct SegmentPlan {
    private let index: SegmentIndex
    private let tests: [KeyColumnTest]
    private let times: (ingest: ClosedBounds<Int64>, event: ClosedBounds<Int64>)
    private var block: Int
    private var records: Range<Int>
    private var run = 0
    private let byteCountMax: Int
    /// How many of the records that it gave were read.
    private(set) var readCount: UInt64 = 0

    /// Nil if no record of the segment has the keys that are asked for.
    init?(_ index: SegmentIndex, of segment: SegmentDescription, _ filter: RecordFilter) {
        var tests: [KeyColumnTest] = []
        for (column, hashes) in [
            (index.source, filter.keys.sources), (index.detailType, filter.keys.detailTypes),
            (index.account, filter.keys.accounts),
        ] {
            guard let hashes else { continue }
            guard let test = column.test(hashes) else { return nil }
            tests.append(test)
        }
        self.index = index
        byteCountMax = RecordLayout.recordBytes(eventBytes: Int(segment.header.eventBytesMax))
        self.tests = tests
        times = (filter.ingestTimes, filter.eventTimes)
        let allTimes = filter.ingestTimes.isUnbounded && filter.eventTimes.isUnbounded
        records = allTimes ? 0..<index.recordCount : 0..<0
        block = allTimes ? index.blockCount : 0
    }

    /// The next record: its offset, how many bytes it takes unless something else lies behind it, and its
    /// number. Nil at the end. O(records passed over).
    mutating func next() -> (offset: Int, byteCount: Int, sequence: UInt64)? {
        while true {
            if let record = firstMatch() {
                records = record + 1..<records.upperBound
                return (index.offset(record), byteCount(record), sequence(record))
            }
            guard block < index.blockCount else { return nil }
            let entry = index.block(block)
            block += 1
            if times.ingest.overlaps(entry.ingestTimes), times.event.overlaps(entry.eventTimes) {
                records = entry.records
            }
        }
    }

    /// Notes that the record that it gave last is read.
    mutating func noteRead() { readCount += 1 }

    private func byteCount(_ record: Int) -> Int {
        let header = ArchiveFormat.recordHeaderBytes
        guard record + 1 < index.recordCount else { return header }
        let distance = index.offset(record + 1) - index.offset(record)
        return min(max(distance, header), byteCountMax)
    }

    /// The number that a record is said to have; records are asked for in order.
    private mutating func sequence(_ record: Int) -> UInt64 {
        let runs = index.runs
        while run + 1 < runs.count, runs[run + 1].record <= record { run += 1 }
        guard run < runs.count, runs[run].record <= record else { return .max }
        return runs[run].sequence &+ UInt64(record - runs[run].record)
    }

    private mutating func firstMatch() -> Int? {
        guard let first = tests.first else { return records.isEmpty ? nil : records.lowerBound }
        while !records.isEmpty {
            let record = first.first(in: records)
            records = record..<records.upperBound
            guard record < records.upperBound else { return nil }
            if tests.allSatisfy({ $0.accepts(record) }) { return record }
            records = record + 1..<records.upperBound
        }
        return nil
    }
}
