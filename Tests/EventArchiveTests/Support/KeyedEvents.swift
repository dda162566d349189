import Testing

@testable import EventArchive

/// An event whose keys are out of a few, by its number.
struct KeyedEvent {
    var sequence: UInt64
    var keys: ArchiveKeys

    init(_ sequence: UInt64) {
        self.sequence = sequence
        let mixed = Event(sequence).keys.detailType ^ UInt32(truncatingIfNeeded: sequence >> 3)
        keys = ArchiveKeys(
            source: mixed % 5, detailType: 10 + mixed / 5 % 7, account: 100 + mixed / 35 % 3)
    }

    /// A header for segments that exist in memory only.
    static let header = SegmentHeader(
        archive: ArchiveID(low: 1, high: 2), id: 1, firstSequence: 0, created: 0,
        capacity: 64 << 20, eventBytesMax: 1_000)

    /// Calls `body` with the header of a record that has no event and no checksum.
    static func withRecord(
        _ sequence: UInt64, source: UInt32, _ body: (UnsafeRawPointer) -> Void
    ) {
        let words: [UInt64] = [1 << 63, sequence, 0, 0, UInt64(source), 0]
        words.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { body(base) }
        }
    }
}

extension ArchiveWriter {
    func append(_ event: KeyedEvent) throws {
        let plain = Event(event.sequence, bytes: 300)
        let sequence = try append(
            plain.bytes.span.bytes, keys: event.keys, eventTime: plain.eventTime,
            ingestTime: plain.ingestTime)
        try #require(sequence == event.sequence)
    }
}

extension ArchiveSelection {
    /// Whether the event belongs to the selection: by the definition alone.
    func selects(_ event: KeyedEvent) -> Bool {
        let plain = Event(event.sequence)
        return sequences?.contains(event.sequence) ?? true
            && ingestTimes?.contains(plain.ingestTime) ?? true
            && eventTimes?.contains(plain.eventTime) ?? true
            && sources?.contains(event.keys.source) ?? true
            && detailTypes?.contains(event.keys.detailType) ?? true
            && accounts?.contains(event.keys.account) ?? true
    }

    static func random(_ random: inout SeededGenerator) -> ArchiveSelection {
        func maybe<Value>(_ value: (inout SeededGenerator) -> Value) -> Value? {
            Int.random(in: 0..<3, using: &random) == 0 ? value(&random) : nil
        }
        func hashes(_ range: Range<UInt32>) -> Set<UInt32>? {
            maybe { random in
                Set(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        UInt32.random(in: range, using: &random)
                    })
            }
        }
        func times(_ scale: Int64) -> Range<Int64>? {
            maybe { random in
                let first = Int64.random(in: -10..<900, using: &random)
                return first * scale..<(first + Int64.random(in: 0..<400, using: &random)) * scale
            }
        }
        return ArchiveSelection(
            sequences: maybe { random in
                let first = UInt64.random(in: 0..<900, using: &random)
                return first..<first + UInt64.random(in: 0..<500, using: &random)
            },
            ingestTimes: times(1_000), eventTimes: times(10), sources: hashes(0..<6),
            detailTypes: hashes(10..<18), accounts: hashes(100..<104))
    }
}

/// What a cursor over keyed events gave.
struct KeyedReading {
    var sequences: [UInt64] = []
    var gaps: [ArchiveGap] = []
    var statistics = ArchiveReadStatistics()
}

extension ArchiveReader {
    /// Reads the selected records and requires of each that it is the event of its number.
    func readKeyed(_ selection: ArchiveSelection) throws -> KeyedReading {
        var reading = KeyedReading()
        var cursor = cursor(over: selection)
        while let record = try cursor.next() {
            let expected = Event(record.sequence, bytes: 300)
            try #require(record.bytes.withUnsafeBytes { $0.elementsEqual(expected.bytes) })
            try #require(record.ingestTime == expected.ingestTime)
            reading.sequences.append(record.sequence)
        }
        reading.gaps = cursor.gaps
        reading.statistics = cursor.statistics
        return reading
    }
}

/// A way in which an index can be wrong although its checksums are right.
enum IndexLie: CaseIterable {
    case offset, key, number
}

extension Fixture {
    /// The index of a segment as it would be if the segment had other records.
    func lyingIndex(of segment: SegmentDescription, _ lie: IndexLie) throws -> [UInt8]? {
        var builder = SegmentIndexBuilder(segment.header)
        let content = try content(segment.name.fileName)
        for sequence in 0..<segment.summary.records {
            var record = Array(
                content[SegmentMap(eventBytes: 300).record(Int(sequence))].prefix(48))
            let offset = SegmentMap(eventBytes: 300).record(Int(sequence)).lowerBound
            // Every second one is said to have the source that is looked for.
            if lie == .key, sequence % 2 == 0 { record[32] = 2 }
            if lie == .number, sequence > 30 { record[8] &+= 1 }
            record.withUnsafeBytes {
                guard let base = $0.baseAddress else { return }
                builder.add(base, at: offset + (lie == .offset && sequence > 20 ? 8 : 0))
            }
        }
        return builder.encoded(summary: segment.summary, recordsEnd: segment.recordsEnd)
    }

    /// Flips up to five bits in the records of some segments.
    func flipRandomBits(_ random: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            guard let file = try segments().randomElement(using: &random) else { return }
            try edit(file) { bytes in
                let offset = Int.random(in: 4_096..<max(4_097, bytes.count - 400), using: &random)
                bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
    }
}
