/// What an archive holds, for people to look at.
public struct ArchiveInfo: Sendable, Hashable {
    /// The archive's random id, 32 hexadecimal digits.
    public var id: String
    /// When the archive was made, in nanoseconds since 1970.
    public var created: Int64
    /// The readable segments, oldest first.
    public var segments: [ArchiveSegmentInfo]
    /// From the first record that is there to the end.
    public var sequences: Range<UInt64>
    /// How many records can be read.
    public var records: UInt64
    /// The bytes of their events.
    public var eventBytes: UInt64
    /// The size of all segment files.
    public var fileBytes: UInt64
    /// The smallest and largest ingest time; nil without records.
    public var ingestTimes: ClosedRange<Int64>?
    /// The smallest and largest event time; nil without records.
    public var eventTimes: ClosedRange<Int64>?
}

/// What one segment holds.
public struct ArchiveSegmentInfo: Sendable, Hashable {
    /// Its file, named within the archive's directory.
    public var file: String
    /// Its number.
    public var id: UInt64
    /// Whether it ends with a footer and will never change.
    public var isSealed: Bool
    /// Whether it is there in compressed form.
    public var isCompressed: Bool
    /// When it was made, in nanoseconds since 1970.
    public var created: Int64
    /// From its first sequence number to its end.
    public var sequences: Range<UInt64>
    /// How many records can be read.
    public var records: UInt64
    /// The bytes of their events.
    public var eventBytes: UInt64
    /// The size of the file.
    public var fileBytes: UInt64
    /// The smallest and largest ingest time; nil without records.
    public var ingestTimes: ClosedRange<Int64>?
    /// The smallest and largest event time; nil without records.
    public var eventTimes: ClosedRange<Int64>?
}

extension ArchiveReader {
    /// What the archive holds, by its footers (and the scan of an open segment). O(segments).
    public var info: ArchiveInfo {
        var info = ArchiveInfo(
            id: hexadecimal(identity.id.high) + hexadecimal(identity.id.low),
            created: identity.created, segments: segments.map(ArchiveSegmentInfo.init),
            sequences: sequences, records: 0, eventBytes: 0, fileBytes: 0)
        var (ingestTimes, eventTimes) = (TimeSpan(), TimeSpan())
        for segment in segments {
            info.records &+= segment.summary.records
            info.eventBytes &+= segment.summary.eventBytes
            info.fileBytes &+= UInt64(segment.fileBytes)
            ingestTimes.add(segment.summary.ingestTimes)
            eventTimes.add(segment.summary.eventTimes)
        }
        info.ingestTimes = ingestTimes.closedRange
        info.eventTimes = eventTimes.closedRange
        return info
    }
}

extension ArchiveSegmentInfo {
    init(_ segment: SegmentDescription) {
        let (first, end) = (segment.header.firstSequence, segment.summary.endSequence)
        self.init(
            file: segment.isCompressed ? segment.name.compressedFileName : segment.name.fileName,
            id: segment.header.id, isSealed: segment.hasFooter, isCompressed: segment.isCompressed,
            created: segment.header.created, sequences: first..<max(first, end),
            records: segment.summary.records, eventBytes: segment.summary.eventBytes,
            fileBytes: UInt64(segment.fileBytes),
            ingestTimes: segment.summary.ingestTimes.closedRange,
            eventTimes: segment.summary.eventTimes.closedRange)
    }
}

/// As many digits as the type has, without a prefix.
func hexadecimal<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: Value.bitWidth / 4 - text.count) + text
}
