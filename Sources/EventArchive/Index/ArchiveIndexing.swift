/// What making indexes did.
public struct ArchiveIndexingReport: Sendable, Hashable {
    /// How many sealed segments there are.
    public internal(set) var segments = 0
    /// How many indexes were made, because they were missing or wrong.
    public internal(set) var written = 0
    /// The indexes that were there and wrong.
    public internal(set) var problems: [ArchiveProblem] = []

    /// A report of nothing.
    public init() {}
}

extension ArchiveReader {
    /// Makes the index of every sealed segment that has none, or a bad one.
    ///
    /// Also while a writer appends, and from several processes at once: an index follows from its
    /// segment alone, and a new one takes the place of another in one step. O(bytes of the segments
    /// without an index). A damaged segment gets none, so that whoever reads it finds out.
    ///
    /// - Parameter mayContinue: asked before each segment; false ends it early.
    /// - Throws: `system` or `diskFull`; indexes that were made stay.
    @discardableResult
    public func makeIndexes(
        while mayContinue: () -> Bool = { true }
    ) throws(ArchiveError) -> ArchiveIndexingReport {
        var report = ArchiveIndexingReport()
        for segment in segments where segment.hasFooter && mayContinue() {
            report.segments += 1
            switch try directory.loadIndex(of: segment) {
            case .good: continue
            case .absent: break
            case .bad(let problem): report.problems.append(problem)
            }
            guard let index = try encodedIndex(of: segment) else { continue }
            try directory.writeIndex(index, of: segment.name)
            report.written += 1
        }
        return report
    }

    /// The bytes that a segment's index has to have; nil if the segment is gone, or has not all the
    /// records that its footer promises. O(its bytes).
    func encodedIndex(of segment: SegmentDescription) throws(ArchiveError) -> [UInt8]? {
        guard let content = try directory.openContent(of: segment) else { return nil }
        var walk = try SegmentWalk(content, of: segment)
        var builder = SegmentIndexBuilder(segment.header)
        while true {
            let offset = walk.position
            if let record = walk.next(isStream: true) {
                builder.add(record, at: offset)
            } else if case .end = try walk.passObstacle() {
                break
            }
        }
        guard walk.missingEnd() == nil, builder.recordCount == segment.summary.records else {
            return nil
        }
        return builder.encoded(summary: segment.summary, recordsEnd: segment.recordsEnd)
    }
}
