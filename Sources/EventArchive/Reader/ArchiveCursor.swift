/// Goes through an archive's records in the order of their sequence numbers.
///
/// Every record's checksum is verified before it is given. What is damaged or missing is never passed
/// over in silence: it is in ``gaps``. One thread at a time; holds one segment at a time.
///
/// Whole segments are passed over by their footers, and records by the segments' indexes where there
/// are any; ``statistics`` says how many. What is passed over so is not verified: ``ArchiveReader``'s
/// `verify` does that.
public struct ArchiveCursor: ~Copyable {
    /// What of the selection cannot be given: all that was known when the reader was opened, and what
    /// was found on the way until now. Of lost records' times nobody knows, so that a selection by time
    /// has the gaps of all its sequence numbers. No more than ``gapsMax-type.property``: see
    /// ``hasMoreGaps``.
    public private(set) var gaps: [ArchiveGap]

    /// Whether there were more gaps than ``gaps`` lists.
    public private(set) var hasMoreGaps = false

    /// How many gaps are listed: some 20 MB of them. An archive with more is lost as a whole, and who
    /// follows one for months must not gather what nobody looks at.
    public static let gapsMax = 1 << 16

    /// What was read and what was not.
    public private(set) var statistics = ArchiveReadStatistics()

    /// How many segments were looked into; others were skipped by what their footers say.
    public var segmentsOpened: Int { statistics.segmentsOpened }

    /// The number behind the last record that was given: a cursor over the numbers from here on
    /// continues where this one is.
    public private(set) var position: UInt64

    /// Whether the end is not the end, but the place to wait for more.
    let isFollowing: Bool

    var walk = SegmentWalk()
    /// Set while an index tells where to read.
    private var plan: SegmentPlan? {
        didSet { isPlain = plan == nil && filter.keys.isEmpty }
    }
    /// Whether records are read one after the other and judged by numbers and times alone.
    private var isPlain: Bool
    /// Where the index said a record would be and none was, until the log explains it.
    private var suspect: (segment: SegmentName, offset: Int)?
    private var filter: RecordFilter
    let directory: ArchiveDirectory
    let identity: ArchiveID
    private var pin: SegmentPin?
    /// Where the writer says how far it has come, once somebody has looked.
    var followedTail: ArchiveTail?
    private var segments: [SegmentDescription]
    private var nextIndex = 0
    private var known: Set<ArchiveGap>
    private let gapsMax: Int
    /// Whether nothing can follow any more.
    private(set) var isFinished = false
    /// The number behind the last record of the segment that was left last; before, behind all that the
    /// reader knew of, lost or not.
    private var lastEnd: UInt64

    init(
        _ reader: ArchiveReader, _ selection: ArchiveSelection, isFollowing: Bool,
        gapsMax: Int = ArchiveCursor.gapsMax
    ) {
        let filter = RecordFilter(selection)
        self.filter = filter
        isPlain = filter.keys.isEmpty
        self.isFollowing = isFollowing
        directory = reader.directory
        identity = reader.identity.id
        segments = reader.segments
        pin = Self.pin(segments, isFollowing, reader.directory)
        position = max(filter.sequences.first, reader.sequences.lowerBound)
        let found = reader.recoveryReport.gaps.filter(filter.mayConcern)
        self.gapsMax = gapsMax
        gaps = Array(found.prefix(gapsMax))
        hasMoreGaps = found.count > gapsMax
        known = Set(gaps)
        lastEnd = reader.sequences.upperBound
    }

    /// The next selected record, nil at the end. It can be used until the next call.
    ///
    /// O(its bytes) and those of the records passed over; no allocation, no system call, except when
    /// one segment ends and the next is opened, each 256 KiB where one is being written, and where there
    /// is damage. Throws `system` if a file
    /// cannot be opened or mapped; the cursor then stays where it is.
    ///
    /// Somebody else who cuts a segment's file makes a gap, before the cursor opens it or while it is
    /// inside: what was cut off then reads as zeros.
    @_lifetime(&self)
    public mutating func next() throws(ArchiveError) -> ArchiveRecord? {
        // The way of almost every record of a scan: no plan, no keys, and nothing but loads.
        if isPlain, let record = walk.next(isStream: true) {
            statistics.recordsRead &+= 1
            let sequence = walk.expected &- 1
            if filter.isWithinBounds(record, sequence: sequence) {
                position = sequence &+ 1
                return _overrideLifetime(ArchiveRecord(start: record), mutating: &self)
            }
            try passOver(record, sequence)
        }
        return try nextSelected()
    }

    /// The next selected record where something is in the way of the next one.
    @_lifetime(&self)
    @inline(never)
    private mutating func nextSelected() throws(ArchiveError) -> ArchiveRecord? {
        while true {
            if plan != nil, try !jumpToCandidate() { continue }
            guard let record = walk.next(isStream: plan == nil) else {
                guard try moveOnSlow() else { return nil }
                continue
            }
            statistics.recordsRead &+= 1
            let sequence = walk.expected &- 1
            guard filter.accepts(record, sequence: sequence) else {
                try passOver(record, sequence)
                continue
            }
            position = sequence &+ 1
            return _overrideLifetime(ArchiveRecord(start: record), mutating: &self)
        }
    }

    /// A pin on all segments that may be read. Without one (where a file system has no such locks) a
    /// segment that retention removes is a gap.
    private static func pin(
        _ segments: [SegmentDescription], _ isFollowing: Bool, _ directory: ArchiveDirectory
    ) -> SegmentPin? {
        guard let first = segments.first?.header.id, let last = segments.last?.header.id else {
            return nil
        }
        return try? SegmentPin.pin(first...(isFollowing ? .max : last), in: directory)
    }

    /// A record that was read and is not asked for.
    private mutating func passOver(
        _ record: UnsafeRawPointer, _ sequence: UInt64
    ) throws(ArchiveError) {
        // Read to find the first or the last one, and not asked for.
        if !filter.sequences.contains(sequence) { statistics.recordsRead &-= 1 }
        if sequence >= filter.sequences.last {
            finishSlow()
        } else if plan != nil, !filter.keys.accept(RecordLayout.keys(record)) {
            try abandonIndexSlow(wrongAt: walk.position)
        }
    }

    /// Explains why there is no next record, or goes to the next segment that may have something. False
    /// at the end of all.
    @inline(never)
    private mutating func moveOnSlow() throws(ArchiveError) -> Bool {
        if plan != nil {
            // Damage, or a wrong index: the log tells which.
            suspect = walk.segment.map { ($0.name, walk.position) }
            try abandonIndex()
            return true
        }
        switch try walk.passObstacle() {
        case .window: return true
        case .gap(let gap):
            note(gap)
            return true
        case .end: break
        }
        if nextIndex == segments.count, isFollowing, !isFinished {
            guard try growTail() else { return false }
            if walk.segment != nil { return true }
        }
        leaveSegment()
        while nextIndex < segments.count {
            let segment = segments[nextIndex]
            if segment.header.firstSequence > filter.sequences.last {
                finishSlow()
                return false
            }
            pin?.release(before: segment.header.id)
            // What is still being written can have anything by now.
            if isFollowing && !segment.hasFooter || filter.mayAccept(segment) {
                if try open(segment) {
                    nextIndex += 1
                    return true
                }
            } else {
                skip(segment)
            }
            nextIndex += 1
        }
        // Whoever follows waits in the last segment, or behind it if it is over.
        guard isFollowing, !isFinished else {
            finishSlow()
            return false
        }
        guard try growTail() else { return false }
        if walk.segment != nil { return true }
        return try moveOnSlow()
    }

    /// Maps a segment and goes to the first record that may be asked for. False if its file is gone, or
    /// its index says that it has none.
    private mutating func open(_ segment: SegmentDescription) throws(ArchiveError) -> Bool {
        guard let content = try directory.openContent(of: segment) else {
            note(.missingFile(segment))
            return false
        }
        var plan: SegmentPlan?
        if segment.hasFooter, filter.isSelective(in: segment),
            let index = try loadIndex(of: segment)
        {
            plan = SegmentPlan(index, of: segment, filter)
            content.expect(sparse: true)
            statistics.segmentsIndexed += 1
            if plan == nil {
                skip(segment)
                return false
            }
        }
        statistics.segmentsOpened += 1
        walk = try SegmentWalk(content, of: segment)
        if plan == nil, filter.sequences.first > segment.header.firstSequence {
            if isFollowing, !segment.hasFooter {
                try walk.seekAhead(filter.sequences.first, below: try publishedEnd())
            } else {
                _ = try walk.seek(filter.sequences.first)
            }
        }
        self.plan = plan
        return true
    }

    /// Goes to the next record that the index names. False if there is none, and the segment is at its
    /// end, or the index is wrong.
    private mutating func jumpToCandidate() throws(ArchiveError) -> Bool {
        guard let candidate = plan?.next() else {
            leavePlan()
            walk = SegmentWalk()
            return false
        }
        guard filter.sequences.contains(candidate.sequence) else {
            if candidate.sequence > filter.sequences.last { finishSlow() }
            return false
        }
        guard
            try walk.jump(
                to: candidate.offset, expecting: candidate.sequence,
                byteCount: candidate.byteCount)
        else {
            try abandonIndexSlow(wrongAt: candidate.offset)
            return false
        }
        plan?.noteRead()
        // The next look has to find the whole record: after it the plan goes on to another one.
        while try walk.needsWindow() {}
        return true
    }

    @inline(never)
    private mutating func abandonIndexSlow(wrongAt offset: Int) throws(ArchiveError) {
        noteWrongIndex(at: offset)
        try abandonIndex()
    }

    /// Reads the segment from its start without its index; what was given already is not given again.
    private mutating func abandonIndex() throws(ArchiveError) {
        plan = nil
        statistics.segmentsIndexed -= 1
        filter.begin(at: position)
        guard let segment = walk.segment, let content = walk.release() else { return }
        content.expect(sparse: false)
        walk = try SegmentWalk(content, of: segment)
    }

    private mutating func loadIndex(
        of segment: SegmentDescription
    ) throws(ArchiveError) -> SegmentIndex? {
        switch try directory.loadIndex(of: segment) {
        case .absent: return nil
        case .good(let index): return index
        case .bad(let problem):
            noteIndexProblem(problem)
            return nil
        }
    }

    private mutating func noteWrongIndex(at offset: Int) {
        guard let segment = walk.segment else { return }
        noteIndexProblem(.wrongIndex(segment.name.indexFileName, recordAt: offset))
    }

    private mutating func noteIndexProblem(_ problem: ArchiveProblem) {
        if !statistics.indexProblems.contains(where: { $0.file == problem.file }) {
            statistics.indexProblems.append(problem)
        }
    }

    /// Leaves the segment: what its footer promises and it did not give is a gap.
    mutating func leaveSegment() {
        if let gap = walk.missingEnd() { note(gap) }
        if let suspect {
            noteIndexProblem(
                .wrongIndex(suspect.segment.indexFileName, recordAt: suspect.offset))
        }
        suspect = nil
        if walk.segment != nil { lastEnd = max(lastEnd, walk.expected) }
        walk = SegmentWalk()
    }

    /// The number behind the last record of all that are known.
    var end: UInt64 {
        max(walk.expected, lastEnd, segments.last?.summary.endSequence ?? 0)
    }

    /// What the numbers between the last record and a new segment say is a gap.
    mutating func noteHole(before next: SegmentDescription) {
        guard !segments.isEmpty, next.header.firstSequence > end else { return }
        let end = end
        note(
            ArchiveGap(
                file: next.name.fileName, sequences: end..<next.header.firstSequence, bytes: 0..<0,
                reason: .missingSegment))
    }

    /// Adds a segment behind those that are known, and forgets those that were passed, but the last
    /// one, which tells where the end was: who follows passes any number of them. O(those passed).
    mutating func append(_ segment: SegmentDescription) {
        if nextIndex > 1 {
            segments.removeFirst(nextIndex - 1)
            nextIndex = 1
        }
        segments.append(segment)
    }

    /// How many segments it has a description of.
    var knownSegmentCount: Int { segments.count }

    /// Whether there are known segments that were not looked at yet.
    var hasSegmentsAhead: Bool { nextIndex < segments.count }

    /// The id of the last segment that is known, 0 without any.
    var lastSegmentID: UInt64 { segments.last?.header.id ?? 0 }

    private mutating func skip(_ segment: SegmentDescription) {
        guard segment.summary.endSequence > filter.sequences.first else { return }
        statistics.segmentsSkipped += 1
        statistics.recordsSkipped &+= filter.records(of: segment)
    }

    /// Counts what the index of the segment spared.
    private mutating func leavePlan() {
        if let segment = walk.segment, let plan {
            let records = filter.records(of: segment)
            statistics.recordsSkipped &+= records - min(records, plan.readCount)
        }
        plan = nil
    }

    private mutating func note(_ gap: ArchiveGap) {
        // The log is damaged where the index pointed: the index is not to blame.
        if let suspect, suspect.segment.fileName == gap.file,
            gap.bytes.contains(UInt64(suspect.offset))
        {
            self.suspect = nil
        }
        guard filter.mayConcern(gap), !known.contains(gap) else { return }
        guard gaps.count < gapsMax else {
            hasMoreGaps = true
            return
        }
        known.insert(gap)
        gaps.append(gap)
    }

    /// Goes to the end of everything: there is nothing more that is asked for.
    @inline(never)
    private mutating func finishSlow() {
        leavePlan()
        walk = SegmentWalk()
        nextIndex = segments.count
        isFinished = true
        pin = nil
    }
}

extension ArchiveGap {
    /// A segment whose file went away after the reader found it.
    fileprivate static func missingFile(_ segment: SegmentDescription) -> ArchiveGap {
        ArchiveGap(
            file: segment.name.fileName,
            sequences: segment.header.firstSequence..<segment.summary.endSequence, bytes: 0..<0,
            reason: .missingSegment)
    }
}
