/// Goes through an archive's records in the order of their sequence numbers.
///
/// Every record's checksum is verified before it is given. What is damaged or missing is never passed
/// over in silence: it is in ``gaps``. One thread at a time; holds one mapped segment.
public struct ArchiveCursor: ~Copyable {
    /// What of the selection cannot be given: all that was known when the reader was opened, and what
    /// was found on the way until now. Of lost records' times nobody knows, so that a selection by time
    /// has the gaps of all its sequence numbers.
    public private(set) var gaps: [ArchiveGap]

    /// How many segments were looked into; others were skipped by what their footers say.
    public private(set) var segmentsOpened = 0

    // The state of the segment that is being read. Unsafe: with `mapped` set, `base ..< base + end` is
    // mapped, and `position <= end`; without it, `end` is 0.
    private var base: UnsafeRawPointer?
    private var position = 0
    private var end = 0
    private var expected: UInt64 = 0
    private var check = RecordCheck()
    private var mapped: MappedFile?

    private let filter: RecordFilter
    private let directory: ArchiveDirectory
    private let segments: [SegmentDescription]
    private var current: Int?
    private var nextIndex = 0
    private var known: Set<ArchiveGap>

    init(_ reader: ArchiveReader, _ selection: ArchiveSelection) {
        let filter = RecordFilter(selection)
        self.filter = filter
        directory = reader.directory
        segments = reader.segments
        gaps = reader.recoveryReport.gaps.filter(filter.mayConcern)
        known = Set(gaps)
    }

    /// The next selected record, nil at the end. It can be used until the next call.
    ///
    /// O(its bytes) and those of the records passed over; no allocation, no system call, except when
    /// one segment ends and the next is opened, and where there is damage. Throws `system` if a file
    /// cannot be opened or mapped; the cursor then stays where it is.
    ///
    /// Somebody else who cuts a segment's file *before* the cursor opens it makes a gap. If it happens
    /// while the cursor is inside the file, the kernel ends the process with SIGBUS: nothing in an
    /// archive ever cuts a file below its records, and nobody else should.
    @_lifetime(&self)
    public mutating func next() throws(ArchiveError) -> ArchiveRecord? {
        while true {
            guard let base else {
                guard try moveOnSlow() else { return nil }
                continue
            }
            let record = base + position
            let recordBytes = check.recordBytes(record, at: position, available: end &- position)
            guard recordBytes > 0, RecordLayout.sequence(record) == expected else {
                guard try moveOnSlow() else { return nil }
                continue
            }
            let sequence = expected
            position &+= recordBytes
            expected = sequence &+ 1
            guard filter.accepts(record, sequence: sequence) else {
                if sequence >= filter.sequences.last { finish() }
                continue
            }
            return _overrideLifetime(ArchiveRecord(start: record), mutating: &self)
        }
    }

    /// Passes damage, or goes to the next segment that may have something. False at the end of all.
    @inline(never)
    private mutating func moveOnSlow() throws(ArchiveError) -> Bool {
        if position < end, try passDamage() { return true }
        noteLostEnd()
        while nextIndex < segments.count {
            let index = nextIndex
            if filter.mayAccept(segments[index]) {
                if try open(segments[index]) {
                    nextIndex = index + 1
                    current = index
                    return true
                }
                note(.missingFile(segments[index]))
            }
            nextIndex = index + 1
        }
        finish()
        return false
    }

    /// Goes to the next good record of the segment and notes the gap; false if there is none.
    private mutating func passDamage() throws(ArchiveError) -> Bool {
        guard let base, let current else { return false }
        let file = segments[current].name.fileName
        var found = position
        let isGood = check.recordBytes(base + position, at: position, available: end - position) > 0
        if !isGood || RecordLayout.sequence(base + position) < expected {
            guard
                let next = try mapped.nextRecord(
                    check, behind: position, expecting: expected, end: end)
            else { return false }
            found = next
        }
        let sequence = RecordLayout.sequence(base + found)
        note(
            ArchiveGap(
                file: file, sequences: expected..<sequence,
                bytes: UInt64(position)..<UInt64(found), reason: .damaged))
        position = found
        expected = sequence
        return true
    }

    /// Leaves the segment: what its footer promises and it did not give is a gap.
    private mutating func noteLostEnd() {
        guard let current else { return }
        let segment = segments[current]
        if position < segment.recordsEnd || expected < segment.summary.endSequence {
            note(
                ArchiveGap(
                    file: segment.name.fileName,
                    sequences: expected..<max(expected, segment.summary.endSequence),
                    bytes: UInt64(position)..<UInt64(max(position, segment.recordsEnd)),
                    reason: .damaged))
        }
        close()
    }

    /// Maps a segment; false if its file is gone.
    private mutating func open(_ segment: SegmentDescription) throws(ArchiveError) -> Bool {
        guard let file = try directory.openSegment(segment.name) else { return false }
        let byteCount = try file.byteCount()
        let opened = try MappedFile(
            file, byteCount: min(byteCount, segment.recordsEnd), writable: false)
        opened.adviseSequentialReading()
        segmentsOpened += 1
        base = UnsafeRawPointer(opened.base)
        end = opened.byteCount
        position = min(Int(segment.header.recordsBegin), end)
        expected = segment.header.firstSequence
        check = RecordCheck(segment.header)
        mapped = consume opened
        return true
    }

    private mutating func note(_ gap: ArchiveGap) {
        guard filter.mayConcern(gap), known.insert(gap).inserted else { return }
        gaps.append(gap)
    }

    private mutating func close() {
        base = nil
        (position, end) = (0, 0)
        mapped = nil
        current = nil
    }

    /// Goes to the end of everything: there is nothing more that is asked for.
    private mutating func finish() {
        close()
        nextIndex = segments.count
    }
}

extension Optional where Wrapped == MappedFile {
    /// The same in the mapped file, if there is one.
    fileprivate func nextRecord(
        _ check: RecordCheck, behind damage: Int, expecting sequence: UInt64, end: Int
    ) throws(ArchiveError) -> Int? {
        switch self {
        case .some(let mapped):
            try SegmentSearch.nextRecord(
                in: mapped.file, check, behind: damage, expecting: sequence, end: end)
        case .none: nil
        }
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
